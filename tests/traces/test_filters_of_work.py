"""Sessions by the work on them: their queues, what became of them there, and who reviewed them when."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Role, Scope, User
from annotate.models import Outcome, Queue, QueueItem, SlotState
from annotate.queries.items import item_counts
from annotate.queries.progress import REVIEWS_TIMED
from tests.builders import (
    client_of,
    make_key,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
)
from traces.filters import FEEDBACK, SessionFilter
from traces.meanings import BAD
from traces.models import AgentSession, Score, ScoreMeaning
from traces.queries.work import NEWEST_REVIEWS, STANDS

LIST, API = "/p/acme/sessions/", "/api/v1/sessions/"


def found(project: Project, **query: object) -> set[str]:
    """What an API key is told; every filter must be understood."""
    chosen = SessionFilter(
        {name: str(value) for name, value in query.items()}, AgentSession.objects.filter(project=project)
    )
    assert chosen.is_valid(), chosen.errors
    return set(chosen.qs.values_list("external_id", flat=True))


def place(queue: Queue, session: AgentSession, *states: SlotState, **of_item: object) -> None:
    for ordinal, state in enumerate(states, start=1):
        make_slot(queue, session, ordinal=ordinal, state=state)
    QueueItem.objects.filter(queue=queue, session=session).update(**of_item)


FREE, SUBMITTED, SKIPPED, ASIDE = SlotState.FREE, SlotState.SUBMITTED, SlotState.SKIPPED, SlotState.ASIDE


@pytest.fixture
def queues(project: Project) -> tuple[int, int]:
    """Two queues: the first with a session in each state, the second with some of the same in other states."""
    one, two = make_queue(project, "One"), make_queue(project, "Two")
    now = timezone.now()
    late, soon = now - timedelta(hours=1), now + timedelta(hours=1)
    states: dict[str, tuple[tuple[SlotState, ...], dict[str, datetime]]] = {
        "free": ((FREE,), {"due_at": soon}),
        "late": ((FREE, FREE), {"due_at": late}),
        "half": ((SUBMITTED, SlotState.LEASED), {"due_at": soon}),
        "done": ((SUBMITTED, SUBMITTED), {"due_at": late}),
        "led": ((SKIPPED, SKIPPED), {"before_lead_at": now}),
        "aside": ((SKIPPED, ASIDE), {}),
        "removed": ((SUBMITTED,), {"removed_at": now}),
    }
    for name, (slots, of_item) in states.items():
        place(one, make_session(project, name), *slots, **of_item)
    place(two, AgentSession.objects.get(external_id="done"), FREE, due_at=late)
    place(two, AgentSession.objects.get(external_id="free"), SUBMITTED)
    make_session(project, "elsewhere")
    return one.pk, two.pk


@pytest.mark.parametrize(
    ("work", "in_one", "in_two", "anywhere"),
    [
        ("waiting", {"free", "late", "half"}, {"done"}, {"free", "late", "half", "done"}),
        ("overdue", {"late"}, {"done"}, {"late", "done"}),
        ("lead", {"led"}, set(), {"led"}),
        ("done", {"done"}, {"free"}, {"done", "free"}),
        ("aside", {"aside"}, set(), {"aside"}),
        ("removed", {"removed"}, set(), {"removed"}),
    ],
)
def test_sessions_are_found_by_how_they_stand_in_a_queue(
    project: Project, queues: tuple[int, int], work: str, in_one: set[str], in_two: set[str], anywhere: set[str]
) -> None:
    one, two = queues
    told = [found(project, work=work, **query) for query in ({"queue": one}, {"queue": two}, {})]
    assert told == [in_one, in_two, anywhere]


def test_sessions_are_found_by_their_queue(project: Project, queues: tuple[int, int]) -> None:
    assert found(project, queue=queues[1]) == {"done", "free"}
    assert len(found(project, queue=queues[0])) == 7


def test_work_is_told_as_on_the_page_of_the_queue(project: Project, queues: tuple[int, int]) -> None:
    counts = item_counts(project.queues.get(pk=queues[0]))
    assert {state: len(found(project, queue=queues[0], work=state)) for state in STANDS if state != "overdue"} == counts


def test_a_queue_of_another_project_finds_nothing(project: Project, lead_client: Client) -> None:
    other = make_project("other")
    theirs = make_queue(other)
    place(theirs, make_session(other, "theirs"), FREE)
    make_session(project, "mine")
    assert found(project, queue=theirs.pk) == found(project, queue=theirs.pk, work="waiting") == set()
    page = lead_client.get(LIST, {"queue": theirs.pk})
    assert (page.context["rows"], page.context["ignored"]) == ([], [])
    assert theirs.name not in page.content.decode()


@pytest.fixture
def reviews(project: Project, lead: User) -> tuple[User, User]:
    """Of Ada, of today and of three days ago; of the lead, of a fortnight ago; one that was taken back."""
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    now = timezone.now()
    for name, person, outcome, days, fields in (
        ("today", ada, Outcome.FAILURE, 0, {"opened_at": now}),
        ("earlier", ada, Outcome.SUCCESS, 3, {}),
        ("old", lead, Outcome.FAILURE, 14, {"opened_at": now}),
        ("back", ada, Outcome.FAILURE, 0, {"withdrawn_at": now, "opened_at": now}),
    ):
        make_review(make_session(project, name), person, outcome, submitted_at=now - timedelta(days=days), **fields)
    make_review(AgentSession.objects.get(external_id="old"), ada, Outcome.SUCCESS, submitted_at=now)
    return ada, lead


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"reviewer": "ada@example.com"}, {"today", "earlier", "old"}),
        ({"reviewer": "ada@example.com", "reviewed": "day"}, {"today", "old"}),
        ({"reviewer": "ada@example.com", "reviewed": "week", "said": "success"}, {"earlier", "old"}),
        # One review has all: Ada reviewed it today, and the failure was told by another a fortnight ago.
        ({"reviewer": "ada@example.com", "said": "failure"}, {"today"}),
        ({"reviewed": "week", "said": "failure"}, {"today"}),
        ({"said": "failure"}, {"today", "old"}),
        ({"reviewed": "newest"}, {"today", "old"}),
        ({"reviewer": "nobody@example.com"}, set()),
    ],
)
@pytest.mark.usefixtures("reviews")
def test_sessions_are_found_by_one_review_that_has_all(
    project: Project, query: dict[str, str], expected: set[str]
) -> None:
    assert found(project, **query) == expected


def test_the_newest_reviews_are_those_that_the_pace_is_told_from() -> None:
    assert NEWEST_REVIEWS == REVIEWS_TIMED


def test_only_leads_may_ask_for_the_reviews_of_others(project: Project, reviews: tuple[User, User]) -> None:
    ada, lead = reviews

    def asks(reader: User, for_whom: User) -> tuple[int, list[str]]:
        page = client_of(reader).get(LIST, {"reviewer": for_whom.email})
        return len(page.context["rows"]), page.context["ignored"]

    assert [asks(lead, ada), asks(lead, lead), asks(ada, ada)] == [(3, []), (1, []), (3, [])]
    # As if there were no such choice: said so, and nothing is filtered.
    assert asks(ada, lead) == (4, ["reviewer"])
    assert lead.email not in client_of(ada).get(LIST).content.decode()
    assert ada.email in client_of(lead).get(LIST).content.decode()


def test_what_a_colleague_said_is_not_found_before_ones_own_judgement(project: Project, lead: User) -> None:
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    session = make_session(project)
    slot = make_slot(make_queue(project, is_blind=True), session)
    make_review(session, lead)

    def finds(query: dict[str, str]) -> int:
        return len(client_of(ada).get(LIST, query).context["rows"])

    telling = [{"said": "failure"}, {"judged": "told"}, {"said": "failure", "reviewed": "day"}]
    assert [finds(query) for query in telling] == [0, 0, 0]
    type(slot).objects.update(state=SUBMITTED, reviewer=ada)
    assert [finds(query) for query in telling] == [1, 1, 1]


@pytest.mark.parametrize(
    ("query", "field"),
    [("work=eaten", "work"), ("reviewed=ever", "reviewed"), ("queue=0", "queue"), ("said=x", "said")],
)
def test_the_api_refuses_unknown_work(project: Project, query: str, field: str) -> None:
    reader = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    answer = reader.get(f"{API}?{query}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


@pytest.mark.usefixtures("queues", "reviews")
def test_the_api_filters_by_work(project: Project) -> None:
    reader = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    rows = reader.get(f"{API}?work=done&reviewer=ada@example.com").json()["results"]
    assert rows == []
    rows = reader.get(f"{API}?reviewer=ada@example.com&reviewed=day").json()["results"]
    assert [row["external_id"] for row in rows] == ["old", "today"]


def test_feedback_that_is_split_leans_to_no_side(project: Project) -> None:
    ScoreMeaning.objects.create(project=project, name="thumb", polarity="good")
    for name, values in (("bad", [0, 0, 1]), ("split", [0, 1]), ("good", [1]), ("silent", [])):
        session = make_session(project, name)
        for number, value in enumerate(values):
            Score.objects.create(
                project=project,
                session=session,
                identity=f"{name}{number}",
                name="thumb",
                value=value,
                annotator_kind="human",
            )
    told = {choice: found(project, feedback=choice) for choice in FEEDBACK if choice.startswith("client")}
    assert told == {
        "client_good": {"bad", "split", "good"},
        "client_bad": {"bad", "split"},
        "client_mostly_bad": {"bad"},
        "client_mostly": {"bad", "good"},
    }
    assert found(project, feedback=BAD) == {"bad", "split"}
    assert found(project, feedback="machine_mostly") == set()


def test_sessions_are_found_by_the_numbers_that_they_say(project: Project) -> None:
    make_session(project, "cost", cost_usd=0)
    make_session(project, "duration", latency_ms=0)
    make_session(project, "first_word", ttft_ms=0)
    make_session(project, "tokens", tokens_in=1)
    said = ("cost", "duration", "first_word", "tokens")
    assert [found(project, known=known) for known in said] == [{known} for known in said]
