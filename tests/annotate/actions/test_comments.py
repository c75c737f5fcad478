"""Comments: whom they name, what is refused, and questions to the lead."""

import uuid
from typing import Any

import pytest
from django.db.models import RestrictedError

from accounts.models import Project, Role, User
from annotate.actions.comments import LONGEST_COMMENT, add_comment, mentioned, settle_flag, withdraw_comment
from annotate.models import Comment, Mention
from common.errors import Refused
from demo.removal import delete_project
from tests.builders import make_member, make_project, make_session, make_talk
from traces.models import AgentSession

HANDLES = {"Ada": 1, "Ada Lovelace": 2, "bob@example.com": 3, "Zoë": 4}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ada, look", {1}),
        ("@Ada Lovelace and (@Ada)", {1, 2}),
        ("ask @BOB@example.com.", {3}),
        ("@bob@example.com.au @Adam x@Ada @@Ada @Ada-Marie", set()),
        ("@zoë? @zoë", {4}),
        ("Ada", set()),
    ],
)
def test_mentioned_is_who_stands_behind_an_at(text: str, named: set[int]) -> None:
    assert mentioned(text, HANDLES) == named
    assert mentioned(text, {}) == set()


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project)
    make_talk(session)
    return session


def add(session: AgentSession, author: User, text: str = "Look.", **fields: Any) -> Comment:
    return add_comment(session=session, author=author, text=text, **{"client_id": uuid.uuid4(), **fields})


def test_comment_sent_twice_is_kept_once_and_tells_once(session: AgentSession, ada: User, bob: User) -> None:
    same = uuid.uuid4()
    for _ in range(2):
        add(session, ada, f"@{bob.email} and @{ada.email} look", step="k2", client_id=same)
    [comment] = Comment.objects.all()
    assert comment.text == "@bob@example.com and @ada@example.com look"
    assert (comment.step, comment.project) == ("k2", session.project)
    assert [mention.user for mention in Mention.objects.all()] == [bob]


def test_only_active_members_of_the_project_are_named(session: AgentSession, ada: User, bob: User) -> None:
    make_member(make_project("other"), Role.REVIEWER, "far@example.com")
    bob.is_active = False
    bob.save()
    add(session, ada, "@far@example.com @bob@example.com")
    assert not Mention.objects.exists()


def test_two_of_one_name_are_named_by_their_addresses(session: AgentSession, ada: User, bob: User, cyd: User) -> None:
    User.objects.filter(pk__in=[bob.pk, cyd.pk]).update(name="Sam")
    add(session, ada, "@Sam")
    assert not Mention.objects.exists()
    add(session, ada, "@bob@example.com")
    assert [mention.user for mention in Mention.objects.all()] == [bob]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"text": " \n"}, "text"), ({"text": "x" * (LONGEST_COMMENT + 1)}, "text"), ({"step": "k99"}, "step")],
)
def test_comment_that_cannot_be_is_refused_at_its_field(
    session: AgentSession, ada: User, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        add(session, ada, **fields)
    assert refused.value.field == field
    assert not Comment.objects.exists()


def test_number_that_somebody_else_has_used_is_refused(session: AgentSession, ada: User, bob: User) -> None:
    theirs = add(session, ada)
    with pytest.raises(Refused):
        add(session, bob, client_id=theirs.client_id)


def test_only_who_wrote_it_takes_it_back_and_it_is_kept(session: AgentSession, ada: User, bob: User) -> None:
    comment = add(session, ada)
    with pytest.raises(Refused):
        withdraw_comment(comment=comment, author=bob)
    withdraw_comment(comment=comment, author=ada)
    comment.refresh_from_db()
    first = comment.withdrawn_at
    withdraw_comment(comment=comment, author=ada)
    comment.refresh_from_db()
    assert first is not None
    assert comment.withdrawn_at == first


def test_answer_settles_the_question_and_tells_who_asked(session: AgentSession, ada: User, bob: User) -> None:
    flag = add(session, ada, "Is that a failure?", step="k2", for_lead=True)
    same = uuid.uuid4()
    answers = [settle_flag(flag=flag, lead=bob, client_id=same, text="Yes.") for _ in range(2)]
    flag.refresh_from_db()
    assert answers[0] == answers[1]
    assert (answers[0].step, answers[0].for_lead) == ("k2", False)
    assert flag.settled_by == bob
    assert [mention.user for mention in Mention.objects.filter(comment=answers[0])] == [ada]


def test_question_is_answered_once_and_not_once_it_is_taken_back(session: AgentSession, ada: User, bob: User) -> None:
    flag, other, remark = (add(session, ada, for_lead=asks) for asks in (True, True, False))
    settle_flag(flag=flag, lead=bob, client_id=uuid.uuid4(), text="Yes.")
    withdraw_comment(comment=other, author=ada)
    for each in (flag, other, remark):
        with pytest.raises(Refused):
            settle_flag(flag=each, lead=ada, client_id=uuid.uuid4(), text="No.")


def test_answer_is_taken_though_the_step_is_gone(session: AgentSession, ada: User, bob: User) -> None:
    flag = add(session, ada, step="k2", for_lead=True)
    session.steps.all().delete()
    assert settle_flag(flag=flag, lead=bob, client_id=uuid.uuid4(), text="Yes.").step == "k2"


def test_session_with_a_comment_stays_until_its_project_goes(session: AgentSession, ada: User, bob: User) -> None:
    add(session, ada, f"@{bob.email}")
    with pytest.raises(RestrictedError):
        session.delete()
    delete_project(session.project)
    assert not Comment.objects.exists()
