"""What happened on issues that concerns one person: they were named there, or they watch the issue.

Nothing of it is told while anything is withheld from them: a remark, or that an issue came back, may speak of just
that.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import F, Q, QuerySet
from django.utils.safestring import SafeString

from accounts.models import Membership
from annotate.queries.blind import Sight, sight_of
from common.markdown import render_markdown
from issues.models import EventKind, Issue, IssueComment, IssueEvent, IssueMention

# What watchers are told of; that failures join is the daily run of things.
TOLD = (
    *(EventKind.MOVED, EventKind.MERGED, EventKind.UNMERGED, EventKind.ASSIGNED),
    *(EventKind.ESCALATING, EventKind.CALM),
)
MOST = 200
SINCE, SEEN_TO = "issue__watchers__created_at", "issue__watchers__seen_at"


@dataclass(frozen=True)
class News:
    """One thing that happened on an issue: a remark or an event. `is_new`: the reader had not seen it before."""

    issue: Issue
    at: datetime
    is_new: bool
    remark: IssueComment | None = None
    event: IssueEvent | None = None
    names_reader: bool = False

    @property
    def html(self) -> SafeString:
        """What was said, as it is shown."""
        return render_markdown(self.remark.text if self.remark else "")


def news_of(reader: Membership, sight: Sight) -> list[News]:
    """The newest of it all, the newest first: three queries, or none while anything is withheld."""
    if sight.is_partial:
        return []
    mentions = _mentions(reader).select_related("comment__author", "comment__issue")
    remarks = _remarks(reader).select_related("author", "issue").annotate(seen_to=F(SEEN_TO))
    events = _events(reader).select_related("actor", "issue").annotate(seen_to=F(SEEN_TO))
    found = [
        *(_of_mention(mention) for mention in mentions.order_by("-comment__created_at", "-pk")[:MOST]),
        *(
            News(one.issue, one.created_at, one.created_at > one.seen_to, remark=one)
            for one in remarks.order_by("-created_at", "-pk")[:MOST]
        ),
        *(
            News(one.issue, one.created_at, one.created_at > one.seen_to, event=one)
            for one in events.order_by("-created_at", "-pk")[:MOST]
        ),
    ]
    return sorted(found, key=attrgetter("at"), reverse=True)[:MOST]


def unread_news(reader: Membership) -> int:
    """How much of it they have not seen. Every page asks: one query where there is nothing, else up to three."""
    parts = (_mentions(reader).filter(read_at=None), _remarks(reader, SEEN_TO), _events(reader, SEEN_TO))
    first, *others = (part.order_by().values("pk") for part in parts)
    count = first.union(*others, all=True).count()
    return 0 if count and sight_of(reader).is_partial else count


def _of_mention(mention: IssueMention) -> News:
    said = mention.comment
    return News(said.issue, said.created_at, mention.read_at is None, remark=said, names_reader=True)


def _mentions(reader: Membership) -> QuerySet[IssueMention]:
    return IssueMention.objects.filter(
        user=reader.user_id, comment__issue__project=reader.project_id, comment__withdrawn_at=None
    )


def _watched(reader: Membership, since: str) -> Q:
    """On what happened on issues: those that the reader watches, later than this moment of theirs."""
    return Q(issue__project=reader.project_id, issue__watchers__user=reader.user_id, created_at__gt=F(since))


def _remarks(reader: Membership, since: str = SINCE) -> QuerySet[IssueComment]:
    said = IssueComment.objects.filter(_watched(reader, since), withdrawn_at=None).exclude(author=reader.user_id)
    return said.exclude(pk__in=_mentions(reader).values("comment"))


def _events(reader: Membership, since: str = SINCE) -> QuerySet[IssueEvent]:
    return IssueEvent.objects.filter(_watched(reader, since), kind__in=TOLD).exclude(actor=reader.user_id)
