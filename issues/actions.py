"""What people decide about issues. One transaction each, history included; a move that lost a race changes nothing."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure, Severity
from common.doorbell import ring
from common.errors import Refused
from issues.lifecycle import State, choices_by_hand
from issues.models import (
    FEWEST_MEMBERS,
    EventKind,
    Issue,
    IssueEvent,
    IssueMembership,
    Proposal,
    ProposalEvent,
    ProposalState,
    Source,
    lock_project,
)
from issues.queries import unplaced_failures
from issues.tasks import place

TITLE_LENGTH = 200
REASON_LENGTH = 300
RELEASE_LENGTH = 100


def accept_proposal(
    *,
    proposal: Proposal,
    actor: User,
    title: str = "",
    failure_ids: Collection[int] | None = None,
    issue: Issue | None = None,
) -> Issue:
    """Makes an issue of a proposal, or attaches it to `issue`. `failure_ids` chooses among its members (None: all).

    The others are remembered as refused for that issue: no machine puts them there.
    Raises Refused when somebody decided before, when the title is taken, or when no chosen failure is free any more.
    """
    members = set(proposal.failures.values_list("pk", flat=True))
    chosen = members if failure_ids is None else members & set(failure_ids)
    if not chosen:
        raise Refused("Choose at least one failure.", field="failures")
    with transaction.atomic():
        # Whoever writes proposals locks first the project, then them: the other way round two could wait for ever.
        lock_project(proposal.project_id)
        _decide(proposal, ProposalState.ACCEPTED, actor)
        target = issue or _create_issue(
            proposal.project, title=title or proposal.title, failure_ids=chosen, actor=actor, instead_of=proposal
        )
        _place(target, chosen, source=Source.PROPOSAL, actor=actor, score=proposal.cohesion)
        IssueMembership.objects.refuse(target, members - chosen, actor=actor)
        Proposal.objects.filter(pk=proposal.pk).update(issue=target)
        ring(place, project_id=proposal.project_id)
    return target


def decline_proposal(*, proposal: Proposal, actor: User) -> None:
    """Declines a proposal: it does not come back unless its evidence grows by half."""
    with transaction.atomic():
        _decide(proposal, ProposalState.DECLINED, actor)


def reopen_proposal(*, proposal: Proposal, actor: User) -> None:
    """Undoes a decline, as long as enough of its failures are free and no other open proposal has them or its title."""
    with transaction.atomic():
        lock_project(proposal.project_id)
        free = unplaced_failures(proposal.project).filter(proposals=proposal)
        if free.count() < FEWEST_MEMBERS:
            raise Refused("Its failures have found other places since then.")
        others = Proposal.objects.filter(project=proposal.project_id, state=ProposalState.OPEN).exclude(pk=proposal.pk)
        if others.filter(failures__in=free.values("pk")).exists():
            raise Refused("By now another open proposal has some of its failures. Decide on that one.")
        if others.filter(title__iexact=proposal.title).exists():
            raise Refused("By now another open proposal has its title. Decide on that one first.")
        _record(proposal, [ProposalState.DECLINED], ProposalState.OPEN, actor)


def _decide(proposal: Proposal, state: ProposalState, actor: User) -> None:
    _record(proposal, [ProposalState.OPEN, ProposalState.OUTDATED], state, actor)


def _record(proposal: Proposal, before: Collection[ProposalState], state: ProposalState, actor: User) -> None:
    """Moves the proposal, if it still stands where it may be moved from, and writes its history."""
    decided = state != ProposalState.OPEN
    who_and_when = {"decided_by": actor if decided else None, "decided_at": timezone.now() if decided else None}
    if not Proposal.objects.filter(pk=proposal.pk, state__in=before).update(state=state, **who_and_when):
        raise Refused("Somebody has already decided otherwise on this proposal.")
    ProposalEvent.objects.create(proposal=proposal, state=state, actor=actor)


def create_issue(*, failure: Failure, title: str, actor: User) -> Issue:
    """Makes an issue by hand from one failure, which leaves the issue that it was in."""
    with transaction.atomic():
        IssueMembership.objects.filter(failure=failure).close(actor=actor, reason="It became an issue of its own.")
        issue = _create_issue(failure.project, title=title, failure_ids=[failure.pk], actor=actor)
        _place(issue, [failure.pk], source=Source.PERSON, actor=actor)
        ring(place, project_id=failure.project_id)
    return issue


def _create_issue(
    project: Project, *, title: str, failure_ids: Collection[int], actor: User, instead_of: Proposal | None = None
) -> Issue:
    # The lock on the project makes numbers and titles safe: of two who create at once, one waits.
    lock_project(project.pk)
    checked = _check_title(project, title, Issue.objects.none(), instead_of)
    highest = Issue.objects.filter(project=project).aggregate(highest=Max("number"))["highest"] or 0
    issue = Issue.objects.create(
        project=project, number=highest + 1, title=checked, severity=_usual_severity(failure_ids)
    )
    IssueEvent.objects.note(issue, EventKind.CREATED, actor=actor, title=checked)
    return issue


def _usual_severity(failure_ids: Collection[int]) -> str:
    """The severity most members have; of equally common ones the worse."""
    counts = Counter(Failure.objects.filter(pk__in=failure_ids).values_list("severity", flat=True))
    order = list(Severity.values)
    return max(counts, key=lambda severity: (counts[severity], order.index(severity)), default=Severity.MEDIUM)


def _place(issue: Issue, failure_ids: Collection[int], **how: Any) -> None:
    if issue.state == State.MERGED:
        raise Refused(f"ISS-{issue.number} was merged into another issue. Attach to that one.", field="issue")
    if not IssueMembership.objects.place(issue, failure_ids, **how):
        raise Refused("Meanwhile all of these failures have been placed elsewhere or withdrawn.", field="failures")


def _check_title(project: Project, title: str, but: QuerySet[Issue], instead_of: Proposal | None = None) -> str:
    cleaned = " ".join(title.split())
    if not cleaned:
        raise Refused("An issue needs a title.", field="title")
    if len(cleaned) > TITLE_LENGTH:
        raise Refused(f"Keep the title under {TITLE_LENGTH} characters.", field="title")
    same = Issue.objects.filter(project=project, title__iexact=cleaned).exclude(pk__in=but.values("pk")).first()
    if same is not None:
        raise Refused(f"ISS-{same.number} already has this title. Attach to it, or choose other words.", field="title")
    others = Proposal.objects.filter(project=project, title__iexact=cleaned, state=ProposalState.OPEN)
    if others.exclude(pk=instead_of.pk if instead_of else 0).exists():
        raise Refused("Another open proposal has this title. Decide on it first.", field="title")
    return cleaned


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
    source = source or State(issue.state)
    release, reason = fixed_in_release.strip(), " ".join(reason.split())
    _check_move(source, target, release=release, now=now, reason=reason)
    changes = {
        "state": target,
        "fixed_in_release": release if target == State.RESOLVED else "",
        "ignored_reason": reason if target == State.IGNORED else "",
        "updated_at": timezone.now(),
    }
    with transaction.atomic():
        if not Issue.objects.filter(pk=issue.pk, state=source).update(**changes):
            standing = State(Issue.objects.values_list("state", flat=True).get(pk=issue.pk))
            raise Refused(f"Meanwhile the issue was moved to {standing.label.lower()}. Look again.", field="state")
        said = {"release": release, "now": now, "reason": reason, "via": via}
        detail = {key: value for key, value in said.items() if value}
        states = {"from_state": source.value, "to_state": target.value}
        IssueEvent.objects.note(issue, EventKind.MOVED, actor=actor, **states, **detail)
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


def rename_issue(*, issue: Issue, title: str, actor: User) -> None:
    """Gives the issue another title, which no other issue or open proposal has."""
    with transaction.atomic():
        lock_project(issue.project_id)
        checked = _check_title(issue.project, title, Issue.objects.filter(pk=issue.pk))
        _change(issue, EventKind.RENAMED, actor, "title", checked)


def assign_owner(*, issue: Issue, owner: User | None, actor: User) -> None:
    """Makes a member of the project the owner; None leaves the issue without one."""
    if owner is not None and not owner.memberships.filter(project=issue.project_id).exists():
        raise Refused("Only members of the project can own its issues.", field="owner")
    before, issue.owner = issue.owner, owner
    if before == owner:
        return
    with transaction.atomic():
        issue.save(update_fields=["owner", "updated_at"])
        said = {"before": str(before or ""), "after": str(owner or "")}
        IssueEvent.objects.note(issue, EventKind.ASSIGNED, actor=actor, **said)


def set_severity(*, issue: Issue, severity: Severity, actor: User) -> None:
    """Says how much harm the issue does."""
    with transaction.atomic():
        _change(issue, EventKind.SEVERITY, actor, "severity", severity.value)


def _change(issue: Issue, kind: EventKind, actor: User, field: str, value: str) -> None:
    before = getattr(issue, field)
    if before == value:
        return
    setattr(issue, field, value)
    issue.save(update_fields=[field, "updated_at"])
    IssueEvent.objects.note(issue, kind, actor=actor, before=before, after=value)


def detach_failure(*, membership: IssueMembership, actor: User) -> None:
    """Takes a failure out of its issue. It waits in the pool; no machine puts it back here."""
    with transaction.atomic():
        if not IssueMembership.objects.filter(pk=membership.pk).close(actor=actor, reason="Removed by hand."):
            raise Refused("This failure has already left the issue.")
        ring(place, project_id=membership.issue.project_id)
