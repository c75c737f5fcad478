"""Decisions: failure modes with an identity, who belongs to them, what was proposed and what was decided."""

from issues.models.decisions import Constraint, ConstraintKind, Decision, DecisionKind
from issues.models.events import EventKind, EventQuerySet, IssueEvent
from issues.models.issues import Issue, IssueQuerySet, lock_project, titled
from issues.models.lives import LifeRule, Release
from issues.models.memberships import IssueMembership, MembershipQuerySet
from issues.models.proposals import FEWEST_MEMBERS, Proposal, ProposalEvent, ProposalKind, ProposalState
from issues.models.recognitions import Recognition
from issues.models.rules import MatchingRule
from issues.models.sources import Source, likeness_in_words, verdict_in_words
from issues.models.talk import IssueComment, IssueMention, TypeRunbook, Watcher

__all__ = [
    "FEWEST_MEMBERS",
    "Constraint",
    "ConstraintKind",
    "Decision",
    "DecisionKind",
    "EventKind",
    "EventQuerySet",
    "Issue",
    "IssueComment",
    "IssueEvent",
    "IssueMembership",
    "IssueMention",
    "IssueQuerySet",
    "LifeRule",
    "MatchingRule",
    "MembershipQuerySet",
    "Proposal",
    "ProposalEvent",
    "ProposalKind",
    "ProposalState",
    "Recognition",
    "Release",
    "Source",
    "TypeRunbook",
    "Watcher",
    "likeness_in_words",
    "lock_project",
    "titled",
    "verdict_in_words",
]
