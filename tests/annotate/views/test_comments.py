"""Comments on a session, what stands before the lead, and where one was named."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from annotate.actions.comments import add_comment
from annotate.models import Comment, Mention, Queue, QueueItem, SlotState
from tests.annotate.views.pages import add_slot, page, url
from tests.builders import client_of, make_member, make_project, make_queue, make_session, make_slot, make_talk
from traces.models import AgentSession


@pytest.fixture
def lead(project: Project) -> User:
    return make_member(project, Role.LEAD, "lead@example.com")


@pytest.fixture
def session(project: Project) -> AgentSession:
    session = make_session(project, "s-1", title="The refund")
    make_talk(session)
    return session


def said(session: AgentSession, author: User, text: str = "Look.", **fields: Any) -> Comment:
    return add_comment(session=session, author=author, text=text, client_id=uuid.uuid4(), **fields)


def post(client: Client, name: str, project: Project, *args: int, **fields: Any) -> Any:
    return client.post(url(name, project, *args), fields, headers={"Accept": "application/json"})


# --- at the session ---


def test_both_pages_of_a_session_hold_a_place_for_comments(client: Client, queue: Queue) -> None:
    slot = add_slot(queue)
    place = url("session_comments", queue.project, slot.item.session_id)
    for name, key in (("review_page", slot.pk), ("session_page", slot.item.session_id)):
        assert f'hx-get="{place}"' in page(client, name, queue.project, key)


def test_comment_is_shown_with_its_step_as_safe_markdown(client: Client, session: AgentSession, ada: User) -> None:
    answer = post(
        client,
        "comment_add",
        session.project,
        session.pk,
        client_id=str(uuid.uuid4()),
        text="**Look** <script>alert(1)</script> [x](javascript:y)",
        step="k2",
    )
    assert answer.json() == {"comment": Comment.objects.get().pk}
    text = page(client, "session_comments", session.project, session.pk)
    assert "<strong>Look</strong> &lt;script&gt;" in text
    assert 'href="javascript' not in text
    assert '<a href="#step-2">step 2</a>' in text
    assert "comment-form" in text
    assert "comment-form" not in page(client, "session_comments", session.project, session.pk, query="?part=list")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 5001}, "text"),
        ({"text": "\0"}, "text"),
        ({"step": "k99"}, "step"),
        ({"step": "k" * 81}, "step"),
        ({"client_id": "x"}, "client_id"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: Client, session: AgentSession, fields: dict[str, str], field: str
) -> None:
    sent = {"client_id": str(uuid.uuid4()), "text": "Look.", **fields}
    answer = post(client, "comment_add", session.project, session.pk, **sent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_viewers_read_and_do_not_write(project: Project, session: AgentSession, ada: User) -> None:
    comment = said(session, ada)
    client = client_of(make_member(project, Role.VIEWER, "eve@example.com"))
    text = page(client, "session_comments", project, session.pk)
    assert "Look." in text
    assert "comment-form" not in text
    assert post(client, "comment_add", project, session.pk, text="Hm").status_code == 404
    assert post(client, "comment_withdraw", project, session.pk, comment.pk).status_code == 404


def test_own_comment_is_taken_back_and_others_are_not(
    client: Client, session: AgentSession, ada: User, bob: User
) -> None:
    mine, theirs = said(session, ada, "Mine."), said(session, bob, "Theirs.")
    left = post(client, "comment_withdraw", session.project, session.pk, mine.pk).content.decode()
    assert "Theirs." in left
    assert "Mine." not in left
    assert post(client, "comment_withdraw", session.project, session.pk, theirs.pk).status_code == 422
    assert "Theirs." in page(client, "session_comments", session.project, session.pk)


def test_nothing_is_sent_in_the_name_of_who_logged_in_since(client: Client, session: AgentSession, bob: User) -> None:
    sent = {"client_id": str(uuid.uuid4()), "text": "Look."}
    headers = {"X-Reviewer": str(bob.pk)}
    answer = client.post(url("comment_add", session.project, session.pk), sent, headers=headers)
    assert answer.status_code == 403
    assert not Comment.objects.exists()


def blind(session: AgentSession) -> Queue:
    queue = make_queue(session.project, "Blind", is_blind=True)
    make_slot(queue, session)
    return queue


def test_others_words_on_a_session_to_judge_alone_are_withheld_everywhere(
    client: Client, session: AgentSession, ada: User, bob: User
) -> None:
    said(session, bob, f"A lie, @{ada.email}.", for_lead=True)
    said(session, ada, "Is it so?")
    blind(session)
    text = page(client, "session_comments", session.project, session.pk)
    assert "Is it so?" in text
    assert "A lie" not in text
    assert "You see only your own" in text
    assert "A lie" not in page(client, "mention_list", session.project)
    assert Mention.objects.get().read_at is None
    assert "Not read yet" not in page(client, "queue_list", session.project)
    session.queue_items.get().slots.update(state=SlotState.SUBMITTED, reviewer=ada)
    assert "Not read yet" in page(client, "queue_list", session.project)
    assert "A lie" in page(client, "session_comments", session.project, session.pk)


# --- before the lead ---


def test_question_waits_before_the_lead_until_it_is_answered(
    lead_client: Client, client: Client, session: AgentSession, ada: User, lead: User
) -> None:
    flag = said(session, ada, "Is that a *failure*?", step="k2", for_lead=True)
    said(session, ada, "A remark.")
    assert 'title="Waits for a lead">1<' in page(lead_client, "queue_list", session.project)
    text = page(lead_client, "lead_list", session.project)
    assert "<em>failure</em>" in text
    assert "A remark." not in text
    assert f"{url('session_page', session.project, session.pk)}#step-2" in text
    answer = post(lead_client, "flag_settle", session.project, flag.pk, client_id=str(uuid.uuid4()), text="It is.")
    assert answer.status_code == 302
    assert "Nothing waits for you" in page(lead_client, "lead_list", session.project)
    assert "It is." in page(client, "mention_list", session.project)
    assert "answered" in page(client, "session_comments", session.project, session.pk)


def test_lead_hears_that_an_answer_waits_for_the_judgement_of_who_asked(
    lead_client: Client, client: Client, session: AgentSession, ada: User, lead: User
) -> None:
    flag = said(session, ada, "Is that a failure?", for_lead=True)
    blind(session)
    post(lead_client, "flag_settle", session.project, flag.pk, client_id=str(uuid.uuid4()), text="It is.")
    assert "once their own judgement of the session is in" in page(lead_client, "lead_list", session.project)
    assert "It is." not in page(client, "mention_list", session.project)


def test_refused_answer_stays_in_its_field(lead_client: Client, session: AgentSession, ada: User, bob: User) -> None:
    flag = said(session, ada, "Is that a failure?", for_lead=True)
    assert (
        post(lead_client, "flag_settle", session.project, flag.pk, client_id=str(uuid.uuid4()), text="").status_code
        == 422
    )
    post(lead_client, "flag_settle", session.project, flag.pk, client_id=str(uuid.uuid4()), text="It is.")
    late = post(
        lead_client, "flag_settle", session.project, flag.pk, client_id=str(uuid.uuid4()), text="It is <b>not</b>."
    )
    assert late.status_code == 422
    assert "It is &lt;b&gt;not&lt;/b&gt;.</textarea>" in late.content.decode()
    assert "answered already" in late.content.decode()


def test_answer_that_a_script_sends_comes_back_for_its_question_alone(
    lead_client: Client, session: AgentSession, ada: User
) -> None:
    first, *_ = [said(session, ada, text, for_lead=True) for text in ("Is that a failure?", "And that?")]
    address = url("flag_settle", session.project, first.pk)
    sent = {"client_id": str(uuid.uuid4()), "text": ""}
    refused = lead_client.post(address, sent, headers={"HX-Request": "true"})
    assert refused.status_code == 200
    assert 'aria-invalid="true"' in refused.content.decode()
    answered = lead_client.post(address, {**sent, "text": "It is."}, headers={"HX-Request": "true"}).content.decode()
    assert f'id="question-{first.pk}" data-taken="{address}"' in answered
    assert 'hx-swap-oob="true">1</span>' in answered
    for text in (refused.content.decode(), answered):
        assert "And that?" not in text
        assert "<html" not in text
    assert "And that?" in page(lead_client, "lead_list", session.project)


def test_sessions_skipped_too_often_stand_on_the_same_page(lead_client: Client, client: Client, queue: Queue) -> None:
    slot = add_slot(queue)
    QueueItem.objects.filter(pk=slot.item_id).update(before_lead_at=timezone.now())
    text = page(lead_client, "lead_list", queue.project)
    assert f"{url('queue_page', queue.project, queue.pk)}?show=lead" in text
    assert "1 session" in text
    page(client, "lead_list", queue.project, status=404)


def test_question_on_what_a_lead_is_to_judge_alone_is_withheld_from_them(
    lead_client: Client, session: AgentSession, ada: User, lead: User
) -> None:
    said(session, ada, "Is that a failure?", for_lead=True)
    blind(session).takers.add(lead)
    text = page(lead_client, "lead_list", session.project)
    assert "Is that a failure?" not in text
    assert "Left out of what stands here" in text


# --- where one was named ---


def test_mentions_are_new_once(client: Client, session: AgentSession, ada: User, bob: User) -> None:
    said(session, bob, f"@{ada.email} look", step="k2")
    assert "Not read yet" in page(client, "queue_list", session.project)
    first = page(client, "mention_list", session.project)
    assert ">new</span>" in first
    assert f"{url('session_page', session.project, session.pk)}#step-2" in first
    assert ">new</span>" not in page(client, "mention_list", session.project)
    assert "Not read yet" not in page(client, "queue_list", session.project)


def test_mention_in_another_project_or_taken_back_is_not_shown(
    client: Client, session: AgentSession, ada: User, bob: User
) -> None:
    comment = said(session, bob, f"@{ada.email} look")
    Comment.objects.filter(pk=comment.pk).update(withdrawn_at=timezone.now())
    assert "Nobody has named you yet" in page(client, "mention_list", session.project)


PAGES = ("overview", "issue_board", "proposal_inbox", "session_list", "connect", "queue_list")
BADGE = r'<a class="unread" href="([^"]+)"[^>]*><span class="badge accent">(\d+)</span>'


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEAD, Role.ADMIN])
def test_every_page_of_the_project_says_how_many_mentions_wait(
    session: AgentSession, ada: User, lead: User, role: Role
) -> None:
    person = lead if role == Role.LEAD else make_member(session.project, role)
    reader = client_of(person)
    for name in PAGES:
        page(reader, name, session.project)  # the first time, a queue is made
    counts = {name: _asked(reader, name, session.project) for name in PAGES}
    for _ in range(2):
        said(session, ada, f"@{person.email} look")
    said(session, ada, f"@{ada.email} @somebody look")
    for name in PAGES:
        text = page(reader, name, session.project)
        assert re.findall(BADGE, text) == [(url("mention_list", session.project), "2")]
        assert "mentions of you not read yet" in text
        assert _asked(reader, name, session.project) == counts[name] + 1
    page(reader, "mention_list", session.project)
    assert not re.search(BADGE, page(reader, "issue_board", session.project))


def _asked(client: Client, name: str, project: Project) -> int:
    with CaptureQueriesContext(connection) as queries:
        page(client, name, project)
    return len(queries)


def test_mentions_of_another_project_are_told_in_none_but_it(
    client: Client, session: AgentSession, ada: User, bob: User
) -> None:
    elsewhere = make_session(make_project("other"))
    Membership.objects.create(project=elsewhere.project, user=ada, role=Role.REVIEWER)
    said(session, bob, f"@{ada.email} look")
    assert re.search(BADGE, page(client, "session_list", session.project))
    assert not re.search(BADGE, page(client, "session_list", elsewhere.project))


def test_mentions_that_are_withheld_are_not_counted(
    client: Client, session: AgentSession, ada: User, bob: User
) -> None:
    said(session, bob, f"@{ada.email} look")
    blind(session)
    assert not re.search(BADGE, page(client, "session_list", session.project))


def test_a_part_of_a_page_asks_for_no_mentions(client: Client, session: AgentSession, ada: User, bob: User) -> None:
    said(session, bob, f"@{ada.email} look")
    with CaptureQueriesContext(connection) as queries:
        page(client, "session_comments", session.project, session.pk)
    assert not [one for one in queries if "annotate_mention" in one["sql"]]


@pytest.mark.parametrize("name", ["session_comments", "lead_list", "mention_list"])
def test_as_many_queries_for_one_comment_as_for_twenty(
    lead_client: Client, session: AgentSession, ada: User, lead: User, name: str
) -> None:
    args = [session.pk] if name == "session_comments" else []
    counts = []
    for number in (1, 19):
        for _ in range(number):
            said(session, ada, f"@{lead.email}?", step="k2", for_lead=True)
        Mention.objects.update(read_at=None)
        with CaptureQueriesContext(connection) as queries:
            page(lead_client, name, session.project, *args)
        counts.append(len(queries))
    assert counts[0] == counts[1]
