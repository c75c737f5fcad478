"""The list of sessions: what its filters find, how it sorts, what it says and offers."""

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.actions.types import edit_type, merge_types
from annotate.models import Outcome
from issues.models import Issue, IssueMembership
from tests.builders import (
    NOON,
    client_of,
    make_failure,
    make_failure_type,
    make_member,
    make_project,
    make_review,
    make_session,
    make_steps,
    make_talk,
)
from tests.counting import count_queries
from traces.filters import RARER, SessionFilter
from traces.models import Score, ScoreMeaning, Signal, StepKind, ToolUse

LIST = "/p/acme/sessions/"


def titles(client: Client, query: str = "") -> list[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [row["session"].title for row in response.context["rows"]]


def test_session_list_without_sessions_teaches_the_next_step(lead_client: Client) -> None:
    response = lead_client.get(LIST)
    assert "No sessions yet" in response.content.decode()
    assert "/p/acme/connect/" in response.content.decode()


def test_session_list_shows_only_this_projects_sessions(lead_client: Client, project: Project) -> None:
    make_session(project, title="mine")
    make_session(make_project("other"), title="theirs")
    assert titles(lead_client) == ["mine"]


@pytest.fixture
def several(project: Project) -> None:
    where = {
        "release": "1.0",
        "environment": "prod",
        "tags": ["web", 'g"é'],
        "model": "gpt-5",
        "source_format": "genai",
    }
    how = {"user_ref": "ada", "cost_usd": 0.5, "error_count": 1, "latency_ms": 90_000}
    one = make_session(project, "s-1", title="late parcel", **where, **how)
    Score.objects.create(project=project, session=one, identity="1", name="helpful", value=1)
    two = make_session(project, "s-2", title="refund", workflow="sales", last_answer="All done", started_at=None)
    make_steps(two, (StepKind.TOOL, {"name": "lookup_order"}), (StepKind.USER, {"text": "The purple umbrella"}))
    Signal.objects.create(session=two, kind="tool_loop", strength=0.5, sentence="x")
    two.signal_count, two.signal_weight = 1, 0.5
    two.save()
    make_session(
        project, "s-3", title="old", started_at=NOON.replace(year=2025), cost_usd=0.7, status="error", latency_ms=500
    )


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=PARCEL", {"late parcel"}),
        ("?q=all+done", {"refund"}),
        ("?q=s-3", {"old"}),
        ("?q=lookup_order", {"refund"}),
        ("?q=umbrella", {"refund"}),
        ("?workflow=sales", {"refund"}),
        ("?release=1.0&environment=prod", {"late parcel"}),
        ("?status=errors", {"late parcel"}),
        ("?status=clean", {"refund", "old"}),
        ("?status=signals", {"refund"}),
        ("?status=error", {"old"}),
        ("?signal=tool_loop", {"refund"}),
        ("?end=2025-12-31", {"old"}),
        ("?start=0001-01-01&end=9999-12-31", {"late parcel", "refund", "old"}),
        ("?start=2026-01-01", {"late parcel", "refund"}),
        ("?start=2025-11-02&end=2025-11-02", {"old"}),
        ("?q=nothing+like+it", set()),
        ("?workflow=sales&q=umbrella&signal=tool_loop", {"refund"}),
        ("?model=gpt-5", {"late parcel"}),
        ("?user=ada", {"late parcel"}),
        ("?tag=web", {"late parcel"}),
        ("?tag=we", set()),
        ("?tag=WEB", set()),
        ("?tag=g%22%C3%A9", {"late parcel"}),
        ("?source=genai", {"late parcel"}),
        ("?score=helpful", {"late parcel"}),
        ("?score=other", set()),
        ("?min_cost=0.5", {"late parcel", "old"}),
        ("?max_cost=0.5", {"late parcel"}),
        ("?min_cost=0.6&max_cost=1000000000", {"old"}),
        ("?min_seconds=90", {"late parcel"}),
        ("?max_seconds=0.5", {"old"}),
    ],
)
def test_session_list_filters_by_the_url(lead_client: Client, query: str, found: set[str]) -> None:
    assert set(titles(lead_client, query)) == found


