"""A decision undone as one, in all issues. What happened since stays; an undo is a decision too, and can be undone."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from common.errors import Refused
from issues.actions._ringing import place_soon
from issues.deciding import (
    begin_rows,
    broken_by,
    change_issue,
    end_rows,
    find_sent,
    lock_issues,
    make_decision,
    note,
    plain,
    remember,
    teach,
    teach_again,
)
from issues.lifecycle import State
from issues.models import (
    Constraint,
    Decision,
    DecisionKind,
    EventKind,
    Issue,
    IssueMembership,
    Proposal,
    ProposalEvent,
    ProposalState,
    Source,
    lock_project,
    titled,
)
from issues.queries.decisions import changes_of, hindrances
from issues.queries.links import anchor_of
from issues.queries.proposals import rivals_of

# Rows of failures that nobody took back: those that stand, and those that a lead overruled, who have a place too.
KEPT = Q(failure__withdrawn_at=None) | Q(failure__overruled_by__isnull=False, failure__review__withdrawn_at=None)
EDITS = {"title": EventKind.RENAMED, "owner_id": EventKind.ASSIGNED, "severity": EventKind.SEVERITY}
# Too long to be told in a line of history.
LONG_EDITS = {"external_url": EventKind.LINKED, "runbook": EventKind.RUNBOOK}
NOTHING_LEFT = "Nothing of it stands any more: all that it did was changed since."


@transaction.atomic
def undo(*, decision: Decision, actor: User | None, cause: str = "", client_id: UUID | None = None) -> Decision:
    """Undoes what the decision did, as far as it still stands; of two who undo the same, one does.

    Failures go back where they were if they are free by then; what it taught ends, and what it ended is taught again.
    "Not this one", said of a failure that joined by itself, teaches too. Raises Refused with the reason, in words.
    """
    lock_project(decision.project_id)
    if sent := find_sent(decision.project, DecisionKind.UNDO, client_id):
        return sent
    decision = Decision.objects.select_related("project", "actor").get(pk=decision.pk)
    if why := may_undo(decision):
        raise Refused(why)
    said = f"undo of {decision.said}" if decision.kind != DecisionKind.UNDO else decision.said.removeprefix("undo of ")
    made = make_decision(
        decision.project,
        DecisionKind.UNDO,
        actor=actor,
        cause=cause,
        client_id=client_id,
        undoes=decision,
        said=said,
        of=decision.root,
    )
    _Undoing(decision, made).do()
    place_soon(decision.project_id)
    return made


def may_undo(decision: Decision) -> str:
    """Why it may not be undone; empty if it may be tried. Two queries at most."""
    return hindrances([decision])[decision.pk]


def redo(*, decision: Decision, actor: User | None, cause: str = "", client_id: UUID | None = None) -> Decision:
    """Does again what was undone, by undoing the undo. Raises Refused where nobody undid it, and as `undo` does."""
    undone = Decision.objects.filter(undoes=decision).first()
    if undone is None:
        raise Refused("Nobody has undone this: there is nothing to do again.")
    return undo(decision=undone, actor=actor, cause=cause, client_id=client_id)


class _Undoing:
    """The steps, in their order: issues first, since failures go where these lead."""

    def __init__(self, decision: Decision, made: Decision) -> None:
        self.decision, self.made = decision, made
        made_by = Issue.objects.filter(made_by=decision).values_list("pk", flat=True)
        self.own = {*made_by, *(change["issue"] for change in changes_of(decision) if _brings_back(change))}
        self.issues = lock_issues(decision.project, self.own | {change["issue"] for change in changes_of(decision)})

    def do(self) -> None:
        changes = [change for change in reversed(changes_of(self.decision)) if not _brings_back(change)]
        changed = [self._change_back(change) for change in changes]
        ended = self._end_rows()
        begun = self._begin_rows()
        self._keep_merged_empty()
        withdrawn = self._withdraw_empty()
        taught = self._unteach(ended, begun)
        if not (any(changed) or ended or begun or withdrawn or taught):
            raise Refused(NOTHING_LEFT)
        self._change_proposals()

    def _change_back(self, change: dict[str, Any]) -> bool:
        """Whether the issue still stood as the decision left it, and now as it was before.

        Whether it is merged is all that counts of a merge: the state goes with it, whatever it is by now.
        """
        issue, before, after = self.issues[change["issue"]], change["before"], change["after"]
        told = {"merged_into_id"} & after.keys() or after.keys()
        if any(plain(getattr(issue, name)) != after[name] for name in told) or not self._may_own(before):
            return False
        if "title" in before or "withdrawn_at" in before:
            self._check_title(issue, before.get("title", issue.title))
        was = _shown(issue, before)
        change_issue(self.made, issue, **before)
        self._tell(issue, was, before)
        return True

    def _may_own(self, before: dict[str, Any]) -> bool:
        """Whether the owner of then, if there was one, is still a member of the project."""
        owner = before.get("owner_id")
        return owner is None or Membership.objects.filter(project=self.made.project_id, user=owner).exists()

    def _check_title(self, issue: Issue, title: str) -> None:
        named = Issue.objects.kept().filter(titled(title), project=issue.project_id).exclude(pk=issue.pk)
        if (other := named.first()) is not None:
            raise Refused(f"ISS-{other.number} has the title “{title}” by now. Rename that one first.", field="title")

    def _tell(self, issue: Issue, was: dict[str, str], now: dict[str, Any]) -> None:
        states = {"from_state": was["state"], "to_state": now["state"]} if "state" in now else {}
        if "merged_into_id" in now:
            kind = EventKind.UNMERGED if now["merged_into_id"] is None else EventKind.MERGED
            lead = {} if now["merged_into_id"] is None else {"to": issue.present.number}
            note(self.made, issue, kind, **states, **lead)
        elif states:
            note(self.made, issue, EventKind.MOVED, **states)
        elif "withdrawn_at" in now:
            note(self.made, issue, EventKind.REDONE)
        for name in now.keys() & EDITS.keys():
            note(self.made, issue, EDITS[name], before=was[name], after=_shown(issue, now)[name])
        for name in now.keys() & LONG_EDITS.keys():
            note(self.made, issue, LONG_EDITS[name], is_set=bool(now[name]))

    def _end_rows(self) -> list[IssueMembership]:
        """Ends the rows that the decision began and that are open still, or are again since another was undone."""
        ended: list[IssueMembership] = []
        rows: QuerySet[IssueMembership] = IssueMembership.objects.filter(opened_by=self.decision)
        while rows:
            ended += rows.filter(until=None).select_related("issue__project").order_by("failure")
            rows = _brought_back(rows, "opened_by", "closed_by", "failure")
        end_rows(self.made, ended, EventKind.GAVE_BACK)
        return ended

    def _begin_rows(self) -> list[IssueMembership]:
        """New rows for failures that it took out of an issue, are free now, and stand; where that issue leads now."""
        rows = IssueMembership.objects.filter(KEPT, closed_by=self.decision).exclude(source=Source.REFUSED)
        placed = Exists(IssueMembership.objects.filter(failure=OuterRef("failure"), until=None))
        free = rows.filter(~placed).order_by("failure")
        left = Issue.objects.select_related("merged_into").in_bulk({row.issue_id for row in free})
        leads_to = {key: issue.present for key, issue in left.items()}
        back: defaultdict[Issue, list[IssueMembership]] = defaultdict(list)
        for row in free:
            back[leads_to[row.issue_id]].append(row)
        begun: list[IssueMembership] = []
        for issue in sorted(back, key=lambda issue: issue.pk):
            if issue.withdrawn_at is None:
                begin_rows(self.made, back[issue], issue, EventKind.GOT_BACK)
                begun += back[issue]
        return begun

    def _keep_merged_empty(self) -> None:
        """An issue that is merged again must have nothing in it that came since it was taken apart."""
        merged = [issue.pk for issue in self.issues.values() if issue.state == State.MERGED]
        left = IssueMembership.objects.filter(issue__in=merged, until=None).select_related("issue").first()
        if left is not None:
            raise Refused(f"ISS-{left.issue.number} has got other failures since. Merge it anew.")

    def _withdraw_empty(self) -> bool:
        """Takes back what it made, where nothing is in it any more and no other number leads to it."""
        living = [self.issues[key] for key in sorted(self.own) if self.issues[key].withdrawn_at is None]
        empty = [issue for issue in living if issue.state != State.MERGED and not _is_used(issue)]
        for issue in empty:
            change_issue(self.made, issue, withdrawn_at=timezone.now())
            note(self.made, issue, EventKind.UNDONE)
        return bool(empty)

    def _unteach(self, ended: Collection[IssueMembership], begun: Iterable[IssueMembership]) -> bool:
        """Ends what it taught, and teaches again what it ended; returns whether it had taught anything that held."""
        taught = 0
        rows = Constraint.objects.filter(taught_by=self.decision)
        while rows:
            following = _brought_back(rows, "taught_by", "ended_by", "first", "second")
            taught += rows.filter(ended_by=None).update(ended_by=self.made)
            rows = following
        if why := broken_by(self.made, [row.failure_id for row in begun]):
            raise Refused(f"Since then things were said that forbid it. {why}", field="constraint")
        teach_again(self.made, Constraint.objects.filter(ended_by=self.decision).order_by("pk"))
        if self.decision.kind == DecisionKind.JOIN:
            pairs = [pair for row in ended if (pair := _not_this_one(row)) is not None]
            teach(self.made, apart=pairs, overrule=True)
        return taught > 0

    def _change_proposals(self) -> None:
        """What was accepted may be decided on again; where another open proposal says the same by now, it may not."""
        for entry in self.decision.detail.get("proposals", []):
            back, now = ProposalState(entry["before"]), ProposalState(entry["after"])
            proposal = Proposal.objects.filter(pk=entry["proposal"], state=now).first()
            if proposal is not None:
                state = ProposalState.OUTDATED if back == ProposalState.OPEN and rivals_of(proposal).exists() else back
                _give_state(proposal, state, self.made)
                change = {"proposal": proposal.pk, "before": now.value, "after": state.value}
                remember(self.made, "proposals", change)


def _brings_back(change: dict[str, Any]) -> bool:
    """Whether it is an issue that was taken back and made again: to undo this is as to undo its making."""
    after: dict[str, Any] = change["after"]
    return "withdrawn_at" in after and after["withdrawn_at"] is None


def _is_used(issue: Issue) -> bool:
    return issue.memberships.filter(until=None).exists() or issue.merged_from.exists()


def _shown(issue: Issue, names: Iterable[str]) -> dict[str, str]:
    """These fields of the issue as histories show them."""
    return {name: str((issue.owner if name == "owner_id" else getattr(issue, name)) or "") for name in names}


def _brought_back(rows: QuerySet[Any], begun: str, ended: str, *of: str) -> QuerySet[Any]:
    """What undos began anew of these rows, after other decisions had ended them; the same failures tell which."""
    undone = f"{ended}__undone_by"
    gone = set(rows.filter(**{f"{undone}__isnull": False}).values_list(undone, *of))
    anew = rows.model.objects.filter(**{f"{begun}__in": {undo for undo, *_ in gone}})
    keys = [pk for pk, *which in anew.values_list("pk", begun, *of) if tuple(which) in gone]
    following: QuerySet[Any] = rows.model.objects.filter(pk__in=keys)
    return following


def _not_this_one(row: IssueMembership) -> tuple[int, int] | None:
    """A failure that joined by itself, with the member that it was like: they are different, a person says.

    With the one who speaks for the issue where that member is there no more.
    """
    is_there = row.issue.memberships.filter(failure=row.nearest_id, until=None).exists()
    other = row.nearest_id if is_there else anchor_of(row.issue, but=[row.failure_id])
    return None if other is None else (row.failure_id, other)


def _give_state(proposal: Proposal, state: ProposalState, made: Decision) -> None:
    decided = state in {ProposalState.ACCEPTED, ProposalState.DECLINED}
    proposal.state = state
    proposal.decided_by, proposal.decided_at = (made.actor, timezone.now()) if decided else (None, None)
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    if made.actor is not None:
        ProposalEvent.objects.create(proposal=proposal, state=state, actor=made.actor)
