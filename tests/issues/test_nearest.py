"""The known issues and failure types that a note looks like, as the review screen asks for them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Project, Role, User
from annotate.actions.types import create_type, merge_types
from annotate.models import Failure, FailureType
from annotate.queries.blind import EVERYTHING, Sight, sight_of
from clustering import ready
from clustering.embedding import embed_waiting
from clustering.queries import model_name
from issues import actions
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Source
from issues.queries import nearest
from issues.queries.nearest import known_issues, nearest_issues, read_issues
from tests.builders import (
    client_of,
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_session,
    make_slot,
    make_talk,
)
from tests.clustering.fakes import BrokenEmbedder, WordEmbedder
from tests.issues.makers import LOOP, TOKEN, make_issue, make_told, tell_all
from traces.models import AgentSession

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


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would be read beside."""
    started: list[object] = []
    monkeypatch.setattr(nearest, "beside", lambda key, _work: started.append(key))
    return started


def bring(news: str, token: Issue, lead: User) -> None:
    if news == "decision":
        actions.rename_issue(issue=token, title="Its token expired", actor=lead)
    elif news == "type":
        create_type(project=token.project, actor=lead, name="Auth")
    else:
        make_told(token.project, lead, "something else")
        embed_waiting()


@pytest.mark.parametrize("news", ["decision", "type", "vector"])
def test_what_is_known_is_read_again_when_there_is_news(
    project: Project, token: Issue, lead: User, news: str, started: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "SOONEST_AGAIN_S", -1)
    read_issues(project)
    known_issues(project)
    assert started == []
    bring(news, token, lead)
    old = known_issues(project)

    assert old is not None
    assert started == [("issues", project.pk)]


def test_what_was_read_a_moment_ago_is_not_read_again(
    project: Project, token: Issue, lead: User, started: list[object]
) -> None:
    read_issues(project)
    bring("decision", token, lead)
    known_issues(project)

    assert started == []


def test_of_each_group_only_the_newest_are_read(
    project: Project, session: AgentSession, lead: User, model: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "MEMBERS", 1)
    monkeypatch.setattr(nearest, "MEMBERS_OF_TYPE", 1)
    make_group(project, lead, [TOKEN[0], LOOP[0]], "One after the other")
    make_typed(project, lead, "Auth", [TOKEN[0], LOOP[0]])
    known = read_issues(project)

    assert {pk: len(ids) for pk, ids in known.examples.items()} == {known.issues.ids[0]: 1}
    for groups in (known.issues, known.types):
        [like] = WordEmbedder().embed([LOOP[0]]) @ groups.centroids.T
        assert like > 0.99


def test_nearest_issues_asks_as_much_for_many(
    project: Project,
    session: AgentSession,
    lead: User,
    token: Issue,
    model: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearest, "SOONEST_AGAIN_S", -1)
    make_typed(project, lead, "Auth", TOKEN)

    def queries() -> int:
        read_issues(project)
        ask(project, session)
        with CaptureQueriesContext(connection) as asked:
            assert ask(project, session) != []
        return len(asked)

    few = queries()
    for number in range(12):
        make_group(project, lead, [f"{note} again" for note in TOKEN], f"Token expired {number}")
        make_typed(project, lead, f"Auth {number}", TOKEN)

    assert queries() == few == 6


