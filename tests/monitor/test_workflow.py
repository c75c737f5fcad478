"""The page of one workflow."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.models import Project
from monitor.queries import usual
from monitor.queries.turns import Rate
from monitor.queries.workflow import MOST_RELEASES, markers, starts
from monitor.records import Period
from monitor.views.workflow import PARTS
from tests.builders import make_session
from tests.counting import count_queries
from tests.monitor.makers import add, use
from traces.models import Signal

PAGE = "/p/acme/overview/workflow/"
OF = {"workflow": "refunds"}


def test_workflow_page_without_a_workflow_leads_back(lead_client: Client, project: Project) -> None:
    assert lead_client.get(PAGE).headers["Location"] == "/p/acme/overview/"


def test_workflow_page_of_an_unknown_workflow_says_so(lead_client: Client, project: Project) -> None:
    assert "No session in these days" in lead_client.get(PAGE, OF).content.decode()


def test_workflow_page_tells_what_is_usual_in_it_alone(lead_client: Client, project: Project) -> None:
    for number, cost in enumerate([0.1, 0.2, 0.6]):
        add(project, number, cost_usd=cost, tokens_in=100, tokens_out=None if number else 20, step_count=number)
    add(project, 3, workflow="other", cost_usd=99)
    found = lead_client.get(PAGE, OF).context["found"]
    usual_by_key = {measure.key: usual and usual.median for measure, usual, _ in found.numbers}
    assert usual_by_key == {"cost": 0.2, "latency": None, "ttft": None, "tokens": 100, "steps": 1, "tool_calls": 0}
    assert found.basis == "from 3 sessions"


def test_trend_has_a_point_a_day_and_marks_the_first_sight_of_each_release(
    lead_client: Client, project: Project
) -> None:
    add(project, 1, days_ago=40, release="1.0")
    add(project, 2, days_ago=6, release="1.0", cost_usd=0.5)
    add(project, 3, days_ago=2, release="1.1", cost_usd=1.5)
    add(project, 4, days_ago=0, release="1.1")
    add(project, 5, days_ago=3, release="9", workflow="other")
    page = lead_client.get(PAGE, {**OF, "days": "7"})
    found = page.context["found"]
    cost = next(one for one in found.trends if one.measure.key == "cost")
    assert [point.middle for point in cost.points] == [0.5, None, None, None, 1.5, None, None]
    assert found.markers == [(4, "1.1")]
    assert ">1.1</text>" in page.content.decode()


def test_trend_of_many_days_is_by_week() -> None:
    assert starts(Period(date(2026, 9, 1), date(2026, 11, 30)))[:3] == [
        date(2026, 9, 1),
        date(2026, 9, 8),
        date(2026, 9, 15),
    ]


def test_releases_of_one_week_share_a_marker() -> None:
    period = Period(date(2026, 9, 1), date(2026, 11, 30))
    seen = {
        "0.9": datetime(2026, 8, 31, tzinfo=UTC),
        "1.0": datetime(2026, 9, 8, tzinfo=UTC),
        "1.1": datetime(2026, 9, 14, tzinfo=UTC),
        "1.2": datetime(2026, 9, 15, tzinfo=UTC),
    }
    assert markers(seen, starts(period), period) == [(1, "1.0, 1.1"), (2, "1.2")]


def test_releases_stand_side_by_side_the_newest_first(lead_client: Client, project: Project) -> None:
    add(project, 1, days_ago=5, release="2.0", cost_usd=0.1)
    add(project, 2, days_ago=1, release="1.9", cost_usd=0.3)  # seen later, whatever its name says
    add(project, 3, days_ago=3, release="")
    rows = lead_client.get(PAGE, {**OF, "part": "releases"}).context["releases"].rows
    assert [(row.usual.name, row.usual.sessions) for row in rows] == [("1.9", 1), ("2.0", 1), ("", 1)]
    listed = [lead_client.get(f"/p/acme/sessions/?{row.usual.query}").context["rows"] for row in rows]
    assert [len(found) for found in listed] == [1, 1, 1]


def test_turns_and_tools_are_counted_and_lead_to_their_sessions(lead_client: Client, project: Project) -> None:
    one = add(project, 1, "escalated", "tool_loop")
    two = add(project, 2)
    use(one, "refund", calls=3, errors=1)
    use(two, "refund", calls=1)
    use(two, "lookup")
    Signal.objects.create(session=one, kind="tool_error", step_key="a", detail="auth", strength=1, sentence="x")
    # Twice in one session is one session.
    Signal.objects.create(session=one, kind="tool_error", step_key="b", detail="auth", strength=1, sentence="x")
    context = lead_client.get(PAGE, {**OF, "part": "turns"}).context
    assert {rate.kind: rate.share for rate in context["turns"].rates} == {
        "tool_error": 0.5,
        "tool_loop": 0.5,
        "retry": 0,
        "escalated": 0.5,
        "manual_rescue": 0,
        "approval": 0,
    }
    tools = [(tool.name, tool.sessions, tool.calls, tool.errors, tool.share) for tool in context["tools"]]
    assert tools == [("refund", 2, 4, 1, 0.25), ("lookup", 1, 1, 0, 0)]
    queries = [context["tools"][0].query, context["tools"][0].failing_query, context["classes"][0].query]
    assert [len(lead_client.get(f"/p/acme/sessions/?{query}").context["rows"]) for query in queries] == [2, 1, 1]


def rate_of(rates: list[Rate], kind: str) -> tuple[int, float | None]:
    return next((rate.sessions, rate.share) for rate in rates if rate.kind == kind)


def test_turns_are_told_by_release_the_newest_first(lead_client: Client, project: Project) -> None:
    add(project, 1, "retry", days_ago=5, release="2.0")
    add(project, 2, days_ago=4, release="2.0")
    add(project, 3, "retry", "escalated", days_ago=1, release="1.9")  # seen later, whatever its name says
    add(project, 4, days_ago=3, release="")
    add(project, 5, "retry", release="1.9", workflow="other")
    turns = lead_client.get(PAGE, {**OF, "part": "turns"}).context["turns"]
    told = [
        (row.name, row.sessions, rate_of(row.rates, "retry"), rate_of(row.rates, "escalated")) for row in turns.releases
    ]
    assert told == [("1.9", 1, (1, 1), (1, 1)), ("2.0", 2, (1, 0.5), (0, 0)), ("", 1, (0, 0), (0, 0))]
    retried = [rate.query for row in turns.releases for rate in row.rates if rate.kind == "retry"]
    listed = [lead_client.get(f"/p/acme/sessions/?{query}").context for query in retried]
    assert [(len(found["rows"]), found["ignored"]) for found in listed] == [(1, []), (1, []), (0, [])]
    assert turns.left_out == 0


def test_turns_of_more_releases_than_fit_lead_to_the_older_ones(lead_client: Client, project: Project) -> None:
    for number in range(MOST_RELEASES + 2):
        add(project, number, release=f"r{number}", days_ago=number)
    page = lead_client.get(PAGE, {**OF, "part": "turns"})
    assert [row.name for row in page.context["turns"].releases] == [f"r{number}" for number in range(MOST_RELEASES)]
    assert "2 older releases</a>" in page.content.decode()


def test_turns_over_time_mark_the_releases_and_lead_to_the_sessions_of_a_day(
    lead_client: Client, project: Project
) -> None:
    add(project, 1, days_ago=40, release="1.0")
    add(project, 2, "retry", days_ago=6, release="1.0")
    add(project, 3, days_ago=6, release="1.1")
    add(project, 4, "retry", days_ago=2, release="1.1")
    add(project, 5, days_ago=1, release="1.1")
    page = lead_client.get(PAGE, {**OF, "days": "7", "part": "turns"})
    turns = page.context["turns"]
    [retry] = turns.trends
    assert (retry.label, turns.unit) == ("Tried again", "day")
    assert [point.middle for point in retry.points] == [0.5, None, None, None, 1, 0, None]
    assert turns.markers == [(0, "1.1")]
    assert turns.never == [
        "Tool error",
        "Going in circles",
        "Handed to a person",
        "Rescued by a person",
        "Asked for approval",
    ]
    counted = [(point.count, len(lead_client.get(point.url).context["rows"])) for point in retry.points if point.url]
    assert counted == [(1, 1), (1, 1)]
    html = page.content.decode()
    assert (">1.1</text>" in html, "Dashed: a release was first seen." in html) == (True, True)


def test_turns_of_many_days_are_told_by_week(lead_client: Client, project: Project) -> None:
    for number, days_ago in enumerate([89, 83, 82, 0]):
        add(project, number, "approval", days_ago=days_ago)
    turns = lead_client.get(PAGE, {**OF, "days": "90", "part": "turns"}).context["turns"]
    [approval] = turns.trends
    told = [(point.count, len(lead_client.get(point.url).context["rows"])) for point in approval.points if point.url]
    assert (turns.unit, len(approval.points), told) == ("week", 13, [(2, 2), (1, 1), (1, 1)])


def test_usual_of_many_sessions_rests_on_a_part_of_them(
    lead_client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "MOST_READ", 50)
    for number in range(100):
        add(project, number, step_count=7)
    found = lead_client.get(PAGE, OF).context["found"]
    known = {measure.key: usual.known for measure, usual, _ in found.numbers if usual}["steps"]
    assert found.basis == "from one in 2 of 100 sessions"
    assert 30 <= known <= 70


@pytest.mark.parametrize("part", ["", *PARTS])
def test_workflow_page_needs_the_same_queries_for_1_session_and_for_50(
    lead_client: Client, project: Project, part: str
) -> None:
    def queries() -> int:
        return count_queries(lead_client, PAGE, {**OF, "part": part})

    use(add(project, 0, "tool_loop"), "t")
    one = queries()
    for number in range(1, 50):
        use(add(project, number, "escalated", days_ago=number % 9, release=f"r{number}"), f"t{number}")
    assert queries() == one <= 20


def test_workflow_page_escapes_what_senders_named(lead_client: Client, project: Project) -> None:
    hostile = "<script>alert(1)</script>"
    use(make_session(project, workflow=hostile, release=hostile), hostile)
    for part in ("", *PARTS):
        assert hostile not in lead_client.get(PAGE, {"workflow": hostile, "part": part}).content.decode()
