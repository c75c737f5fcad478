"""What people decide about issues. One transaction each, history included; a move that lost a race changes nothing."""

from issues.actions.creating import create_issue
from issues.actions.editing import assign_owner, rename_issue, set_severity
from issues.actions.moving import move_issue
from issues.actions.placing import detach_failure
from issues.actions.proposals import accept_proposal, decline_proposal, reopen_proposal

__all__ = [
    "accept_proposal",
    "assign_owner",
    "create_issue",
    "decline_proposal",
    "detach_failure",
    "move_issue",
    "rename_issue",
    "reopen_proposal",
    "set_severity",
]
