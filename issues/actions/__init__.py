"""What people decide about issues. One transaction each, history included; a move that lost a race changes nothing."""

from issues.actions.creating import create_from, create_issue
from issues.actions.editing import assign_owner, rename_issue, set_severity
from issues.actions.merging import merge_issues
from issues.actions.moving import move_issue
from issues.actions.placing import attach, detach_failure, detach_failures, move_failures
from issues.actions.proposals import accept_proposal, decline_proposal, reopen_proposal
from issues.actions.splitting import split_issue
from issues.actions.undoing import may_undo, undo

__all__ = [
    "accept_proposal",
    "assign_owner",
    "attach",
    "create_from",
    "create_issue",
    "decline_proposal",
    "detach_failure",
    "detach_failures",
    "may_undo",
    "merge_issues",
    "move_failures",
    "move_issue",
    "rename_issue",
    "reopen_proposal",
    "set_severity",
    "split_issue",
    "undo",
]
