"""The known issues that a note looks like, as the review screen asks for them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Project, Role, User
from annotate.models import Failure
from annotate.queries.blind import EVERYTHING, Sight, sight_of
from clustering import ready
from clustering.embedding import embed_waiting
from clustering.queries import model_name
from issues import actions
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Source
from issues.queries import nearest
from issues.queries.nearest import known_issues, nearest_issues, read_issues
from tests.builders import make_member, make_project, make_queue, make_session, make_slot, make_talk
from tests.clustering.fakes import BrokenEmbedder, WordEmbedder
from tests.issues.makers import LOOP, TOKEN, make_issue, make_told, tell_all
from traces.models import AgentSession

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOTE = "refund tool token expired and it claimed success"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "_known", {})
    monkeypatch.setattr(ready, "_loaded", {})
    monkeypatch.setattr(ready, "_failed", {})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "_loaded", {model_name(): WordEmbedder()})


@pytest.fixture
def token(project: Project, lead: User) -> Issue:
    return make_group(project, lead, TOKEN, "Token expired")


@pytest.fixture
def loop(project: Project, lead: User) -> Issue:
    return make_group(project, lead, LOOP, "Loops on search")


def make_group(project: Project, lead: User, notes: list[str], title: str) -> Issue:
    first, *rest = tell_all(project, lead, notes)
    issue = make_issue(first, lead, title)
    IssueMembership.objects.place(issue, [failure.pk for failure in rest], source=Source.PERSON, actor=lead)
    embed_waiting()
    return issue


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project, "new")
    make_talk(session)
    return session


def ask(project: Project, session: AgentSession, note: str = NOTE, sight: Sight = EVERYTHING) -> list[tuple[str, Any]]:
    return [(row.issue.title, row.example) for row in nearest_issues(project, session, note, sight).near]


def test_nearest_issues_by_meaning_come_first(
    project: Project, session: AgentSession, token: Issue, loop: Issue, model: None
) -> None:
    read_issues(project)
    [near] = nearest_issues(project, session, NOTE, EVERYTHING).near

    assert (near.issue, near.sessions, near.likeness) == (token, 3, "nearly the same words")
    assert near.percent is not None
    assert near.percent > 75
    assert near.example in TOKEN


def test_nearest_issues_go_by_words_until_the_model_is_there(
    project: Project, session: AgentSession, token: Issue, loop: Issue
) -> None:
    read_issues(project)
    [near] = nearest_issues(project, session, "looping: the search had identical arguments", EVERYTHING).near

    assert (near.issue, near.percent, near.likeness) == (loop, None, "similar words")


def test_nearest_issues_go_by_words_where_the_model_breaks(
    project: Project, session: AgentSession, token: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_issues(project)
    monkeypatch.setattr(ready, "_loaded", {model_name(): BrokenEmbedder()})

    assert [title for title, _ in ask(project, session)] == ["Token expired"]


@pytest.mark.parametrize("note", ["", "  ab ", "weather is fine today, thanks"])
def test_nearest_issues_says_nothing_where_nothing_is_like_it(
    project: Project, session: AgentSession, token: Issue, model: None, note: str
) -> None:
    read_issues(project)

    assert ask(project, session, note) == []


def test_nearest_issues_knows_none_before_they_are_read(
    project: Project, session: AgentSession, token: Issue, model: None
) -> None:
    assert ask(project, session) == []


def test_nearest_issues_leaves_out_what_was_merged_into_another(
    project: Project, session: AgentSession, token: Issue, loop: Issue, model: None
) -> None:
    read_issues(project)
    Issue.objects.filter(pk=token.pk).update(state=State.MERGED, merged_into=loop)

    assert ask(project, session) == []


def test_an_issue_of_another_project_is_never_near(
    session: AgentSession, token: Issue, lead: User, model: None
) -> None:
    other = make_project("other")
    make_group(other, make_member(other), TOKEN, "Theirs")
    for project in (other, token.project):
        read_issues(project)

    assert [title for title, _ in ask(token.project, session)] == ["Token expired"]


def test_an_example_is_never_from_the_session_itself(project: Project, token: Issue, model: None) -> None:
    read_issues(project)
    seen = set()
    for session in AgentSession.objects.filter(failures__isnull=False):
        [(_, example)] = ask(project, session)
        assert example not in session.failures.values_list("note", flat=True)
        seen.add(example)

    assert len(seen) == 2


def test_an_example_is_none_that_is_withheld_nor_is_its_issue(
    project: Project, session: AgentSession, token: Issue, loop: Issue, model: None
) -> None:
    """One of the three is still to be judged by Ada on her own, and so is all of the other issue."""
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    sight = sight_of(Membership.objects.get(user=ada))
    read_issues(project)
    [(_, before)] = ask(project, session, sight=sight)
    blind = make_queue(project, is_blind=True)
    for failure in Failure.objects.filter(note__in=[before, *LOOP]):
        make_slot(blind, failure.session)
    sight = sight_of(Membership.objects.get(user=ada))

    [row] = nearest_issues(project, session, NOTE, sight).near
    assert row.example in {*TOKEN} - {before}
    assert row.sessions == 2
    assert ask(project, session, LOOP[0], sight) == []
    assert ask(project, session, LOOP[0]) != []


def test_an_issue_whose_failures_were_withdrawn_has_no_example(
    project: Project, session: AgentSession, loop: Issue, model: None
) -> None:
    read_issues(project)
    Failure.objects.update(withdrawn_at="2026-11-20T00:00Z")

    assert ask(project, session, LOOP[0]) == [("Loops on search", "")]


@pytest.mark.parametrize("news", ["decision", "vector"])
def test_what_is_known_is_read_again_when_there_is_news(
    project: Project, token: Issue, lead: User, model: None, news: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(nearest, "beside", lambda key, _work: started.append(key))
    read_issues(project)
    known_issues(project)
    assert started == []
    if news == "decision":
        actions.rename_issue(issue=token, title="Its token expired", actor=lead)
    else:
        make_told(project, lead, "something else")
        embed_waiting()
    old = known_issues(project)

    assert old is not None
    assert started == [("issues", project.pk)]


def test_nearest_issues_asks_as_much_for_many(
    project: Project, session: AgentSession, lead: User, token: Issue, model: None
) -> None:
    def queries() -> int:
        read_issues(project)
        ask(project, session)
        with CaptureQueriesContext(connection) as asked:
            assert ask(project, session) != []
        return len(asked)

    few = queries()
    for number in range(12):
        make_group(project, lead, [f"{note} again" for note in TOKEN], f"Token expired {number}")

    assert queries() == few == 4


# --- the fragment ---


def post(client: Client, project: Project, **fields: Any) -> Any:
    return client.post(reverse("issue_near", args=[project.slug]), fields)


def test_the_fragment_names_issues_and_escapes_what_it_quotes(
    lead_client: Client, project: Project, session: AgentSession, lead: User, model: None
) -> None:
    note = "refund tool token expired <script>alert(1)</script>"
    make_group(project, lead, [note], "Token <b>expired</b>")
    read_issues(project)
    answer = post(lead_client, project, session=session.pk, note=NOTE)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-choose="ISS-1 Token &lt;b&gt;expired&lt;/b&gt;"' in text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "1 reviewed session like this" in text


def test_the_fragment_is_empty_for_nonsense(lead_client: Client, project: Project, session: AgentSession) -> None:
    for fields in ({}, {"session": "x", "note": NOTE}, {"session": session.pk, "note": ""}, {"session": 2**80}):
        answer = post(lead_client, project, **fields)
        assert (answer.status_code, "data-choose" in answer.content.decode()) == (200, False)


def test_the_fragment_knows_no_session_of_another_project(lead_client: Client, project: Project) -> None:
    theirs = make_session(make_project("other"))

    assert post(lead_client, project, session=theirs.pk, note=NOTE).status_code == 404


def test_a_viewer_is_not_helped(project: Project, session: AgentSession) -> None:
    client = Client()
    client.force_login(make_member(project, Role.VIEWER), backend=BACKEND)

    assert post(client, project, session=session.pk, note=NOTE).status_code == 404