PARTLY = "in the other steps only of the newest {} at most"


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("query", "found", "is_part"),
    [
        ("?q=umbrella", set(), True),
        ("?q=nothing+like+it", set(), True),
        ("?q=parcel", {"late parcel"}, True),
        ("?q=umbrella&workflow=sales", {"refund"}, False),
        ("?workflow=refunds", {"newest", "late parcel", "old"}, False),
    ],
)
def test_session_list_says_where_words_were_not_looked_for(
    lead_client: Client,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    found: set[str],
    *,
    is_part: bool,
) -> None:
    make_session(project, "s-4", title="newest", started_at=NOON.replace(year=2100))
    monkeypatch.setattr("traces.filters.SEARCHED_DEEPLY", 1)
    assert set(titles(lead_client, query)) == found
    assert (PARTLY.format(1) in lead_client.get(LIST + query).content.decode()) is is_part


def test_session_list_says_where_so_much_is_said_that_some_was_not_read(
    lead_client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("s-1", "s-2"):
        make_talk(make_session(project, name))
    monkeypatch.setattr("traces.queries.sessions.SEARCHED_BYTES", 1)
    html = lead_client.get(LIST, {"q": "refund"}).content.decode()
    assert PARTLY.format("1,000") in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?judged=any", {"failed", "worked", "both"}),
        ("?judged=none", {"taken back", "unread"}),
        ("?judged=failure", {"failed"}),
        ("?judged=success", {"worked"}),
        ("?judged=unknown", {"both"}),
        ("?failure_type=silent+FAILURE", {"failed"}),
        ("?failure_type=silent", set()),
        ("?tool=refund", {"failed", "unread"}),
        ("?failing_tool=refund", {"unread"}),
        ("?error_class=auth", {"worked"}),
        ("?error_class=network", set()),
        ("?issue=7", {"failed"}),
        ("?issue=8", set()),
        ("?like_issue=7", {"worked"}),
        ("?like_issue=8", set()),
        ("?signal=like_issue", {"worked"}),
        ("?feedback=bad", {"failed", "unread"}),
        ("?feedback=client_bad", {"failed"}),
        ("?feedback=machine_bad", {"unread"}),
        ("?feedback=machine_good", set()),
        ("?known=user", {"worked"}),
        ("?known=no_user", {"failed", "both", "taken back", "unread"}),
        ("?known=no_workflow", {"both"}),
        ("?known=no_tag", {"failed", "both", "taken back", "unread"}),
    ],
)
def test_session_list_filters_by_what_people_said_and_what_is_missing(
    lead_client: Client, lead: User, project: Project, query: str, found: set[str]
) -> None:
    names = ["failed", "worked", "both", "taken back", "unread"]
    failed, worked, both, back, unread = (make_session(project, name, title=name) for name in names)
    told = make_failure(make_review(failed, lead), failure_type=make_failure_type(project))
    issue = Issue.objects.create(project=project, number=7, title="x")
    IssueMembership.objects.create(issue=issue, failure=told, source="person", since=NOON)
    Signal.objects.create(session=worked, kind="like_issue", detail="ISS-7", strength=0.5, sentence="x")
    make_review(worked, lead, Outcome.SUCCESS)
    make_review(both, lead)
    make_review(both, lead, Outcome.SUCCESS)
    make_failure(
        make_review(back, lead, withdrawn_at=NOON), withdrawn_at=NOON, failure_type=make_failure_type(project, "Silent")
    )
    for session, errors in ((failed, 0), (unread, 2)):
        ToolUse.objects.create(project=project, session=session, name="refund", calls=3, errors=errors)
    Signal.objects.create(session=worked, kind="tool_error", detail="auth", strength=0.5, sentence="x")
    ScoreMeaning.objects.create(project=project, name="thumb", polarity="good")
    for session, kind in ((failed, "human"), (unread, "llm")):
        Score.objects.create(
            project=project, session=session, identity=kind, name="thumb", value=0, annotator_kind=kind
        )
    both.workflow = ""
    both.save()
    worked.user_ref, worked.tags, worked.signal_count = "ada", ["web"], 1
    worked.save()
    assert set(titles(lead_client, query)) == found


