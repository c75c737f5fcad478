"""How it went by what people, clients and machines say, as the rows of a table that lead to their sessions."""

from dataclasses import dataclass, replace
from typing import Protocol

from accounts.models import Project
from annotate.estimation import Share
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.outcomes import OutcomeRow, Said, outcomes
from monitor.queries.traffic import condition
from monitor.records import Choice

LEAST_SCALE = 0.1
STEPS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
MOST_ROWS = 20
HEADINGS = {"workflow": "Workflow", "release": "Release", "model": "Model", "environment": "Environment"}


class Estimated(Protocol):
    """Whatever has a share with its interval."""

    @property
    def estimate(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True)
class Leads:
    """The queries behind the numbers of clients or machines: bad, good or bad, and judged by people too."""

    bad: str
    said: str
    both: str


@dataclass(frozen=True)
class Row:
    """A segment: its name, what the three say, and where the numbers lead."""

    name: str
    sessions: int
    people: Share
    client: Said
    machine: Said
    query: str
    failed_query: str
    reviewed_query: str
    client_leads: Leads
    machine_leads: Leads


@dataclass(frozen=True)
class Table:
    """Rows of one kind of segment beside each other; their intervals share the scale from 0 to `most`."""

    by: str
    heading: str
    rows: list[Row]
    left_out: int
    whole: Row
    frame: str
    most: float

    @property
    def has_estimates(self) -> bool:
        """Whether there is anything on the scale."""
        row = self.whole
        return any(share.estimate is not None for share in (row.people, row.client, row.machine))


def outcome_table(
    project: Project, choice: Choice, by: str, sight: Sight = EVERYTHING, *, most: int = MOST_ROWS
) -> Table:
    """Eight queries, however many rows."""
    found = outcomes(project, by, condition(choice), most=most, sight=sight)
    rows = [_row(row, choice, {by: row.label} if row.label else {"known": f"no_{by}"}) for row in found.rows]
    whole = _row(found.whole, choice, {})
    shares: list[Estimated] = [share for row in [*rows, whole] for share in (row.people, row.client, row.machine)]
    return Table(by, HEADINGS[by], rows, found.left_out, whole, found.frame_in_words, scale(shares))


def scale(shares: list[Estimated]) -> float:
    """The end of the scale: a round number that most intervals stay under, so that one wide one shrinks no other."""
    highs = sorted(share.high for share in shares if share.high is not None)
    wanted = highs[int(len(highs) * 0.8)] if highs else LEAST_SCALE
    return next((step for step in STEPS if step >= min(wanted, 1)), 1.0)


def _row(row: OutcomeRow, choice: Choice, segment: dict[str, str]) -> Row:
    return Row(
        name=row.label,
        sessions=row.sessions,
        # The estimate speaks of what queues draw from; what was counted, of all the sessions that the link lists.
        people=replace(row.people, found=row.failed, reviewed=row.reviewed),
        client=row.client,
        machine=row.machine,
        query=choice.leads_to(**segment),
        failed_query=choice.leads_to(**segment, judged="failure"),
        reviewed_query=choice.leads_to(**segment, judged="told"),
        client_leads=_leads(choice, segment, "client"),
        machine_leads=_leads(choice, segment, "machine"),
    )


def _leads(choice: Choice, segment: dict[str, str], voice: str) -> Leads:
    said = {**segment, "feedback": f"{voice}_mostly"}
    return Leads(
        bad=choice.leads_to(**segment, feedback=f"{voice}_mostly_bad"),
        said=choice.leads_to(**said),
        both=choice.leads_to(**said, judged="told"),
    )
