"""Sessions by what people do with them: where they stand in queues, and who reviewed them when.

Queues, reviews and comments belong to an app above, so that they are named and not imported.
"""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from traces.models import AgentSession

_HERE = Q(removed=None, before_lead=None)
# The tabs of a queue's page, and what is late among what waits. `vacant` and `judged` count places.
STANDS: dict[str, Q] = {
    "waiting": Q(vacant__gt=0),
    "overdue": Q(vacant__gt=0, due__lt=Now()),
    "lead": Q(removed=None, before_lead__isnull=False),
    "done": _HERE & Q(vacant=0, judged__gt=0),
    "aside": _HERE & Q(vacant=0, judged=0),
    "removed": Q(removed__isnull=False),
}
_PLACED = Q(issue_memberships__isnull=False, issue_memberships__until=None)
WITHIN = {"day": timedelta(days=1), "week": timedelta(days=7)}
NEWEST = "newest"
# From so many is told how long a typical review takes.
NEWEST_REVIEWS = 50


def queued(sessions: QuerySet[AgentSession], *, queue: int | None = None, stands: str = "") -> Q:
    """Those of the sessions that are in the queue, or in any, and stand there as a key of STANDS says."""
    # What stands there to measure reviewers is none of the queue's work.
    work = Q(queue_items__stratum__in=("priority", "random", "hand"))
    items = sessions.order_by().filter(work, **({"queue_items__queue": queue} if queue else {}))
    if not stands:
        return Q(pk__in=items.values("pk"))
    marks = {"item": "", "removed": "__removed_at", "before_lead": "__before_lead_at", "due": "__due_at"}
    marked = items.annotate(**{name: F(f"queue_items{column}") for name, column in marks.items()}).values("pk", *marks)
    counted = marked.annotate(vacant=_places("free", "leased"), judged=_places("submitted"))
    return Q(pk__in=counted.filter(STANDS[stands]).values("pk"))


def _places(*states: str) -> Count:
    return Count("queue_items__slots", filter=Q(queue_items__slots__state__in=states))


def reviewed(sessions: QuerySet[AgentSession], *, reviewer: str = "", within: str = "", said: str = "") -> Q:
    """Those of the sessions with a standing review by the person of this e-mail, that recent, of this outcome.

    `within`: a key of WITHIN, or NEWEST for the newest that were timed. One review has all that is asked for, and it is
    no lead's settling of what others said.
    """
    standing: dict[str, Any] = {"reviews__is_gold": False, "reviews__withdrawn_at": None}
    if reviewer:
        standing["reviews__reviewer__email"] = reviewer
    if said:
        standing["reviews__outcome"] = said
    if within in WITHIN:
        standing["reviews__submitted_at__gte"] = timezone.now() - WITHIN[within]
    if within == NEWEST:
        standing["reviews__opened_at__isnull"] = False
    found = sessions.order_by().filter(**standing).values("pk")
    return Q(pk__in=found.order_by("-reviews__submitted_at")[:NEWEST_REVIEWS] if within == NEWEST else found)


def comments_of_sessions() -> QuerySet[Any]:
    """What people said to each other about sessions, the oldest first; not what they took back."""
    manager = apps.get_model("annotate", "Comment")._default_manager  # noqa: SLF001 # Django's own way to any model's rows
    comments = manager.filter(withdrawn_at=None)
    return comments.select_related("author").order_by("created_at", "pk")


def queue_names(project: Project) -> list[tuple[str, str]]:
    """The project's queues as choices, open ones first: one query."""
    queues = project.queues.order_by("-is_open", "name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in queues]


def reviewer_names(membership: Membership) -> list[tuple[str, str]]:
    """Whose reviews this member may ask for, as choices: everybody's for leads, else their own. At most one query."""
    if not membership.may(Role.LEAD):
        return [(membership.user.email, "Me")]
    people = User.objects.filter(memberships__project=membership.project_id).order_by("name", "email")
    return [(person.email, str(person)) for person in people]


def failing(sessions: QuerySet[AgentSession], *, kind: str = "", in_no_issue: bool = False) -> Q:
    """With one failure that stands, of the type that the name `kind` leads to, if it is given, and in no issue."""
    failures = apps.get_model("annotate", "Failure").objects.filter(withdrawn_at=None, review__withdrawn_at=None)
    if kind:
        any_session = sessions.order_by().only("project").select_related("project").first()
        named = any_session and any_session.project.failure_types.named(kind)
        failures = failures.filter(failure_type__in=[named] if named else [])
    if in_no_issue:
        failures = failures.filter(~Exists(failures.filter(_PLACED, pk=OuterRef("pk"))))
    return Q(pk__in=failures.values("session"))
