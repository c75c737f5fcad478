"""What leads decide about proposals: they decline them, and open them again. Accepting them is in `accepting`."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from common.doorbell import ring
from common.errors import Refused
from issues.models import Proposal, ProposalEvent, ProposalState, lock_project, titled
from issues.proposing import ask_to_maintain
from issues.queries.proposals import rivals_of, still_stand
from issues.tasks import maintain


def decline_proposal(*, proposal: Proposal, actor: User) -> None:
    """Declines a proposal: it does not come back unless its evidence grows by half."""
    with transaction.atomic():
        # Not while a look at everything writes: it would not see the no, and propose the same again.
        lock_project(proposal.project_id)
        decide(proposal, ProposalState.DECLINED, actor)


def reopen_proposal(*, proposal: Proposal, actor: User) -> None:
    """Undoes a decline, as long as it still makes sense and no other open proposal says the same, or has its title."""
    with transaction.atomic():
        lock_project(proposal.project_id)
        if not still_stand(proposal):
            raise Refused("Its failures have found other places since then.")
        others = rivals_of(proposal)
        if others.filter(titled(proposal.title)).exists():
            raise Refused("By now another open proposal has its title. Decide on that one first.")
        if others.exists():
            raise Refused("By now another open proposal has some of its failures. Decide on that one.")
        _record(proposal, [ProposalState.DECLINED], ProposalState.OPEN, actor)


def decide(proposal: Proposal, state: ProposalState, actor: User) -> None:
    """Gives a proposal that may be decided on this state, with its history. Raises Refused for who comes second."""
    _record(proposal, [ProposalState.OPEN, ProposalState.OUTDATED], state, actor)


def _record(proposal: Proposal, before: Collection[ProposalState], state: ProposalState, actor: User) -> None:
    """Moves the proposal, if it still stands where it may be moved from, and writes its history."""
    decided = state != ProposalState.OPEN
    who_and_when = {"decided_by": actor if decided else None, "decided_at": timezone.now() if decided else None}
    if not Proposal.objects.filter(pk=proposal.pk, state__in=before).update(state=state, **who_and_when):
        raise Refused("Somebody has already decided otherwise on this proposal.")
    ProposalEvent.objects.create(proposal=proposal, state=state, actor=actor)


def look_at_everything(*, project: Project) -> None:
    """Asks for everything to be grouped anew and compared with today's issues, unless that is under way."""
    with transaction.atomic():
        ask_to_maintain(project)
        ring(maintain)
