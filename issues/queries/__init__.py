"""Reads of issues."""

from issues.queries.counts import (
    board_rows,
    counted_issues,
    last_days,
    listed_by_day,
    seen_releases,
    seen_workflows,
    sessions_by_day,
    unplaced_failures,
)
from issues.queries.members import (
    Judgement,
    Part,
    Told,
    breakdown,
    judgements_of,
    standing_members,
    with_steps,
)
from issues.queries.proposals import (
    Candidate,
    Pool,
    attachable_issues,
    declined_proposals,
    open_proposals,
    read_pool,
)
from issues.queries.withholding import seen_events, seen_issues

__all__ = [
    "Candidate",
    "Judgement",
    "Part",
    "Pool",
    "Told",
    "attachable_issues",
    "board_rows",
    "breakdown",
    "counted_issues",
    "declined_proposals",
    "judgements_of",
    "last_days",
    "listed_by_day",
    "open_proposals",
    "read_pool",
    "seen_events",
    "seen_issues",
    "seen_releases",
    "seen_workflows",
    "sessions_by_day",
    "standing_members",
    "unplaced_failures",
    "with_steps",
]
