"""What people say about issues, and who follows them."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.actions.comments import LONGEST_COMMENT, TAKEN, mentioned
from annotate.queries.comments import people_of
from common.errors import Refused
from issues.models import Issue, IssueComment, IssueMention, Watcher


@transaction.atomic
def say(*, issue: Issue, author: User, client_id: UUID, text: str) -> IssueComment:
    """Says something about an issue. Sent twice with one `client_id`, it is kept once.

    Who says something watches the issue from then on, and so does every member who is named in it with @.
    """
    said = text.strip()
    if not said:
        raise Refused("Write something first.", field="text")
    if len(said) > LONGEST_COMMENT:
        raise Refused(f"That is too long: a comment has at most {LONGEST_COMMENT:,} characters.", field="text")
    fields = {"author": author, "text": said}
    comment, is_new = IssueComment.objects.get_or_create(issue=issue, client_id=client_id, defaults=fields)
    if comment.author_id != author.pk:
        raise Refused(TAKEN)
    if is_new:
        named = _named(comment)
        IssueMention.objects.bulk_create(IssueMention(comment=comment, user_id=person) for person in named)
        for person in [author.pk, *named]:
            Watcher.objects.get_or_create(issue=issue, user_id=person)
    return comment


@transaction.atomic
def take_back(*, comment: IssueComment, author: User) -> None:
    """Takes back what one has said oneself; done twice, it is done once."""
    if comment.author_id != author.pk:
        raise Refused("Only who wrote it can take it back.")
    IssueComment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def watch(*, issue: Issue, user: User, is_on: bool) -> None:
    """Follows an issue, or no more."""
    if is_on:
        Watcher.objects.get_or_create(issue=issue, user=user)
    else:
        Watcher.objects.filter(issue=issue, user=user).delete()


def _named(comment: IssueComment) -> list[int]:
    people = people_of(comment.issue.project)
    handles = {person.handle: person.pk for person in people} | {person.email: person.pk for person in people}
    return sorted(mentioned(comment.text, handles) - {comment.author_id})
