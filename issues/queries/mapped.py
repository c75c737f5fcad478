"""What the map of all failures shows: where each lies, and by what it can be coloured."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from accounts.models import Project
from annotate.models import Failure, FailureType
from annotate.queries.blind import Sight
from clustering.models import Layout
from clustering.queries import read_places
from issues.lifecycle import State
from issues.models import Issue
from issues.queries.withholding import standing

SCALE = 32767
NOTHING = -1
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True)
class Mapped:
    """A project's map as columns, one value per failure; `issue`, `type` and `workflow` are places in the lists below.

    `x` and `y`: whole numbers within ±SCALE. Lists have the most common first; NOTHING: in no issue, without a type.
    """

    failures: list[int] = field(default_factory=list)
    x: list[int] = field(default_factory=list)
    y: list[int] = field(default_factory=list)
    issue: list[int] = field(default_factory=list)
    type: list[int] = field(default_factory=list)
    workflow: list[int] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    workflows: list[str] = field(default_factory=list)
    missing: int = 0


def seen_failures(project: Project, sight: Sight) -> Any:
    """The project's failures that nobody withdrew and that the reader may see."""
    return Failure.objects.filter(sight.of(), project=project, withdrawn_at=None)


def read_map(project: Project, sight: Sight) -> Mapped:
    """All that the reader may see of the map: five queries, however many failures there are."""
    found = read_places(project)
    rows = list(seen_failures(project, sight).order_by("pk").values_list("pk", "failure_type", "session__workflow"))
    if found is None:
        return Mapped(missing=len(rows))
    _, places = found
    shown = [row for row in rows if row[0] in places]
    issue_of = dict(standing(sight).filter(issue__project=project).values_list("failure_id", "issue_id"))
    issues, issue = _as_places([issue_of.get(pk) for pk, *_ in shown])
    types, kind = _as_places([kind for _, kind, _ in shown])
    workflows, workflow = _as_places([workflow or None for *_, workflow in shown])
    return Mapped(
        failures=[pk for pk, *_ in shown],
        x=[round(places[pk][0] * SCALE) for pk, *_ in shown],
        y=[round(places[pk][1] * SCALE) for pk, *_ in shown],
        issue=issue,
        type=kind,
        workflow=workflow,
        issues=_named_issues(project, issues),
        types=_named_types(project, types),
        workflows=workflows,
        missing=len(rows) - len(shown),
    )


def _as_places(values: Sequence[Value | None]) -> tuple[list[Value], list[int]]:
    """The distinct values, the most common first, and of each value its place among them."""
    counts = Counter(value for value in values if value is not None)
    known = [value for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))]
    place: Mapping[Value | None, int] = {value: number for number, value in enumerate(known)}
    return known, [place.get(value, NOTHING) for value in values]


def _named_issues(project: Project, keys: Collection[int]) -> list[dict[str, Any]]:
    rows = Issue.objects.filter(project=project).values_list("pk", "number", "title", "state")
    found = {pk: {"number": number, "title": title, "state": State(state).label} for pk, number, title, state in rows}
    return [found[key] for key in keys]


def _named_types(project: Project, keys: Collection[int]) -> list[str]:
    names = dict(FailureType.objects.filter(project=project).values_list("pk", "name"))
    return [names[key] for key in keys]


def read_notes(project: Project, failure_ids: Collection[int], sight: Sight) -> list[Failure]:
    """Those of the failures that the reader may see, with what a note is shown with, in the order of the ids asked."""
    shown = ("session", "failure_type")
    rows = seen_failures(project, sight).filter(pk__in=failure_ids).select_related(*shown)
    found = {failure.pk: failure for failure in rows}
    return [found[pk] for pk in failure_ids if pk in found]


def issues_of(failure_ids: Collection[int], sight: Sight) -> dict[int, Issue]:
    """By failure the issue that it stands in."""
    rows: Any = standing(sight).filter(failure__in=failure_ids).select_related("issue")
    return {row.failure_id: row.issue for row in rows}


def find_layout(project: Project) -> Layout | None:
    """When the project's map was drawn, and whether somebody is at it; None before anybody began."""
    return Layout.objects.filter(project=project).defer("failures", "places").first()
