"""What a reader may not see yet: what others said of sessions that they are to judge on their own."""

from dataclasses import replace

from accounts.models import Membership
from annotate.models import Severity
from annotate.queries.blind import withheld
from issues.queries.counts import Told

HIDDEN = "Hidden until you have judged this session yourself."


def withhold(membership: Membership, *lists: list[Told]) -> None:
    """Takes the words out of what this member may not see yet, in the lists that a page shows: one query."""
    hidden = withheld(membership, {one.failure.session_id for told in lists for one in told})
    for told in lists:
        told[:] = [_without_words(one) if one.failure.session_id in hidden else one for one in told]


def _without_words(told: Told) -> Told:
    failure = told.failure
    failure.note, failure.expected, failure.failure_type, failure.severity = HIDDEN, "", None, Severity.MEDIUM
    return replace(told, root=None, surfaced=None)
