"""The closed lists of what the board of issues may be filtered and sorted by."""

from dataclasses import dataclass, replace

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from accounts.models import Project
from annotate.models import FailureType, Severity
from annotate.queries.blind import EVERYTHING, Sight
from common.keys import is_key
from issues.access import number_in
from issues.lifecycle import ACTIVE, State
from issues.models import Issue
from issues.queries.withholding import standing

GROUPS: dict[str, tuple[str, frozenset[State]]] = {
    "active": ("Active", ACTIVE),
    "needs_triage": ("Needs triage", frozenset({State.NEW, State.REGRESSED})),
    "done": ("Resolved", frozenset({State.RESOLVED, State.VERIFIED})),
    "ignored": ("Ignored", frozenset({State.IGNORED})),
    "all": ("All", frozenset(State)),
}
SORTS: dict[str, tuple[str, tuple[str | OrderBy, ...]]] = {
    "sessions": ("Most sessions", ("-sessions", "-number")),
    "users": ("Most users", ("-users", "-number")),
    "last_seen": ("Last seen", (F("last_seen").desc(nulls_last=True), "-number")),
    "newest": ("Newest", ("-number",)),
    "title": ("Title", ("title", "number")),
}
BOARD_FILTERS = ("state", "workflow", "owner", "severity", "type", "escalating", "q", "sort")


@dataclass(frozen=True)
class BoardChoice:
    """What the board's URL asks for. `ignored`: names of what it asked for that does not exist."""

    state: str = "active"
    workflow: str = ""
    owner: str = ""
    severity: str = ""
    type: str = ""
    escalating: str = ""
    q: str = ""
    sort: str = "sessions"
    ignored: tuple[str, ...] = ()


def read_choice(query: QueryDict) -> BoardChoice:
    """The board's filters from its URL; what is not in the closed list is named in `ignored`."""
    # A NUL is no text to PostgreSQL.
    given = {name: query.get(name, "").replace("\0", "") for name in BOARD_FILTERS}
    asked = {name: value for name, value in given.items() if value}
    known = {
        "state": {*GROUPS, *State.values},
        "severity": set(Severity.values),
        "escalating": {"yes"},
        "sort": set(SORTS),
    }
    wrong: set[str] = {name for name, values in known.items() if name in asked and asked[name] not in values}
    owner = asked.get("owner", "")
    if owner and owner not in {"me", "none"} and not is_key(owner):
        wrong.add("owner")
    if "type" in asked and not is_key(asked["type"]):
        wrong.add("type")
    strange = set(query) - {*BOARD_FILTERS, "page"}
    return BoardChoice(
        **{name: value for name, value in asked.items() if name not in wrong},
        ignored=tuple(sorted(wrong | strange)),
    )


def with_present_type(project: Project, choice: BoardChoice) -> BoardChoice:
    """The choice with what its type was merged into, if it was: saved views and links outlive that."""
    found = FailureType.objects.filter(project=project, pk=choice.type).first() if choice.type else None
    return replace(choice, type=str(found.present.pk)) if found else choice


def as_saved(query: QueryDict) -> str:
    """The filters and the order of a URL, as a saved view holds them: what the board does not know is left out."""
    kept = QueryDict(mutable=True)
    for name in sorted(set(BOARD_FILTERS) & query.keys()):
        if query.get(name):
            kept[name] = str(query[name])
    return kept.urlencode()


def choose_issues(
    issues: QuerySet[Issue], choice: BoardChoice, *, me: int, sight: Sight = EVERYTHING
) -> QuerySet[Issue]:
    """Those of the issues that the board shows; `me` is the reader's id."""
    states = GROUPS[choice.state][1] if choice.state in GROUPS else {State(choice.state)}
    found = issues.filter(state__in=states, withdrawn_at=None)
    if choice.workflow:
        members = standing(sight).filter(issue=OuterRef("pk"))
        found = found.filter(Exists(members.filter(failure__session__workflow=choice.workflow)))
    if choice.type:
        members = standing(sight).filter(issue=OuterRef("pk"), failure__failure_type=int(choice.type))
        found = found.filter(Exists(members))
    if choice.owner:
        found = found.filter(owner={"me": me, "none": None}.get(choice.owner, choice.owner))
    if choice.severity:
        found = found.filter(severity=choice.severity)
    if choice.escalating:
        found = found.filter(escalating_since__isnull=False)
    return named_like(found, choice.q)


def named_like(issues: QuerySet[Issue], text: str) -> QuerySet[Issue]:
    """Those whose title or description holds the text, or whose number it names; all where there is no text."""
    # A NUL is no text to PostgreSQL.
    words, number = text.replace("\0", ""), number_in(text)
    if not words:
        return issues
    numbered = Q() if number is None else Q(number=number)
    return issues.filter(Q(title__icontains=words) | Q(description__icontains=words) | numbered)