@pytest.mark.parametrize("name", ["Silent failure", "not told", "NOT  ADMITTED", "Hides it"])
def test_an_old_name_of_a_failure_type_still_finds_its_sessions(
    lead_client: Client, lead: User, project: Project, name: str
) -> None:
    told, early, late = (make_failure_type(project, each) for each in ("Not told", "Silent failure", "Not admitted"))
    make_failure(make_review(make_session(project, title="failed"), lead), failure_type=early)
    make_session(project, "fine", title="fine")
    merge_types(into=late, type_ids=[early.pk], actor=lead)
    merge_types(into=told, type_ids=[late.pk], actor=lead)
    edit_type(kind=told, actor=lead, name="Hides it", description="", group="")
    make_failure_type(make_project("elsewhere"), name)
    assert titles(lead_client, f"?failure_type={name}") == ["failed"]


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["refund", "late parcel", "old"]),
        ("cost", ["old", "late parcel", "refund"]),
        ("signals", ["refund", "old", "late parcel"]),
        ("errors", ["late parcel", "old", "refund"]),
        ("slowest", ["late parcel", "old", "refund"]),
    ],
)
def test_session_list_sorts_by_the_closed_list(lead_client: Client, sort: str, order: list[str]) -> None:
    assert titles(lead_client, f"?sort={sort}") == order


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("?project__members__password=x", ["project__members__password"]),
        ("?start=yesterday", ["start"]),
        ("?status=nonsense", ["status"]),
        ("?sort=password", ["sort"]),
        ("?q=%00", ["q"]),
        ("?min_cost=cheap", ["min_cost"]),
        ("?max_cost=NaN", ["max_cost"]),
        ("?min_seconds=-1", ["min_seconds"]),
        ("?max_seconds=1e400", ["max_seconds"]),
        ("?max_seconds=Infinity", ["max_seconds"]),
        ("?page=x", []),
        ("?page=99999999999999999999", []),
    ],
)
def test_session_list_says_what_it_left_out(lead_client: Client, query: str, ignored: list[str]) -> None:
    response = lead_client.get(LIST + query)
    assert (response.status_code, response.context["ignored"]) == (200, ignored)


def test_session_list_opens_the_folded_filters_once_one_is_chosen(lead_client: Client, project: Project) -> None:
    make_session(project, model="gpt-5")
    folded, opened = (lead_client.get(LIST, query).content.decode() for query in ({}, {"model": "gpt-5"}))
    assert '<details class="rarer">' in folded
    assert '<details class="rarer" open>' in opened
    assert '<option value="gpt-5" selected>' in opened


def test_session_list_folds_all_but_a_line_of_filters() -> None:
    shown = [name for name in SessionFilter.base_filters if name not in RARER]
    assert shown == ["q", "workflow", "release", "environment", "status", "signal", "judged", "start", "end"]


def test_session_list_escapes_what_sessions_say(lead_client: Client, project: Project) -> None:
    hostile = "<script>alert(1)</script>"
    make_session(project, title=hostile, last_answer=hostile, workflow=hostile, release=hostile)
    assert hostile not in lead_client.get(LIST, {"q": hostile}).content.decode()


def test_session_list_needs_the_same_queries_for_1_row_and_for_50(lead_client: Client, project: Project) -> None:
    def queries() -> list[int]:
        return [count_queries(lead_client, LIST + query) for query in ("", "?q=x", "?signal=tool_loop")]

    def add(numbers: range) -> None:
        for number in numbers:
            session = make_session(project, f"s-{number}", title="x")
            Signal.objects.create(session=session, kind="tool_loop", strength=0.5, sentence="x")

    add(range(1))
    one = queries()
    add(range(1, 50))
    assert queries() == one
    assert one[0] <= 15


def test_session_list_lets_leads_tick_sessions_for_a_queue(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    html = lead_client.get(LIST, {"workflow": "refunds"}).content.decode()
    assert f'<input type="checkbox" name="session" value="{session.pk}"' in html
    assert 'hx-get="/p/acme/review/add/?workflow=refunds"' in html


def test_session_list_offers_no_queue_to_viewers(project: Project) -> None:
    make_session(project)
    html = client_of(make_member(project, Role.VIEWER)).get(LIST).content.decode()
    assert ("/review/add/" in html, 'type="checkbox"' in html) == (False, False)
