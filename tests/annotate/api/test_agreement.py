"""Agreement over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Scope, User
from tests.annotate.judging import judge_all
from tests.builders import make_key, make_project, make_queue


def ask(project: Project, **query: Any) -> Any:
    key = make_key(project, Scope.READ)
    return Client().get("/api/v1/agreement/", query, headers={"Authorization": f"Bearer {key}"})


def test_agreement_is_told_measure_by_measure_and_pair_by_pair(project: Project, ada: User, bob: User) -> None:
    judge_all(project, [ada, bob], *["ss", "ff", "sf"] * 5)
    answer = ask(project).json()
    outcome = answer["measures"][0]
    assert (answer["sessions"], answer["reviews"], answer["is_cut"]) == (15, 30, False)
    assert {name: outcome[name] for name in ("name", "label", "sessions", "agreed", "pairs")} == {
        "name": "outcome",
        "label": "Outcome",
        "sessions": 15,
        "agreed": 10,
        "pairs": 15,
    }
    assert outcome["alpha"] == pytest.approx(0.3556, abs=0.0001)
    assert outcome["low"] < outcome["alpha"] < outcome["high"]
    assert [one["name"] for one in answer["measures"][1:]] == ["failure_type", "root_step", "root_step_near"]
    [pair] = answer["pairs"]
    assert (pair["reviewers"], pair["sessions"], pair["agreed"]) == ([ada.email, bob.email], 15, 10)
    assert pair["kappa"] == pytest.approx(0.4)
    assert ask(project, days=7).json()["sessions"] == 15


@pytest.mark.parametrize(("name", "value"), [("days", "8"), ("queue", "x"), ("rubric", "0"), ("who", "me")])
def test_what_is_wrong_is_named(project: Project, name: str, value: str) -> None:
    response = ask(project, **{name: value})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == name


def test_queues_of_other_projects_are_none(project: Project) -> None:
    assert ask(project, queue=make_queue(make_project("other")).pk).status_code == 400
