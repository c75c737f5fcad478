"""Remarks on sessions, and questions to the lead. What is withdrawn is marked and kept."""

import re
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Comment, Mention
from annotate.queries.comments import people_of
from common.errors import Refused
from traces.models import AgentSession, Step

LONGEST_COMMENT = 5_000
TAKEN = "Something else was sent under this number before. Load the page again: what you wrote is kept."


def mentioned(text: str, handles: Mapping[str, int]) -> set[int]:
    """Whom the text names: the ids of those whose handle, in whatever case, stands behind an @. The longest counts."""
    if not handles:
        return set()
    folded = {handle.casefold(): person for handle, person in handles.items() if handle}
    longest_first = "|".join(re.escape(handle) for handle in sorted(folded, key=len, reverse=True))
    # "@ada@example.com." ends a sentence, "@ada@example.com.au" is somebody else.
    return {folded[found] for found in re.findall(rf"(?<![\w@.])@({longest_first})(?![.\-]?\w)", text.casefold())}


@transaction.atomic
def add_comment(
    *,
    session: AgentSession,
    author: User,
    client_id: uuid.UUID,
    text: str,
    step: str = "",
    for_lead: bool = False,
) -> Comment:
    """Says something about a session, or about the step of this key. Sent twice with one `client_id`, it is kept once.

    Whoever is named in it with @ is told. Refused for a step that is not in the session, and without words.
    """
    if step and not Step.objects.filter(session=session, key=step).exists():
        raise Refused("That step is not in this session. Say which one you mean.", field="step")
    return _write(session=session, author=author, client_id=client_id, text=text, step=step, for_lead=for_lead)


@transaction.atomic
def withdraw_comment(*, comment: Comment, author: User) -> None:
    """Takes back what one has said oneself; done twice, it is done once. An open question is then open no more."""
    if comment.author_id != author.pk:
        raise Refused("Only who wrote it can take it back.")
    Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


@transaction.atomic
def settle_flag(*, flag: Comment, lead: User, client_id: uuid.UUID, text: str) -> Comment:
    """Answers a question to the lead with a comment at the same place, and tells who asked; the answer.

    Refused where it was taken back, or answered by somebody else meanwhile.
    """
    now = Comment.objects.select_for_update().get(pk=flag.pk)
    known = Comment.objects.filter(project=flag.project_id, client_id=client_id, author=lead).first()
    if known is not None:
        return known
    if now.withdrawn_at is not None:
        raise Refused("Who asked has taken the question back.")
    if now.settled_at is not None or not now.for_lead:
        raise Refused("It has been answered already.")
    answer = _write(session=flag.session, author=lead, client_id=client_id, text=text, step=flag.step)
    if flag.author_id != lead.pk:
        Mention.objects.get_or_create(comment=answer, user_id=flag.author_id)
    Comment.objects.filter(pk=flag.pk).update(settled_at=timezone.now(), settled_by=lead)
    return answer


def _write(
    *, session: AgentSession, author: User, client_id: uuid.UUID, text: str, step: str, for_lead: bool = False
) -> Comment:
    said = text.strip()
    if not said:
        raise Refused("Write something first.", field="text")
    if len(said) > LONGEST_COMMENT:
        raise Refused(f"That is too long: a comment has at most {LONGEST_COMMENT:,} characters.", field="text")
    fields = {"session": session, "author": author, "text": said, "step": step, "for_lead": for_lead}
    comment, is_new = Comment.objects.get_or_create(project=session.project, client_id=client_id, defaults=fields)
    if comment.author_id != author.pk or comment.session_id != session.pk:
        raise Refused(TAKEN)
    if is_new:
        _tell_who_is_named(comment)
    return comment


def _tell_who_is_named(comment: Comment) -> None:
    people = people_of(comment.project)
    handles = {person.handle: person.pk for person in people} | {person.email: person.pk for person in people}
    named = mentioned(comment.text, handles) - {comment.author_id}
    Mention.objects.bulk_create([Mention(comment=comment, user_id=person) for person in sorted(named)])
