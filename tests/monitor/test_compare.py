"""Segments side by side."""

import pytest
from django.test import Client

from accounts.models import Project, User
from annotate.models import Outcome
from monitor.queries.segments import SEGMENTS
from tests.builders import make_failure, make_review
from tests.counting import count_queries
from tests.monitor.makers import add, use

PAGE = "/p/acme/overview/compare/"


@pytest.fixture
def several(project: Project, lead: User) -> None:
    one = add(project, 1, "tool_loop", model="gpt-5", tags=["web", "vip"], cost_usd=0.2)
    two = add(project, 2, model="gpt-5", tags=["web"], cost_usd=0.4, release="2.0")
    three = add(project, 3, model="", tags=[], environment="staging", workflow="sales")
    use(one, "refund", errors=1)
    use(two, "refund")
    use(two, "lookup")
    make_failure(make_review(one, lead))
    make_review(two, lead, Outcome.SUCCESS)
    make_review(three, lead, Outcome.UNKNOWN)


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("by", "sizes"),
    [
        ("workflow", [("refunds", 2, 1), ("sales", 1, 0)]),
        ("release", [("1.0", 2, 1), ("2.0", 1, 0)]),
        ("model", [("gpt-5", 2, 1), ("", 1, 0)]),
        ("environment", [("default", 2, 1), ("staging", 1, 0)]),
        ("tag", [("web", 2, 1), ("", 1, 0), ("vip", 1, 1)]),
        ("tool", [("refund", 2, 1), ("lookup", 1, 0)]),
    ],
)
def test_segments_count_their_sessions_and_lead_to_them(
    lead_client: Client, by: str, sizes: list[tuple[str, int, int]]
) -> None:
    rows = lead_client.get(PAGE, {"by": by}).context["found"].rows
    assert [(row.name, row.sessions, row.signalled) for row in rows] == sizes

    def listed(query: str) -> int:
        return len(lead_client.get(f"/p/acme/sessions/?{query}").context["rows"])

    assert [(row.name, listed(row.query), listed(row.signal_query)) for row in rows] == sizes


@pytest.mark.usefixtures("several")
def test_segments_that_overlap_tell_the_plain_count_of_failures(lead_client: Client) -> None:
    for by, told in (
        ("tag", {"web": (1, 2), "vip": (1, 1), "": (0, 0)}),
        ("tool", {"refund": (1, 2), "lookup": (0, 1)}),
    ):
        rows = lead_client.get(PAGE, {"by": by}).context["found"].rows
        assert {row.name: (row.failed, row.reviewed) for row in rows} == told


@pytest.mark.usefixtures("several")
def test_compare_by_what_is_no_segment_says_so(lead_client: Client) -> None:
    page = lead_client.get(PAGE, {"by": "user__password"})
    assert (page.context["by"], page.context["ignored"]) == ("workflow", ["by"])


@pytest.mark.parametrize("by", SEGMENTS)
def test_compare_of_nothing_teaches(lead_client: Client, project: Project, by: str) -> None:
    html = lead_client.get(PAGE, {"by": by}).content.decode()
    assert 'class="empty"' in html


@pytest.mark.parametrize("by", SEGMENTS)
def test_compare_needs_the_same_queries_for_1_segment_and_for_50(
    lead_client: Client, project: Project, lead: User, by: str
) -> None:
    def queries() -> int:
        return count_queries(lead_client, PAGE, {"by": by})

    def make(number: int) -> None:
        name = f"n{number}"
        session = add(
            project, number, "tool_loop", workflow=name, release=name, model=name, environment=name, tags=[name]
        )
        use(session, name)
        make_review(session, lead)

    make(0)
    one = queries()
    for number in range(1, 50):
        make(number)
    assert queries() == one <= 20
