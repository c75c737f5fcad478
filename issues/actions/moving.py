"""An issue moved from state to state by hand."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import Refused
from issues.deciding import FOR_GOOD, NO_FIX, ending_of, name_release, shift_state
from issues.lifecycle import Act, State, act_between, choices_by_hand
from issues.lifecycle.ignoring import End, EndKind
from issues.models import Decision, Issue

REASON_LENGTH = 300
RELEASE_LENGTH = 100
MOST_COUNTED = 100_000
LONGEST_DAYS = 365


@transaction.atomic
def move_issue(
    *,
    issue: Issue,
    target: State,
    actor: User | None,
    source: State | None = None,
    fixed_in_release: str = "",
    now: bool = False,
    reason: str = "",
    until: End = FOR_GOOD,
    owner: User | None = None,
    via: str = "",
) -> Decision:
    """Moves an issue by hand from `source` (None: where `issue` says it stands) to `target`, and brings it up to date.

    Compare-and-set: if it stands elsewhere by now, Refused, and nothing has changed. Resolving needs
    `fixed_in_release` or `now`; ignoring needs a `reason`, and ends as `until` says. Who starts work owns the issue: an
    `owner`, else who owned it already, else the actor. `via` names the API key of a call without a person.
    """
    if issue.withdrawn_at is not None:
        raise Refused(f"ISS-{issue.number} was taken back: there is nothing to move.", field="state")
    source = source or State(issue.state)
    release, reason = fixed_in_release.strip(), " ".join(reason.split())
    act = _checked_act(source, target, release=release, now=now, reason=reason)
    fields: dict[str, Any] = NO_FIX | ending_of(FOR_GOOD, "")
    said: dict[str, Any] = {"via": via}
    match act:
        case Act.FIX:
            fields |= {"fixed_in_release": release, "fixed_at": timezone.now()}
            said |= {"release": release, "now": now}
        case Act.IGNORE:
            check_end(until, timezone.now())
            fields |= ending_of(until, reason)
            said |= {"reason": reason, "until": "" if until == FOR_GOOD else until.words}
        case Act.TAKE:
            taker = _taker(issue, owner, actor)
            fields |= {"owner_id": taker.pk} if taker and taker.pk != issue.owner_id else {}
            said |= {"owner": str(taker or "")}
    told = {key: value for key, value in said.items() if value}
    made = shift_state(issue=issue, act=act, source=source, actor=actor, cause=via, fields=fields, told=told)
    if made is None:
        standing = State(Issue.objects.values_list("state", flat=True).get(pk=issue.pk))
        raise Refused(f"Meanwhile the issue was moved to {standing.label.lower()}. Look again.", field="state")
    if release and act == Act.FIX:
        name_release(issue.project, release)
    issue.refresh_from_db()
    return made


def check_end(until: End, now: datetime) -> None:
    """Raises Refused for an end that names too little, or that has come already."""
    if until.kind == EndKind.DATE and (until.at is None or until.at <= now):
        raise Refused("Say until which date, later than today.", field="until")
    if until.kind == EndKind.DATE and until.at is not None and until.at > now + timedelta(days=10 * LONGEST_DAYS):
        raise Refused("That is more than ten years away: ignore it for good.", field="until")
    if until.kind in {EndKind.SESSIONS, EndKind.USERS} and not 1 <= (until.count or 0) <= MOST_COUNTED:
        raise Refused(f"Say until how many more, from 1 to {MOST_COUNTED:,}.", field="count")
    if until.kind == EndKind.USERS and not 1 <= (until.days or 0) <= LONGEST_DAYS:
        raise Refused(f"Say within how many days, from 1 to {LONGEST_DAYS}.", field="days")


def _taker(issue: Issue, owner: User | None, actor: User | None) -> User | None:
    if owner is not None and not owner.memberships.filter(project=issue.project_id).exists():
        raise Refused("Only members of the project can own its issues.", field="owner")
    return owner or issue.owner or actor


def _checked_act(source: State, target: State, *, release: str, now: bool, reason: str) -> Act:
    act = act_between(source, target)
    if act is None:
        names = ", ".join(state.label.lower() for state in choices_by_hand(source)) or "no other state"
        message = f"From {source.label.lower()} an issue moves to {names}, not to {target.label.lower()}."
        raise Refused(message, field="state")
    if act == Act.FIX and not (release or now):
        raise Refused("Say in which release it is fixed, or that it is fixed now.", field="fixed_in_release")
    if len(release) > RELEASE_LENGTH:
        raise Refused(f"Keep the release under {RELEASE_LENGTH} characters.", field="fixed_in_release")
    if act == Act.IGNORE and not reason:
        raise Refused("Say why it is ignored.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(f"Keep the reason under {REASON_LENGTH} characters.", field="reason")
    return act
