"""Reviews teach: a new model when they moved the weights, never an old one changed, and a report that is honest."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.forms import model_to_dict

from accounts.models import Project, Role, User
from annotate.learning import learn, learn_from_reviews
from annotate.models import Outcome, PriorityModel, QueueItem, Review, Severity, Stratum
from annotate.priority import PRIOR, PRIOR_VERSION
from annotate.queries.evidence import labels, model_of
from tests.builders import make_failure, make_member, make_project, make_queue, make_review, make_session, make_slot
from traces.models import AgentSession, Signal


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def session_with(project: Project, name: str, *kinds: str) -> AgentSession:
    session = make_session(project, name, settled_revision=1)
    for kind in kinds:
        Signal.objects.create(session=session, kind=kind, strength=1.0, sentence=f"{kind} it was.")
    return session


def judge(project: Project, lead: User, outcome: Outcome, count: int, *kinds: str) -> list[Review]:
    return [make_review(session_with(project, f"{outcome} {kinds} {n}", *kinds), lead, outcome) for n in range(count)]


def test_before_the_first_review_there_is_no_model(project: Project) -> None:
    assert learn(project) is None
    assert learn_from_reviews() == 0


def test_a_signal_that_cries_wolf_loses_its_weight_and_one_that_is_right_gains(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.SUCCESS, 12, "hidden_tool_error")
    judge(project, lead, Outcome.FAILURE, 12, "retry")
    model = learn(project)

    assert model is not None
    assert (model.number, model.prior_version, model.reviews, model.failures) == (1, PRIOR_VERSION, 24, 12)
    assert model_of(model).weight("hidden_tool_error") < PRIOR.weight("hidden_tool_error") - 0.5
    assert model_of(model).weight("retry") > PRIOR.weight("retry") + 0.3
    assert model.report["reviews"]["retry"] == 12


def test_reviews_that_teach_nothing_new_make_no_new_model(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.FAILURE, 20, "tool_loop")
    first = learn(project)
    assert first is not None
    before = model_to_dict(first)

    assert learn(project) is None
    assert model_to_dict(PriorityModel.objects.get()) == before


def test_an_old_model_stays_as_it_was_when_a_new_one_comes(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.FAILURE, 5, "tool_loop")
    first = learn(project)
    assert first is not None
    judge(project, lead, Outcome.SUCCESS, 15, "tool_loop")
    second = learn(project)

    assert second is not None
    assert (second.number, PriorityModel.objects.get(number=1).weights) == (2, first.weights)


def test_a_new_prior_is_learned_from_anew(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.FAILURE, 5, "tool_loop")
    learn(project)
    PriorityModel.objects.update(prior_version=PRIOR_VERSION - 1)

    second = learn(project)
    assert second is not None
    assert second.prior_version == PRIOR_VERSION


def test_the_majority_counts_once_and_unknown_withdrawn_and_split_votes_do_not(project: Project, lead: User) -> None:
    other, third = (make_member(project, Role.REVIEWER, f"{n}@example.com") for n in range(2))
    voted, split, unknown, withdrawn = (session_with(project, name) for name in ("v", "s", "u", "w"))
    votes: list[tuple[AgentSession, User, Outcome, dict[str, Any]]] = [
        (voted, lead, Outcome.FAILURE, {}),
        (voted, other, Outcome.FAILURE, {}),
        (voted, third, Outcome.SUCCESS, {}),
        (split, lead, Outcome.FAILURE, {}),
        (split, other, Outcome.SUCCESS, {}),
        (unknown, lead, Outcome.UNKNOWN, {}),
        (withdrawn, lead, Outcome.FAILURE, {"withdrawn_at": "2026-11-02T12:00:00Z"}),
    ]
    for session, reviewer, outcome, fields in votes:
        make_review(session, reviewer, outcome, **fields)

    assert {pk: label.failed for pk, label in labels(project, 100).items()} == {voted.pk: True}


def test_a_label_says_what_it_came_out_as_and_how_bad_it_was(project: Project, lead: User) -> None:
    good, bad = session_with(project, "good"), session_with(project, "bad")
    make_review(good, lead, Outcome.SUCCESS)
    review = make_review(bad, lead)
    make_failure(review, severity=Severity.LOW)
    make_failure(review, severity=Severity.CRITICAL)
    found = labels(project, 100)

    assert (found[good.pk].came_out, found[good.pk].severity) == ("success", None)
    assert (found[bad.pk].came_out, found[bad.pk].severity) == ("failure", 3.0)


def test_the_sweep_learns_only_when_judgements_changed(project: Project, lead: User) -> None:
    [*_, last] = judge(project, lead, Outcome.FAILURE, 5, "tool_loop")
    assert learn_from_reviews() == 1
    with patch("annotate.learning.learn") as fitting:
        learn_from_reviews()
        assert fitting.call_count == 0
        Review.objects.filter(pk=last.pk).update(withdrawn_at="2026-11-21T12:00:00Z")
        learn_from_reviews()
        assert fitting.call_count == 1


def test_learning_stays_inside_the_project(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.FAILURE, 5, "tool_loop")
    other = make_project("other")

    assert learn_from_reviews() == 1
    assert not PriorityModel.objects.filter(project=other).exists()


def test_one_project_that_fails_keeps_no_other_waiting(project: Project, lead: User) -> None:
    judge(project, lead, Outcome.FAILURE, 5, "tool_loop")
    other = make_project("other")
    judge(other, make_member(other), Outcome.FAILURE, 5, "tool_loop")
    with patch("annotate.learning._report", side_effect=[ValueError, {}]):
        assert learn_from_reviews() == 1


def test_the_report_says_how_honest_the_probabilities_were_by_stratum(project: Project, lead: User) -> None:
    queue = make_queue(project)
    for n in range(24):
        slot = make_slot(queue, session_with(project, f"s{n}"))
        drawn = n % 4 == 0
        QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.RANDOM if drawn else Stratum.PRIORITY)
        outcome = Outcome.FAILURE if n >= 12 else Outcome.SUCCESS
        make_review(slot.item.session, lead, outcome, slot=slot, expected_failure=(n + 1) / 25)
    model = learn(project)

    assert model is not None
    assert [(one["reviews"], one["failures"]) for one in model.report["all"]["bins"]] == [(12, 0), (12, 12)]
    assert model.report["all"]["auc"][0] == 1
    assert (model.report["random"]["reviews"], model.report["random"]["failures"]) == (6, 3)
