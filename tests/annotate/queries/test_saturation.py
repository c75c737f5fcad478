"""What reviews found, in the order of reading."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from annotate.queries.saturation import saturation
from tests.builders import NOON, make_failure, make_failure_type, make_member, make_project, make_review, make_session


def test_finds_are_kinds_by_session_in_the_order_of_reading(project: Project, lead: User) -> None:
    kinds = [make_failure_type(project, f"Type {n}") for n in range(3)]
    second = make_member(project, Role.REVIEWER)
    for n in range(30):
        session = make_session(project, f"s-{n}")
        review = make_review(session, lead, submitted_at=NOON + timedelta(minutes=30 - n))
        make_failure(review, failure_type=kinds[n // 10])
        make_failure(review, failure_type=kinds[n // 10])
        make_failure(review)
    again = make_review(session, second, submitted_at=NOON + timedelta(days=1))
    make_failure(again, failure_type=kinds[2])
    make_failure(make_review(session, second, withdrawn_at=NOON), failure_type=kinds[0], withdrawn_at=NOON)
    told = saturation(project)
    assert (told.reviews, told.finds, told.kinds, told.noun) == (31, 30, 3, "failure type")
    # Read last to first: the third type was met first.
    assert told.points == [(0, 0), (25, 3), (31, 3)]
    assert saturation(project, Q(external_id__in=["s-0", "s-1"])).finds == 2


def test_two_queries_whatever_was_read_and_nothing_of_others(project: Project, lead: User) -> None:
    theirs = make_project("other")
    make_failure(make_review(make_session(theirs), lead), failure_type=make_failure_type(theirs))
    for size in (1, 20):
        for n in range(size):
            make_failure(
                make_review(make_session(project, f"{size}-{n}"), lead),
                failure_type=make_failure_type(project, f"Type {size} {n}"),
            )
        with CaptureQueriesContext(connection) as queries:
            assert saturation(project).kinds == (1 if size == 1 else 21)
        assert len(queries) == 2