def test_reading_asks_as_much_for_many(project: Project, lead: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            read_issues(project)
        return len(asked)

    few = queries()
    for number in range(5):
        make_group(project, lead, TOKEN, f"Token expired {number}")
        make_typed(project, lead, f"Auth {number}", TOKEN)

    assert queries() == few == 7


# --- failure types ---


def make_typed(project: Project, lead: User, name: str, notes: list[str]) -> FailureType:
    kind = make_failure_type(project, name)
    for note in notes:
        make_told(project, lead, note, failure_type=kind)
    embed_waiting()
    return kind


def types_for(project: Project, session: AgentSession, note: str = NOTE, sight: Sight = EVERYTHING) -> list[str]:
    return nearest_issues(project, session, note, sight).types


@pytest.fixture
def auth(project: Project, lead: User) -> FailureType:
    return make_typed(project, lead, "Auth", TOKEN)


@pytest.fixture
def stuck(project: Project, lead: User) -> FailureType:
    return make_typed(project, lead, "Stuck", LOOP)


def test_types_whose_failures_read_like_the_note_come_nearest_first(
    project: Project, session: AgentSession, lead: User, auth: FailureType, stuck: FailureType, model: None
) -> None:
    make_typed(project, lead, "Wider", [TOKEN[0], LOOP[0]])
    make_typed(project, lead, "Tone", ["was rude to the customer"])
    make_failure_type(project, "Never used: refund tool token expired")
    read_issues(project)

    assert types_for(project, session) == ["Auth", "Wider"]
    assert types_for(project, session, LOOP[0]) == ["Stuck", "Wider"]
    assert types_for(project, session, "weather is fine today, thanks") == []


def test_types_go_by_words_until_the_model_is_there(
    project: Project, session: AgentSession, auth: FailureType, stuck: FailureType
) -> None:
    read_issues(project)

    assert types_for(project, session, "looping: the search had identical arguments") == ["Stuck"]


def test_three_types_are_named_at_most(project: Project, session: AgentSession, lead: User, model: None) -> None:
    for number in range(5):
        make_typed(project, lead, f"Auth {number}", TOKEN)
    read_issues(project)

    assert len(types_for(project, session)) == 3


def test_types_that_were_merged_since_are_not_named(
    project: Project, session: AgentSession, lead: User, auth: FailureType, stuck: FailureType, model: None
) -> None:
    read_issues(project)
    merge_types(into=stuck, type_ids=[auth.pk], actor=lead)

    assert types_for(project, session) == []


def test_a_withdrawn_failure_speaks_for_no_type(
    project: Project, session: AgentSession, auth: FailureType, model: None
) -> None:
    Failure.objects.update(withdrawn_at="2026-11-20T00:00Z")
    read_issues(project)

    assert types_for(project, session) == []


def test_a_type_of_another_project_is_never_named(
    session: AgentSession, auth: FailureType, lead: User, model: None
) -> None:
    other = make_project("other")
    make_typed(other, make_member(other), "Theirs", TOKEN)
    for project in (other, auth.project):
        read_issues(project)

    assert types_for(auth.project, session) == ["Auth"]


def test_a_type_that_only_what_is_withheld_has_is_not_named(
    project: Project, session: AgentSession, lead: User, auth: FailureType, stuck: FailureType, model: None
) -> None:
    """Ada is still to judge on her own all that was called Stuck, and a part of what was called Auth."""
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    blind = make_queue(project, is_blind=True)
    for failure in Failure.objects.filter(note__in=[TOKEN[0], *LOOP]):
        make_slot(blind, failure.session)
    sight = sight_of(Membership.objects.get(user=ada))
    read_issues(project)

    assert types_for(project, session, sight=sight) == ["Auth"]
    assert types_for(project, session, LOOP[0], sight) == []
    assert types_for(project, session, LOOP[0]) == ["Stuck"]


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


def test_the_fragment_names_types_beside(
    lead_client: Client, project: Project, session: AgentSession, lead: User, model: None
) -> None:
    make_typed(project, lead, 'Auth "<b>"', TOKEN)
    read_issues(project)
    answer = post(lead_client, project, session=session.pk, note=NOTE)

    told = '<datalist data-fits><option value="Auth &quot;&lt;b&gt;&quot;"></option></datalist>'
    assert told in answer.content.decode()
    assert "data-choose" not in answer.content.decode()


def test_the_fragment_is_empty_for_nonsense(lead_client: Client, project: Project, session: AgentSession) -> None:
    for fields in ({}, {"session": "x", "note": NOTE}, {"session": session.pk, "note": ""}, {"session": 2**80}):
        answer = post(lead_client, project, **fields)
        assert (answer.status_code, "data-choose" in answer.content.decode()) == (200, False)


def test_the_fragment_knows_no_session_of_another_project(lead_client: Client, project: Project) -> None:
    theirs = make_session(make_project("other"))

    assert post(lead_client, project, session=theirs.pk, note=NOTE).status_code == 404


def test_a_viewer_is_not_helped(project: Project, session: AgentSession) -> None:
    client = client_of(make_member(project, Role.VIEWER))

    assert post(client, project, session=session.pk, note=NOTE).status_code == 404
