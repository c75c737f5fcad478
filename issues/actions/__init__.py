"""What people decide about issues. One transaction each, history included; a move that lost a race changes nothing."""

from issues.actions.accepting import accept_proposal
from issues.actions.bulk import Bulk, act_on_many, joined, own_many, rate_many, undo_many
from issues.actions.creating import create_from, create_issue
from issues.actions.editing import assign_owner, rename_issue, set_severity
from issues.actions.helping import set_link, set_runbook, set_type_runbook
from issues.actions.merging import merge_issues
from issues.actions.moving import move_issue
from issues.actions.placing import attach, detach_failures, move_failures
from issues.actions.proposals import decline_proposal, look_at_everything, reopen_proposal
from issues.actions.releases import Way, order_by_sight, order_releases, place_release, set_verified_after
from issues.actions.remarks import say, take_back, watch
from issues.actions.splitting import split_issue
from issues.actions.undoing import may_undo, redo, undo

__all__ = [
    "Bulk",
    "Way",
    "accept_proposal",
    "act_on_many",
    "assign_owner",
    "attach",
    "create_from",
    "create_issue",
    "decline_proposal",
    "detach_failures",
    "joined",
    "look_at_everything",
    "may_undo",
    "merge_issues",
    "move_failures",
    "move_issue",
    "order_by_sight",
    "order_releases",
    "own_many",
    "place_release",
    "rate_many",
    "redo",
    "rename_issue",
    "reopen_proposal",
    "say",
    "set_link",
    "set_runbook",
    "set_severity",
    "set_type_runbook",
    "set_verified_after",
    "split_issue",
    "take_back",
    "undo",
    "undo_many",
    "watch",
]
