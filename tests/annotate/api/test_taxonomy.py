"""Failure types and rubrics over the API."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Scope, User
from annotate.actions.rubrics import Edition, create_rubric, edit_rubric
from annotate.models import FailureType
from annotate.queries.rubrics import wordings
from annotate.rubric_versions import Wording, read_scale
from tests.builders import (
    NOON,
    make_failure,
    make_failure_type,
    make_key,
    make_project,
    make_review,
    make_session,
)


def ask(project: Project, path: str, **query: Any) -> Any:
    return Client().get(f"/api/v1/{path}/", query, headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})


def test_failure_types_tell_uses_and_merges(project: Project, lead: User) -> None:
    silent = make_failure_type(project)
    FailureType.objects.filter(pk=silent.pk).update(group="Tools", description="Not admitted.")
    FailureType.objects.create(project=project, name="Old", merged_into=silent)
    make_failure_type(make_project("other"), "Foreign")
    make_failure(make_review(make_session(project), lead), failure_type=silent)
    make_failure(make_review(make_session(project, "w"), lead), failure_type=silent, withdrawn_at=NOON)

    answer = ask(project, "failure-types").json()

    told = [(row["name"], row["group"], row["merged_into"], row["failures"]) for row in answer["results"]]
    assert told == [("Silent failure", "Tools", None, 1), ("Old", "", "Silent failure", 0)]
    assert sorted(answer["results"][0]) == [
        "created_at", "description", "failures", "group", "id", "merged_into", "name",
    ]  # fmt: skip
    first = ask(project, "failure-types", limit=1).json()
    assert (first["next"], len(first["results"])) == (str(silent.pk), 1)
    assert ask(project, "failure-types", cursor=first["next"]).json()["results"][0]["name"] == "Old"


def test_rubrics_tell_every_version_with_its_questions(project: Project, lead: User) -> None:
    questions = [Wording("", "scale", "How useful?", "Think.", read_scale(1, 3, "no", "yes"), is_required=True)]
    first = create_rubric(project=project, creator=lead, name="Use", guidance="Be fair.", questions=questions)
    edition = Edition("Fairer.", wordings(first), means_more=True, changed="Fairer.")
    edit_rubric(rubric=first, editor=lead, edition=edition)
    create_rubric(project=project, creator=lead, name="Other", guidance="")
    create_rubric(project=make_project("other"), creator=lead, name="Foreign", guidance="")

    rows = ask(project, "rubrics", name="Use").json()["results"]

    assert [(row["version"], row["is_newest"], row["outcome_since"], row["changed"]) for row in rows] == [
        (1, False, 1, ""),
        (2, True, 2, "Fairer."),
    ]
    assert (rows[0]["guidance"], rows[0]["created_by"]) == ("Be fair.", lead.email)
    assert rows[1]["questions"] == [
        {
            "key": "how-useful",
            "kind": "scale",
            "text": "How useful?",
            "guidance": "Think.",
            "options": {"lowest": 1, "highest": 3, "low_words": "no", "high_words": "yes"},
            "is_required": True,
            "since": 1,
        }
    ]
    assert [row["name"] for row in ask(project, "rubrics").json()["results"]] == ["Use", "Use", "Other"]


@pytest.mark.parametrize("path", ["failure-types", "rubrics"])
@pytest.mark.parametrize("query", [{"no_such": "1"}, {"limit": "0"}, {"limit": "1001"}, {"cursor": "x"}])
def test_what_is_no_filter_is_named(project: Project, path: str, query: dict[str, str]) -> None:
    answer = ask(project, path, **query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(query)))


@pytest.mark.parametrize("path", ["failure-types", "rubrics"])
def test_as_many_queries_for_one_as_for_many(project: Project, lead: User, path: str) -> None:
    counts = []
    for size in (1, 9):
        for number in range(size):
            make_failure_type(project, f"Type {size} {number}")
            asked = [Wording("", "text", "?")]
            create_rubric(project=project, creator=lead, name=f"R {size} {number}", guidance="", questions=asked)
        with CaptureQueriesContext(connection) as queries:
            assert ask(project, path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
