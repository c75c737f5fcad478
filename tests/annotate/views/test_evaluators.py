"""The page of machines beside people, taking a threshold, and the same over the API."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, Scope, User
from annotate.models import Outcome, ThresholdChoice
from annotate.queries.evaluators import evaluators
from tests.annotate.evaluating import scored
from tests.annotate.views.pages import page, url
from tests.builders import client_of, make_key, make_member
from traces.models import Polarity, ScoreMeaning


@pytest.fixture
def judged(project: Project, ada: User) -> None:
    ScoreMeaning.objects.create(project=project, name="helpful", polarity=Polarity.GOOD, middle=0.5)
    for n in range(10):
        scored(project, ada, 0.6, Outcome.FAILURE, author="<b>judge</b>")
        scored(project, ada, 0.8 + n / 100, Outcome.SUCCESS, author="<b>judge</b>")


def shown_to(user: User, project: Project) -> str:
    return page(client_of(user), "evaluator_list", project)


@pytest.mark.usefixtures("judged")
def test_the_page_tells_the_matrix_the_threshold_and_its_basis(project: Project, lead: User) -> None:
    shown = shown_to(lead, project)
    assert "of the reviewed sessions" in shown
    assert "chosen by 20 reviewed sessions" in shown
    assert "&lt;b&gt;judge&lt;/b&gt;" in shown
    assert "<b>judge" not in shown
    assert "Use this threshold" in shown


def test_no_number_is_told_of_a_machine_that_speaks_in_words(project: Project, lead: User, ada: User) -> None:
    ScoreMeaning.objects.create(project=project, name="helpful", polarity=Polarity.GOOD, middle=0.5)
    scored(project, ada, None, Outcome.FAILURE, label="fail")
    shown = shown_to(lead, project)
    assert "It says good or bad in a word." in shown
    assert "it says bad." not in shown


@pytest.mark.usefixtures("judged")
def test_only_leads_take_a_threshold(project: Project, lead: User, ada: User) -> None:
    (row,) = evaluators(project).rows
    given = {"name": "helpful", "kind": "llm", "author": "<b>judge</b>", "shown": row.shown}
    assert "Use this threshold" not in shown_to(make_member(project, Role.VIEWER), project)
    assert client_of(ada).post(url("evaluator_use", project), given).status_code == 404
    assert not ThresholdChoice.objects.exists()
    assert client_of(lead).post(url("evaluator_use", project), given).status_code == 302
    assert ScoreMeaning.objects.get().middle == pytest.approx(0.7)
    shown = shown_to(lead, project)
    assert "It is in use" in shown
    assert "Thresholds taken" in shown


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(
    "change", [{"shown": "0.3"}, {"shown": "nan"}, {"kind": "human"}, {"name": ""}, {"author": "x"}]
)
def test_what_no_page_offered_changes_nothing(project: Project, lead: User, change: dict[str, Any]) -> None:
    (row,) = evaluators(project).rows
    given = {"name": "helpful", "kind": "llm", "author": "<b>judge</b>", "shown": row.shown, **change}
    assert client_of(lead).post(url("evaluator_use", project), given).status_code == 302
    assert not ThresholdChoice.objects.exists()
    assert ScoreMeaning.objects.get().middle == 0.5


def test_without_scores_the_page_says_what_it_takes(project: Project, lead: User, ada: User) -> None:
    assert "Nothing to compare yet" in shown_to(lead, project)
    scored(project, ada, 0.1, Outcome.FAILURE)
    assert "Nobody has said yet what these scores mean: helpful." in shown_to(lead, project)


@pytest.mark.usefixtures("judged")
def test_the_api_tells_the_same(project: Project) -> None:
    key = make_key(project, Scope.READ)
    answer = Client().get("/api/v1/evaluators/", headers={"Authorization": f"Bearer {key}"}).json()
    (row,) = answer["evaluators"]
    assert (row["name"], row["kind"], row["author"], row["middle"]) == ("helpful", "llm", "<b>judge</b>", 0.5)
    assert row["best_threshold"] == pytest.approx(0.7)
    assert {name: row["majority"][name] for name in ("both_bad", "missed", "false_alarm", "both_good")} == {
        "both_bad": 0,
        "missed": 10,
        "false_alarm": 0,
        "both_good": 10,
    }
    assert row["best"]["held_out"]["balanced_accuracy"]["value"] == 1
    assert row["gold"]["mcc"] == {"value": None, "low": None, "high": None}
    assert row["drift"] is None
