"""Decisions: failure modes with an identity, who belongs to them, what was proposed and what was decided."""

from issues.models.decisions import Constraint, ConstraintKind, Decision, DecisionKind
from issues.models.events import EventKind, EventQuerySet, IssueEvent
from issues.models.issues import Issue, IssueQuerySet, lock_project
from issues.models.memberships import IssueMembership, MembershipQuerySet
from issues.models.proposals import FEWEST_MEMBERS, Proposal, ProposalEvent, ProposalState
from issues.models.recognitions import Recognition
from issues.models.sources import Source, likeness_in_words

__all__ = [
    "FEWEST_MEMBERS",
    "Constraint",
    "ConstraintKind",
    "Decision",
    "DecisionKind",
    "EventKind",
    "EventQuerySet",
    "Issue",
    "IssueEvent",
    "IssueMembership",
    "IssueQuerySet",
    "MembershipQuerySet",
    "Proposal",
    "ProposalEvent",
    "ProposalState",
    "Recognition",
    "Source",
    "likeness_in_words",
    "lock_project",
]
