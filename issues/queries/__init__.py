"""Reads of issues."""

from issues.queries.candidates import Candidate, as_candidates
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
    Pool,
    attachable_issues,
    declined_proposals,
    newest_look,
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
    "as_candidates",
    "attachable_issues",
    "board_rows",
    "breakdown",
    "counted_issues",
    "declined_proposals",
    "judgements_of",
    "last_days",
    "listed_by_day",
    "newest_look",
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
