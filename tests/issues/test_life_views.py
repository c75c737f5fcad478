"""What a lead does about an issue on its page, what people say there, and the page of releases."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Failure, Outcome
from issues import actions
from issues.lifecycle import State
from issues.lifecycle.ignoring import End, EndKind
from issues.models import Issue, IssueComment, Release, Watcher
from issues.queries.life import ordered_releases, verified_after
from tests.builders import (
    NOON,
    client_of,
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
)


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=["acme", *args]))
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, name: str, *args: object, **data: object) -> str:
    """What the page says that is seen next."""
    response = client.post(reverse(name, args=["acme", *args]), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_page_offers_what_the_table_allows(lead_client: Client, issue: Issue) -> None:
    html = page(lead_client, "issue_page", 1)
    assert [act for act in ("triage", "take", "fix", "ignore", "unignore", "reopen") if f'value="{act}"' in html] == [
        "triage", "take", "fix", "ignore",
    ]  # fmt: skip


def test_a_viewer_is_offered_nothing(project: Project, issue: Issue) -> None:
    html = page(client_of(make_member(project, Role.VIEWER)), "issue_page", 1)
    assert 'name="act"' not in html
    assert "Say it" not in html
    assert ('id="watch"' in html, "Watch no more" in html) == (True, False)


def test_who_starts_work_owns_the_issue(lead_client: Client, issue: Issue, lead: User) -> None:
    assert "ISS-1 is now in progress." in post(lead_client, "issue_act", 1, act="take", source="new")
    issue.refresh_from_db()
    assert (issue.state, issue.owner) == (State.IN_PROGRESS, lead)
    actions.undo(decision=issue.events.latest("pk").decision, actor=lead)  # type: ignore[arg-type]
    issue.refresh_from_db()
    assert (issue.state, issue.owner) == (State.NEW, None)


def test_work_may_be_given_to_another_member_only(lead_client: Client, project: Project, issue: Issue) -> None:
    stranger = make_member(make_project("other"), Role.LEAD, "stranger@example.com")
    assert "Only members" in post(lead_client, "issue_act", 1, act="take", source="new", owner=stranger.pk)
    other = make_member(project, Role.REVIEWER)
    post(lead_client, "issue_act", 1, act="take", source="new", owner=other.pk)
    issue.refresh_from_db()
    assert issue.owner == other


def test_an_issue_is_ignored_until_something_happens(lead_client: Client, issue: Issue) -> None:
    html = post(lead_client, "issue_act", 1, act="ignore", source="new", reason="known", end="users", count=3, days=7)
    assert "Ignored until 3 users in 7 days. <bdi>known</bdi>" in html
    issue.refresh_from_db()
    assert issue.end == End(EndKind.USERS, None, 3, 7)
    post(lead_client, "issue_act", 1, act="unignore", source="ignored")
    issue.refresh_from_db()
    assert (issue.state, issue.end, issue.ignored_reason) == (State.OPEN, End(), "")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"end": "date"}, "Say until which date"),
        ({"end": "date", "until": "2020-01-01"}, "later than today"),
        ({"end": "date", "until": "9999-01-01"}, "more than ten years"),
        ({"end": "sessions"}, "Say until how many more"),
        ({"end": "users", "count": "3"}, "Say within how many days"),
        ({"end": "users", "count": "3", "days": "9999"}, "Say within how many days"),
        ({"end": "sessions", "count": "0"}, "Count:"),
        ({"end": "whenever"}, "End:"),
        ({"reason": ""}, "Say why it is ignored."),
    ],
    ids=str,
)
def test_an_end_that_says_too_little_is_refused(
    lead_client: Client, issue: Issue, sent: dict[str, str], why: str
) -> None:
    assert why in post(lead_client, "issue_act", 1, **{"act": "ignore", "source": "new", "reason": "known", **sent})
    issue.refresh_from_db()
    assert issue.state == State.NEW


def test_an_act_that_the_state_does_not_know_is_refused(lead_client: Client, issue: Issue) -> None:
    assert "An issue that is new has no “Reopen”." in post(lead_client, "issue_act", 1, act="reopen", source="new")
    assert "Meanwhile the issue was moved to new." in post(
        lead_client, "issue_act", 1, act="triage", source="regressed"
    )
    assert "Act:" in post(lead_client, "issue_act", 1, act="merge", source="new")


def test_page_states_how_far_a_fix_is_proved(lead_client: Client, project: Project, issue: Issue, lead: User) -> None:
    html = post(lead_client, "issue_act", 1, act="fix", source="new", fixed_in_release="2.0")
    assert "0 of 30 reviewed sessions without it." in html
    assert "Nothing is proved yet." in html
    assert "No session of release <bdi>2.0</bdi> has come in yet." in html
    for number in range(12):
        make_review(make_session(project, f"clear-{number}", release="2.0"), lead, Outcome.SUCCESS)
    html = page(lead_client, "issue_page", 1)
    assert "12 of 30 reviewed sessions without it." in html
    assert "0 of 12 seen: it is in less than 22 % of such sessions, with 95 % confidence" in html


def test_saving_the_title_does_not_choose_the_severity(lead_client: Client, issue: Issue) -> None:
    post(lead_client, "issue_edit", 1, title="Other", owner="", severity="medium")
    issue.refresh_from_db()
    assert (issue.title, issue.severity_chosen) == ("Other", False)
    post(lead_client, "issue_edit", 1, title="Other", owner="", severity="high")
    issue.refresh_from_db()
    assert (issue.severity, issue.severity_chosen) == ("high", True)


def test_runbook_is_markdown_of_the_allowed_kind(lead_client: Client, issue: Issue, lead: User) -> None:
    text = "**Look** at the log <script>alert(1)</script> [x](javascript:alert(1))"
    html = post(lead_client, "issue_help", 1, runbook=text)
    assert "<strong>Look</strong>" in html
    assert "<script>alert(1)" not in html
    assert 'href="javascript:' not in html
    issue.refresh_from_db()
    assert issue.runbook == text
    actions.undo(decision=issue.events.latest("pk").decision, actor=lead)  # type: ignore[arg-type]
    issue.refresh_from_db()
    assert issue.runbook == ""


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.com/a", "example.com", "https://", "x" * 501])
def test_link_takes_only_whole_addresses_of_the_web(lead_client: Client, issue: Issue, url: str) -> None:
    html = post(lead_client, "issue_help", 1, external_url=url)
    assert "begins with http:// or https://" in html or "External url:" in html
    issue.refresh_from_db()
    assert issue.external_url == ""


def test_link_leads_to_the_ticket(lead_client: Client, issue: Issue) -> None:
    html = post(lead_client, "issue_help", 1, external_url=" https://tickets.example.com/browse/ABC-1?a=1&b=2 ")
    assert '<a href="https://tickets.example.com/browse/ABC-1?a=1&amp;b=2" rel="noopener noreferrer nofollow">' in html
    assert "Link set" in html


def test_runbook_of_a_type_stands_on_its_issues(
    lead_client: Client, project: Project, lead: User, issue: Issue
) -> None:
    kind = make_failure_type(project, "Silent")
    Failure.objects.update(failure_type=kind)
    client_html = post(lead_client, "type_runbook", kind.pk, runbook="Ask **Ada**.")
    assert "Saved." in client_html
    assert "<strong>Ada</strong>" in page(lead_client, "type_runbook", kind.pk)
    assert "<strong>Ada</strong>" in page(lead_client, "issue_page", 1)
    post(lead_client, "type_runbook", kind.pk, runbook="")
    assert "<strong>Ada</strong>" not in page(lead_client, "issue_page", 1)


def test_only_leads_write_the_runbook_of_a_type(project: Project) -> None:
    kind = make_failure_type(project, "Silent")
    client = client_of(make_member(project, Role.REVIEWER))
    assert client.post(reverse("type_runbook", args=["acme", kind.pk]), {"runbook": "x"}).status_code == 404
    assert "Change the runbook" not in page(client, "type_runbook", kind.pk)


def remark(client: Client, text: str, client_id: uuid.UUID | None = None) -> str:
    return post(client, "issue_say", 1, text=text, client_id=client_id or uuid.uuid4())


def test_what_is_said_is_shown_escaped_and_its_people_watch(
    lead_client: Client, project: Project, issue: Issue, lead: User
) -> None:
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    make_member(make_project("other"), Role.REVIEWER, "eve@example.com")
    html = remark(lead_client, "@ada@example.com and @eve@example.com: <b>look</b>")
    assert "&lt;b&gt;look&lt;/b&gt;" in html
    said = IssueComment.objects.get()
    assert [mention.user for mention in said.mentions.all()] == [ada]
    assert set(Watcher.objects.values_list("user", flat=True)) == {lead.pk, ada.pk}
    assert f"ISS-{issue.number}" in page(client_of(ada), "issue_news")
    assert said.mentions.get().read_at is not None
    assert "Nothing yet" in page(lead_client, "issue_news")


def test_what_is_sent_twice_is_said_once(lead_client: Client, project: Project, issue: Issue) -> None:
    key = uuid.uuid4()
    remark(lead_client, "once", key)
    remark(lead_client, "once", key)
    assert IssueComment.objects.count() == 1
    other = client_of(make_member(project, Role.REVIEWER))
    assert "Something else was sent under this number" in remark(other, "mine", key)


def test_only_who_said_it_takes_it_back(lead_client: Client, project: Project, issue: Issue) -> None:
    remark(lead_client, "never mind")
    said = IssueComment.objects.get()
    other = client_of(make_member(project, Role.REVIEWER))
    assert "Only who wrote it" in post(other, "issue_unsay", 1, said.pk)
    assert "never mind" not in post(lead_client, "issue_unsay", 1, said.pk)
    said.refresh_from_db()
    assert said.withdrawn_at is not None


def test_who_is_to_judge_alone_reads_only_their_own_remarks(
    lead_client: Client, project: Project, issue: Issue
) -> None:
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    remark(lead_client, "@ada@example.com what the colleague said")
    remark(client_of(ada), "my own words")
    assert "what the colleague said" in page(client_of(ada), "issue_page", 1)
    make_slot(make_queue(project, "Blind", is_blind=True), make_session(project, "elsewhere"))
    html = page(client_of(ada), "issue_page", 1)
    assert ("what the colleague said" in html, "my own words" in html) == (False, True)
    assert "what the colleague said" not in page(client_of(ada), "issue_news")


def test_anybody_watches_and_stops(project: Project, issue: Issue) -> None:
    viewer = make_member(project, Role.VIEWER)
    assert "Watch no more" in post(client_of(viewer), "issue_watch", 1)
    assert list(Watcher.objects.values_list("user", flat=True)) == [viewer.pk]
    post(client_of(viewer), "issue_watch", 1, off=1)
    assert not Watcher.objects.exists()


def test_who_left_the_project_is_no_watcher_any_more(lead_client: Client, project: Project, issue: Issue) -> None:
    gone = make_member(project, Role.VIEWER, "gone@example.com")
    actions.watch(issue=issue, user=gone, is_on=True)
    assert "gone@example.com" in page(lead_client, "issue_page", 1)
    gone.memberships.all().delete()
    assert "Nobody watches it." in page(lead_client, "issue_page", 1)


def releases(project: Project) -> list[str]:
    return [release.name for release in ordered_releases(project)]


def test_leads_put_releases_in_another_order(lead_client: Client, project: Project) -> None:
    assert "No releases yet" in page(lead_client, "release_list")
    for day, name in enumerate("abc"):
        Release.objects.create(project=project, name=name, first_seen=NOON + timedelta(days=day))
    last = Release.objects.get(name="c")
    html = page(lead_client, "release_list")
    assert [name for name in "abc" if f'disabled aria-label="{name} came later"' in html] == ["c"]
    assert [name for name in "abc" if f'disabled aria-label="{name} came earlier"' in html] == ["a"]
    assert "c came earlier." in post(lead_client, "release_place", last.pk, way="earlier")
    assert releases(project) == ["a", "c", "b"]
    post(lead_client, "release_place", last.pk, way="earlier")
    post(lead_client, "release_place", last.pk, way="earlier")
    assert releases(project) == ["c", "a", "b"]
    Release.objects.create(project=project, name="d", first_seen=timezone.now())
    assert releases(project) == ["c", "a", "b", "d"]
    post(lead_client, "release_place", last.pk, way="later")
    assert releases(project) == ["a", "c", "b", "d"]
    assert "Say whether" in post(lead_client, "release_place", last.pk, way="sideways")
    post(lead_client, "release_forget")
    assert releases(project) == ["a", "b", "c", "d"]


def test_viewers_read_releases_and_change_none(project: Project) -> None:
    Release.objects.create(project=project, name="<b>1</b>", first_seen=NOON)
    html = page(client_of(make_member(project, Role.VIEWER)), "release_list")
    assert "&lt;b&gt;1&lt;/b&gt;" in html
    assert "came earlier" not in html


def test_leads_say_when_a_fix_counts_as_verified(lead_client: Client, project: Project) -> None:
    assert "less than 9.5 %" in page(lead_client, "release_list")
    assert "after 100 reviewed sessions" in post(lead_client, "life_rule", verified_after=100)
    assert verified_after(project) == 100
    assert "Say how many reviewed sessions" in post(lead_client, "life_rule", verified_after=10**6)
    assert verified_after(project) == 100


def test_a_long_history_goes_on_on_further_pages(
    lead_client: Client, issue: Issue, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.views.page.EVENTS", 2)
    for title in ("First", "Second", "Third"):
        actions.rename_issue(issue=issue, title=title, actor=lead)

    def told(history: int) -> list[str]:
        html = lead_client.get(reverse("issue_page", args=["acme", 1]), {"history": history}).content.decode()
        words = (
            "Renamed from “<bdi>Second",
            "Renamed from “<bdi>First",
            "Created",
            "&amp;history=1#",
            "&amp;history=2#",
        )
        shown = html[html.index('<ol class="history">') :]
        return [word for word in words if word in shown]

    assert told(1) == ["Renamed from “<bdi>Second", "Renamed from “<bdi>First", "&amp;history=2#"]
    assert told(2) == ["&amp;history=1#"]  # and the failure that it was made of
    assert told(3) == ["Created", "&amp;history=2#"]
