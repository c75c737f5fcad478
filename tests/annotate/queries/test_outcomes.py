"""Outcomes by people, client and machines side by side: three columns, and what is unknown is in none."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower, Trim
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from annotate.models import Outcome, Queue
from annotate.queries.outcomes import Confusion, OutcomeRow, _lean, outcomes
from annotate.sampling import place_of
from tests.annotate.readers import make_traffic, read_at_random, review_in
from tests.builders import make_queue, make_session
from traces.meanings import polarity_of
from traces.models import AgentSession, AnnotatorKind, Polarity, Score, ScoreMeaning
from traces.queries import meanings_of


@pytest.fixture
def queue(project: Project) -> Queue:
    for name, polarity in (("thumb", Polarity.GOOD), ("hallucination", Polarity.BAD), ("length", Polarity.NONE)):
        ScoreMeaning.objects.create(project=project, name=name, polarity=polarity)
    return make_queue(project)


def give(session: AgentSession | None, name: str, kind: AnnotatorKind, value: float | None, label: str = "") -> Score:
    project = session.project if session else Project.objects.get()
    return Score.objects.create(
        project=project,
        session=session,
        name=name,
        annotator_kind=kind,
        value=value,
        label=label,
        identity=str(Score.objects.count()),
    )


def row_of(project: Project, label: str, **asked: Any) -> OutcomeRow:
    return next(row for row in outcomes(project, **asked).rows if row.label == label)


def test_three_columns_stand_side_by_side(queue: Queue, lead: User) -> None:
    sessions = make_traffic(queue.project, 100)
    drawn = [one for one in sessions if place_of(queue.pk, one.draw) < 0.4]
    read_at_random(queue, lead, 0.4, failed=drawn[:10])
    for session in drawn[:5]:
        give(session, "thumb", AnnotatorKind.HUMAN, 0)
    for session in drawn[10:13]:
        give(session, "thumb", AnnotatorKind.HUMAN, 1)
    for session in sessions:
        give(session, "hallucination", AnnotatorKind.LLM, 1 if session in drawn[8:20] else 0)
    row = row_of(queue.project, "refunds")
    assert (row.sessions, row.people.found, row.people.sampled, row.people.estimate) == (100, 10, 40, 0.25)
    assert (row.client.bad, row.client.good, row.client.estimate) == (5, 3, 0.625)
    assert row.client.agreement == Confusion(both_bad=5, both_good=3)
    assert (row.machine.bad, row.machine.said) == (12, 100)
    assert row.machine.agreement == Confusion(both_bad=2, only_people_bad=8, only_they_bad=10, both_good=20)
    assert row.machine.words == "12 of 100 (12 %, 7.0–20)"
    assert row.machine.agreement.words == "agrees with people on 22 of 40"


def test_what_says_as_much_good_as_bad_or_nothing_is_unknown(queue: Queue) -> None:
    split, silent, unread, lost = (make_session(queue.project, name) for name in ("split", "silent", "unread", "lost"))
    give(split, "thumb", AnnotatorKind.HUMAN, 1)
    give(split, "thumb", AnnotatorKind.HUMAN, 0)
    give(silent, "length", AnnotatorKind.HUMAN, 9)
    give(unread, "nobody said what it means", AnnotatorKind.HUMAN, 1)
    give(lost, "thumb", AnnotatorKind.HUMAN, 0.5)
    give(None, "thumb", AnnotatorKind.HUMAN, 0)
    row = row_of(queue.project, "refunds")
    assert (row.client.said, row.client.estimate, row.client.words) == (0, None, "nothing said")
    assert row.people.estimate is None


def test_rows_are_values_the_most_sessions_first_and_all_of_them_as_one(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 60, first="b", workflow="b", release="2")
    make_traffic(queue.project, 40, first="a", workflow="a", release="1")
    read_at_random(queue, lead, 1, failed=AgentSession.objects.filter(workflow="a"))
    told = outcomes(queue.project)
    assert [(row.label, row.sessions, row.people.estimate) for row in told.rows] == [("b", 60, 0.0), ("a", 40, 1.0)]
    assert (told.whole.sessions, told.whole.people.found, told.whole.people.estimate) == (100, 40, 0.4)
    assert told.frame_in_words == "100 sessions that queue “Everything” draws from"
    assert [row.label for row in outcomes(queue.project, "release").rows] == ["2", "1"]
    assert [row.label for row in outcomes(queue.project, most=1).rows] == ["b"]
    narrow = outcomes(queue.project, within=Q(workflow="a"))
    assert ([row.label for row in narrow.rows], narrow.whole.people.sampled) == (["a"], 40)


def test_only_a_column_that_sessions_are_compared_by_is_taken(queue: Queue) -> None:
    with pytest.raises(ValueError, match="'project__name' is none of"):
        outcomes(queue.project, "project__name")


def test_the_same_queries_serve_one_value_and_many(queue: Queue, lead: User) -> None:
    counts = []
    for size in (1, 30):
        for n in range(size):
            session = make_session(queue.project, f"{size}-{n}", workflow=f"w-{size}-{n}")
            review_in(queue, session, lead, Outcome.FAILURE)
            give(session, "thumb", AnnotatorKind.HUMAN, 0)
        with CaptureQueriesContext(connection) as queries:
            outcomes(queue.project)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("value", [None, 0, 0.5, 0.9, 5])
@pytest.mark.parametrize("label", ["", "Good", " down ", "yes", "LOW", "whatever"])
def test_the_database_reads_scores_as_the_session_page_does(queue: Queue, value: float | None, label: str) -> None:
    for name in ("thumb", "hallucination", "length", "unknown"):
        score = give(make_session(queue.project, name), name, AnnotatorKind.CODE, value, label)
        said = Score.objects.filter(pk=score.pk).alias(said=Lower(Trim("label")))
        lean = said.annotate(lean=_lean(meanings_of(queue.project_id))).get().lean
        assert {1: "bad", -1: "good", 0: None}[lean] == polarity_of(score, meanings_of(queue.project_id))
