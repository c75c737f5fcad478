"""What people said to each other about sessions: remarks, questions to the lead, and who was named in them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from accounts.models import Membership, Project, User
from annotate.models import Comment, Mention, QueueItem
from annotate.queries.blind import Sight, hides_each, sight_of, withheld
from common.markdown import render_markdown
from traces.models import AgentSession, Step


@dataclass(frozen=True)
class Remark:
    """A comment as it is shown. `position` of the step that it is about: None where it is about the whole session."""

    comment: Comment
    position: int | None
    is_mine: bool

    @property
    def html(self) -> SafeString:
        return render_markdown(self.comment.text)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a lead."""
        return self.comment.for_lead and self.comment.settled_at is None


@dataclass(frozen=True)
class Notice:
    """Somebody was named in this remark. `is_new`: they had not seen it before."""

    remark: Remark
    is_new: bool


@dataclass(frozen=True)
class Person:
    """A member of the project who can be named, by `@` and `handle`."""

    pk: int
    name: str
    email: str
    handle: str


def comments_of(session: AgentSession, reader: Membership) -> tuple[list[Remark], bool]:
    """What the reader may read of a session, the oldest first, and whether others' are withheld. Three queries."""
    hidden = session.pk in withheld(reader, [session.pk])
    theirs = Q(author=reader.user_id) if hidden else Q()
    found = _standing(reader.project).filter(theirs, session=session).order_by("created_at", "pk")
    return _remarks(found, reader.user), hidden


def open_flags(reader: Membership) -> QuerySet[Comment]:
    """What waits for a lead, the longest first; not where it is withheld from this one. One query beside its own."""
    return _flags(reader.project, sight_of(reader)).order_by("created_at", "pk")


def _flags(project: Project, sight: Sight) -> QuerySet[Comment]:
    return _standing(project).filter(sight.of(), for_lead=True, settled_at=None)


def before_lead(project: Project) -> Counter[int]:
    """How many sessions wait for a lead because they were skipped too often, by queue: one query."""
    items = QueueItem.objects.filter(queue__project=project, before_lead_at__isnull=False, removed_at=None)
    return Counter(items.order_by("queue__name").values_list("queue", flat=True))


def waiting_for_lead(reader: Membership, sight: Sight) -> int:
    """How much of both there is: two queries."""
    return _flags(reader.project, sight).count() + before_lead(reader.project).total()


def mentions_of(reader: Membership, sight: Sight) -> QuerySet[Mention]:
    """Where the reader was named, the newest first, of what they may read."""
    found = Mention.objects.filter(
        sight.of("comment__session"),
        user=reader.user,
        comment__project=reader.project,
        comment__withdrawn_at=None,
    )
    return found.order_by("-comment__created_at", "-pk")


def unread_mentions(reader: Membership) -> int:
    """How many of them they have not seen. Every page asks: one query where nobody named them, else two."""
    mine = Mention.objects.filter(user=reader.user_id, comment__project=reader.project_id, comment__withdrawn_at=None)
    unread = mine.filter(read_at=None)
    return unread.filter(~hides_each(reader, "comment__session")).count() if unread.exists() else 0


def notices(mentions: Sequence[Mention], reader: User) -> list[Notice]:
    """Two queries for a page of them."""
    comments = Comment.objects.filter(pk__in=[mention.comment_id for mention in mentions])
    remarks = {remark.comment.pk: remark for remark in _remarks(_with_people(comments), reader)}
    return [Notice(remarks[mention.comment_id], mention.read_at is None) for mention in mentions]


def remarks_of(comments: Iterable[Comment], reader: User) -> list[Remark]:
    """As they are shown: one query for their steps."""
    return _remarks(comments, reader)


def people_of(project: Project) -> list[Person]:
    """Who can be named: active members, by name. Two of one name are named by their e-mail addresses. One query."""
    members = User.objects.filter(is_active=True, memberships__project=project).order_by("name", "email")
    times = Counter(member.name.casefold() for member in members)
    return [
        Person(
            pk=member.pk,
            name=str(member),
            email=member.email,
            handle=member.name if member.name and times[member.name.casefold()] == 1 else member.email,
        )
        for member in members
    ]


def _standing(project: Project) -> QuerySet[Comment]:
    return _with_people(Comment.objects.filter(project=project, withdrawn_at=None))


def _with_people(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    return comments.select_related("author", "settled_by", "session")


def _remarks(comments: Iterable[Comment], reader: User) -> list[Remark]:
    rows = list(comments)
    places = _positions(rows)
    return [Remark(row, places.get((row.session_id, row.step)), row.author_id == reader.pk) for row in rows]


def _positions(comments: Collection[Comment]) -> dict[tuple[int, str], int]:
    about = [comment for comment in comments if comment.step]
    if not about:
        return {}
    sessions, keys = {comment.session_id for comment in about}, {comment.step for comment in about}
    steps = Step.objects.filter(session__in=sessions, key__in=keys)
    return {(session, key): place for session, key, place in steps.values_list("session", "key", "position")}
