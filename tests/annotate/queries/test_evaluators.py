"""Machine scores beside people's judgements."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.actions.evaluators import use_threshold
from annotate.models import Outcome, ThresholdChoice
from annotate.queries.blind import sight_of
from annotate.queries.evaluators import EvaluatorRow, evaluators
from common.errors import Refused
from tests.annotate.evaluating import score, scored
from tests.builders import make_member, make_project, make_queue, make_review, make_session, make_slot
from traces.models import AnnotatorKind, Polarity, ScoreMeaning

pytestmark = pytest.mark.django_db


@pytest.fixture
def meaning(project: Project) -> ScoreMeaning:
    return ScoreMeaning.objects.create(project=project, name="helpful", polarity=Polarity.GOOD, middle=0.5)


def only(project: Project) -> EvaluatorRow:
    (row,) = evaluators(project).rows
    return row


def test_a_low_score_of_a_good_thing_says_bad(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    for value, outcome in ((0.1, "failure"), (0.2, "success"), (0.9, "failure"), (0.8, "success"), (0.7, "success")):
        scored(project, ada, value, Outcome(outcome))
    found = only(project).majority
    assert (found.both_bad, found.missed, found.false_alarm, found.both_good) == (1, 1, 1, 2)


def test_gold_and_the_majority_are_told_apart(project: Project, ada: User, bob: User, meaning: ScoreMeaning) -> None:
    session = scored(project, ada, 0.1, Outcome.SUCCESS)
    make_review(session, bob, Outcome.FAILURE, is_gold=True, reason="Read step 2.")
    row = only(project)
    assert (row.gold.both_bad, row.gold.sessions) == (1, 1)
    assert (row.majority.false_alarm, row.majority.sessions) == (1, 1)


def test_evaluators_are_told_apart_by_name_kind_author_and_version(
    project: Project, ada: User, meaning: ScoreMeaning
) -> None:
    session = scored(project, ada, 0.1, Outcome.FAILURE, author="judge v1")
    score(session, 0.9, author="judge v2")
    score(session, 0.9, author="judge v1", version="stricter prompt")
    score(session, 0.9, author="judge v1", annotator_kind=AnnotatorKind.CODE)
    score(session, 0.1, annotator_kind=AnnotatorKind.HUMAN)
    found = {row.evaluator.source: row.majority.both_bad for row in evaluators(project).rows}
    assert found == {
        "model · judge v1": 1,
        "model · judge v1 · stricter prompt": 0,
        "model · judge v2": 0,
        "code · judge v1": 0,
    }


def test_several_scores_of_a_session_count_as_their_mean(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    session = scored(project, ada, 0.1, Outcome.FAILURE)
    score(session, 0.7)
    assert only(project).majority.both_bad == 1
    score(session, 1.0)
    assert only(project).majority.missed == 1


def test_labels_count_by_what_they_say(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    scored(project, ada, None, Outcome.FAILURE, label="fail")
    scored(project, ada, None, Outcome.FAILURE, label="Pass")
    scored(project, ada, None, Outcome.FAILURE, label="perhaps")
    found = only(project)
    assert (found.majority.both_bad, found.majority.missed, found.majority.sessions) == (1, 1, 2)
    assert found.best is None


@pytest.mark.parametrize("change", [{"withdrawn_at": timezone.now()}, {"outcome": Outcome.UNKNOWN}])
def test_only_judgements_that_stand_and_could_tell_count(
    project: Project, ada: User, meaning: ScoreMeaning, change: dict[str, Any]
) -> None:
    session = scored(project, ada, 0.1, Outcome.FAILURE)
    session.reviews.update(**change)
    assert not evaluators(project).rows


def test_scores_that_nobody_has_read_are_named_and_not_compared(project: Project, ada: User) -> None:
    scored(project, ada, 0.1, Outcome.FAILURE)
    found = evaluators(project)
    assert (found.rows, found.unread) == ([], ["helpful"])


def test_no_other_project_is_looked_at(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    other = make_project("other")
    ScoreMeaning.objects.create(project=other, name="helpful", polarity=Polarity.GOOD)
    scored(project, ada, 0.1, Outcome.FAILURE)
    assert not evaluators(other).rows


def test_queries_do_not_grow(
    project: Project, ada: User, meaning: ScoreMeaning, django_assert_num_queries: Any
) -> None:
    scored(project, ada, 0.1, Outcome.FAILURE, author="a")
    with django_assert_num_queries(4):
        evaluators(project)
    for n in range(10):
        scored(project, ada, 0.1, Outcome.FAILURE, author=f"b-{n}")
    with django_assert_num_queries(4):
        evaluators(project)


def test_an_evaluator_that_drifts_from_people_is_told(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    now = timezone.now()
    for n in range(20):
        scored(project, ada, 0.1, Outcome.FAILURE, started_at=now - timedelta(days=40 + n))
        scored(project, ada, 0.9, Outcome.FAILURE, started_at=now - timedelta(days=n))
    found = evaluators(project)
    assert [row.evaluator.name for row in found.drifting] == ["helpful"]
    told = found.rows[0].drift
    assert told is not None
    assert (told.lately.found, told.lately.of, told.before.found, told.before.of) == (0, 20, 20, 20)


def test_taking_a_threshold_sets_what_the_score_means_and_is_noted(
    project: Project, ada: User, meaning: ScoreMeaning
) -> None:
    for n in range(10):
        scored(project, ada, 0.6, Outcome.FAILURE, author="j")
        scored(project, ada, 0.8 + n / 100, Outcome.SUCCESS, author="j")
    row = only(project)
    assert row.threshold == pytest.approx(0.7)
    assert row.majority.both_bad == 0
    with pytest.raises(Refused, match="another"):
        use_threshold(project=project, lead=ada, evaluator=row.evaluator, shown=0.5)
    use_threshold(project=project, lead=ada, evaluator=row.evaluator, shown=float(row.shown))
    meaning.refresh_from_db()
    assert (meaning.middle, meaning.polarity) == (row.threshold, Polarity.GOOD)
    noted = ThresholdChoice.objects.get()
    assert (noted.before, noted.middle, noted.sessions, noted.chosen_by) == (0.5, row.threshold, 20, ada)
    assert only(project).is_used
    assert only(project).majority.both_bad == 10


def test_a_session_of_which_a_lead_settled_that_nobody_can_tell_teaches_no_threshold(
    project: Project, ada: User, bob: User, meaning: ScoreMeaning
) -> None:
    for n in range(10):
        scored(project, ada, 0.6, Outcome.FAILURE)
        scored(project, ada, 0.8 + n / 100, Outcome.SUCCESS)
    misjudged = scored(project, ada, 0.1, Outcome.SUCCESS)
    before = only(project).best
    make_review(misjudged, bob, Outcome.UNKNOWN, is_gold=True, reason="The end is missing.")
    after = only(project).best
    assert before is not None
    assert after is not None
    assert (before.on_all.sessions, after.on_all.sessions) == (21, 20)


def test_a_lead_takes_the_threshold_that_their_own_page_shows(
    project: Project, ada: User, meaning: ScoreMeaning
) -> None:
    for n in range(10):
        scored(project, ada, 0.6, Outcome.FAILURE)
        scored(project, ada, 0.8 + n / 100, Outcome.SUCCESS)
    hidden = scored(project, ada, 0.75, Outcome.FAILURE)
    queue = make_queue(project, is_blind=True)
    lead = make_member(project, Role.LEAD)
    queue.takers.add(lead)
    make_slot(queue, hidden)
    sight = sight_of(lead.memberships.get(project=project))
    (row,) = evaluators(project, sight).rows
    assert row.threshold != only(project).threshold
    use_threshold(project=project, lead=lead, evaluator=row.evaluator, shown=float(row.shown), sight=sight)
    assert ThresholdChoice.objects.get().middle == row.threshold


def test_it_is_told_when_not_all_scores_were_compared(
    project: Project, ada: User, meaning: ScoreMeaning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.queries.evaluators.MOST_SCORES", 2)
    for _ in range(2):
        scored(project, ada, 0.1, Outcome.FAILURE)
    assert not evaluators(project).is_cut
    scored(project, ada, 0.1, Outcome.FAILURE)
    assert evaluators(project).is_cut


def test_unreviewed_sessions_count_for_nothing(project: Project, ada: User, meaning: ScoreMeaning) -> None:
    score(make_session(project, "unread"), 0.1)
    assert not evaluators(project).rows
