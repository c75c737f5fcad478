"""A gold judgement outweighs every count of outcomes, and is nobody's work."""

import pytest
from django.http import QueryDict

from accounts.models import Membership, Project, User
from annotate.models import Outcome, Review
from annotate.queries.estimates import judged, leans
from annotate.queries.evidence import labels
from annotate.queries.learning import learned
from annotate.queries.people import people_rows
from annotate.queries.progress import own_numbers
from annotate.queries.saturation import saturation
from tests.builders import NOON, make_failure, make_failure_type, make_review, make_session
from traces.filters import SessionFilter
from traces.models import AgentSession

FAILURE, SUCCESS, UNKNOWN = Outcome.FAILURE, Outcome.SUCCESS, Outcome.UNKNOWN
JUDGEMENTS = ("any", "none", "told", "failure", "success", "unknown")


@pytest.fixture
def session(project: Project, lead: User, ada: User, bob: User) -> AgentSession:
    """Both reviewers call it a failure."""
    session = make_session(project)
    for person in (ada, bob):
        make_review(session, person, FAILURE)
    return session


def outcome_everywhere(session: AgentSession, reader: User) -> tuple[object, ...]:
    """What sums of sessions, the ranking and the list of sessions take its outcome for: 1 failure, -1 success."""
    sessions = AgentSession.objects.filter(pk=session.pk)
    from_sessions = [row["lean"] for row in judged(sessions)]
    from_reviews = [row["lean"] for row in leans(session.project)]
    label = labels(session.project, 100).get(session.pk)
    member = Membership.objects.get(user=reader)
    lists = {
        word
        for word in JUDGEMENTS
        if SessionFilter(QueryDict(f"judged={word}"), sessions, membership=member).qs.exists()
    }
    return from_sessions, from_reviews, label.failed if label else None, lists


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        (None, ([2], [2], True, {"any", "told", "failure"})),
        (FAILURE, ([1], [1], True, {"any", "told", "failure"})),
        (SUCCESS, ([-1], [-1], False, {"any", "told", "success"})),
        (UNKNOWN, ([], [], None, {"any", "unknown"})),
    ],
)
def test_a_settled_outcome_outweighs_all_who_said_otherwise(
    session: AgentSession, lead: User, gold: Outcome | None, expected: tuple[object, ...]
) -> None:
    make_review(session, lead, SUCCESS, is_gold=True, withdrawn_at=NOON)
    if gold is not None:
        make_review(session, lead, gold, is_gold=True)
    assert outcome_everywhere(session, lead) == expected


def test_a_settlement_is_nobodys_work(project: Project, session: AgentSession, lead: User) -> None:
    make_review(session, lead, SUCCESS, is_gold=True)
    assert own_numbers(project, lead).reviews == 0
    assert {row.person.email: row.week for row in people_rows(project)}[lead.email] == 0
    assert learned(project).judged == 2


def test_a_kind_that_only_a_lead_saw_was_met_when_the_session_was_first_read(
    project: Project, session: AgentSession, lead: User, ada: User
) -> None:
    for n in range(30):
        make_review(make_session(project, f"later-{n}"), ada)
    first = Review.objects.filter(session=session).order_by("pk")[0]
    seen, settled = make_failure_type(project, "Seen"), make_failure_type(project, "Settled")
    make_failure(first, failure_type=seen, withdrawn_at=NOON)
    make_failure(make_review(session, lead, is_gold=True), failure_type=settled)
    told = saturation(project)
    assert (told.reviews, told.finds, told.kinds) == (32, 1, 1)
    assert told.points[1] == (25, 1)
