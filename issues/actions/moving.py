"""An issue moved from state to state by hand."""

from accounts.models import User
from common.errors import Refused
from issues.deciding import shift_state
from issues.lifecycle import State, choices_by_hand
from issues.models import Issue

REASON_LENGTH = 300
RELEASE_LENGTH = 100


def move_issue(
    *,
    issue: Issue,
    target: State,
    actor: User | None,
    source: State | None = None,
    fixed_in_release: str = "",
    now: bool = False,
    reason: str = "",
    via: str = "",
) -> Issue:
    """Moves an issue by hand from `source` (None: where `issue` says it stands) to `target`.

    Compare-and-set: if it stands elsewhere by now, Refused, and nothing has changed. Resolving needs
    `fixed_in_release` or `now`; ignoring needs a `reason`. `via` names the API key of a call without a person.
    """
    if issue.withdrawn_at is not None:
        raise Refused(f"ISS-{issue.number} was taken back: there is nothing to move.", field="state")
    source = source or State(issue.state)
    release, reason = fixed_in_release.strip(), " ".join(reason.split())
    _check_move(source, target, release=release, now=now, reason=reason)
    fields = {
        "fixed_in_release": release if target == State.RESOLVED else "",
        "ignored_reason": reason if target == State.IGNORED else "",
    }
    said = {"release": release, "now": now, "reason": reason, "via": via}
    told = {key: value for key, value in said.items() if value}
    if shift_state(issue=issue, source=source, target=target, actor=actor, cause=via, fields=fields, told=told) is None:
        standing = State(Issue.objects.values_list("state", flat=True).get(pk=issue.pk))
        raise Refused(f"Meanwhile the issue was moved to {standing.label.lower()}. Look again.", field="state")
    issue.refresh_from_db()
    return issue


def _check_move(source: State, target: State, *, release: str, now: bool, reason: str) -> None:
    legal = choices_by_hand(source)
    if target not in legal:
        names = ", ".join(state.label.lower() for state in legal) or "no other state"
        message = f"From {source.label.lower()} an issue moves to {names}, not to {target.label.lower()}."
        raise Refused(message, field="state")
    if target == State.RESOLVED and not (release or now):
        raise Refused("Say in which release it is fixed, or that it is fixed now.", field="fixed_in_release")
    if len(release) > RELEASE_LENGTH:
        raise Refused(f"Keep the release under {RELEASE_LENGTH} characters.", field="fixed_in_release")
    if target == State.IGNORED and not reason:
        raise Refused("Say why it is ignored.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(f"Keep the reason under {REASON_LENGTH} characters.", field="reason")
