"""Reads of decisions: what each moved, and why it may not be undone."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, Max, QuerySet

from issues.models import Decision, Issue, IssueMembership, Source

MOST_ROWS = 1000


def as_told(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """The same with the rows that their histories name."""
    return decisions.select_related("actor", "undone_by")


def with_moves(decisions: Sequence[Decision]) -> Sequence[Any]:
    """Gives decisions what histories show of them; four queries for all.

    `entered` and `left`: how many failures each put into issues and took out; `score`: how sure the machine was, where
    it placed just one; `hindrance` and `may_undo`: why it may not be undone, and whether it may be tried.
    """
    entered = _counted(entered_by(decisions), "opened_by")
    left = _counted(left_by(decisions), "closed_by")
    hindered = hindrances(decisions)
    told: Sequence[Any] = decisions
    for decision in told:
        decision.entered, score = entered.get(decision.pk, (0, None))
        decision.left, _ = left.get(decision.pk, (0, None))
        decision.score = score if decision.entered == 1 else None
        decision.hindrance = hindered[decision.pk]
        decision.may_undo = not decision.hindrance
    return told


def entered_by(decisions: Iterable[Decision]) -> QuerySet[IssueMembership]:
    """The rows that these decisions began; what was left out of an issue never was in it."""
    return IssueMembership.objects.filter(opened_by__in=list(decisions)).exclude(source=Source.REFUSED)


def left_by(decisions: Iterable[Decision]) -> QuerySet[IssueMembership]:
    """The rows that these decisions ended."""
    return IssueMembership.objects.filter(closed_by__in=list(decisions)).exclude(source=Source.REFUSED)


def first_rows(rows: QuerySet[IssueMembership]) -> list[IssueMembership]:
    """The first of them by failure, each with its issue: one query."""
    return list(rows.select_related("issue").order_by("failure", "pk")[:MOST_ROWS])


def _counted(rows: QuerySet[IssueMembership], by: str) -> dict[int, tuple[int, float | None]]:
    """By decision, how many rows and the highest score among them."""
    counted = rows.order_by().values(by).annotate(count=Count("pk"), score=Max("score"))
    return {pk: (count, score) for pk, count, score in counted.values_list(by, "count", "score")}


def hindrances(decisions: Collection[Decision]) -> dict[int, str]:
    """By decision, why it may not be undone; empty where it may be tried. Two queries for all."""
    undone = {one.undoes_id: one for one in Decision.objects.select_related("actor").filter(undoes__in=decisions)}
    targets = {decision.pk: merged_into(decision) for decision in decisions}
    wanted = {key for keys in targets.values() for key in keys}
    issues = Issue.objects.select_related("merged_into").in_bulk(wanted)
    return {
        decision.pk: f"{undone[decision.pk].who} undid this already."
        if decision.pk in undone
        else _gone(issues[key] for key in sorted(targets[decision.pk]))
        for decision in decisions
    }


def _gone(targets: Iterable[Issue]) -> str:
    for target in targets:
        if target.merged_into is not None:
            return f"ISS-{target.number} was merged into ISS-{target.merged_into.number} since. Undo that first."
        if target.withdrawn_at is not None:
            return f"ISS-{target.number} was taken back since."
    return ""


def merged_into(decision: Decision) -> set[int]:
    """The keys of the issues that it merged others into, or from which it took them apart."""
    values = [change[side].get("merged_into_id") for change in changes_of(decision) for side in ("before", "after")]
    return {value for value in values if value is not None}


def changes_of(decision: Decision) -> list[dict[str, Any]]:
    """What it changed of issues themselves, as `deciding.changing` writes it."""
    return list(decision.detail.get("changes", []))
