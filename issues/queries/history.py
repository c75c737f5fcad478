"""What was decided on an issue, and what of it can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from issues.models import Decision, IssueEvent
from issues.queries.decisions import hindrances


@dataclass(frozen=True)
class Entry:
    """What was done to an issue at once, as the events that tell of it. `decision`: what can be undone, or why not."""

    events: list[IssueEvent]
    decision: Decision | None
    why_not: str


def history_of(events: Iterable[IssueEvent]) -> list[Entry]:
    """Events of an issue by what they tell of, in their order: at most two queries."""
    events = list(events)
    decisions = {event.decision.pk: event.decision for event in events if event.decision is not None}
    hindered = hindrances(list(decisions.values()))

    def entry(told: list[IssueEvent]) -> Entry:
        decision = told[0].decision
        why_not = hindered[decision.pk] if decision else ""
        return Entry(told, None if why_not else decision, why_not)

    # An event without a decision stands alone.
    return [entry(list(told)) for _, told in groupby(events, key=lambda event: event.decision_id or -event.pk)]
