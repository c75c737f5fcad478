"""What people's decisions put together in issues, so that no proposal takes apart what somebody has just joined."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.models import Project
from issues.models import DecisionKind, IssueMembership


@dataclass(frozen=True)
class Joined:
    """Members that one decision brought into an issue (`own`), and those who stood there `before`; all still do."""

    own: frozenset[int]
    before: frozenset[int]

    def is_parted(self, leaving: Collection[int], staying: Collection[int]) -> bool:
        """Whether who leaves was brought together with who stays.

        Either the decision brought some of both; or it joined one side, or most of it, to what most of the other was.
        """
        sides = [set(leaving), set(staying)]
        if all(self.own & side for side in sides):
            return True
        return any(
            2 * len(self.own & side) >= len(side) and 2 * len(self.before & rest) >= len(self.before) > 0
            for side, rest in (sides, sides[::-1])
        )


def read_joined(project: Project, issues: Collection[int]) -> dict[int, list[Joined]]:
    """By issue's key, what each decision that is no machine's brought together there: one query."""
    rows = IssueMembership.objects.standing().filter(issue__project=project, issue__in=issues)
    fields = ("issue_id", "failure_id", "opened_by_id", "opened_by__kind")
    told: defaultdict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for issue, failure, decision, kind in rows.order_by("pk").values_list(*fields):
        told[issue].append((failure, None if kind == DecisionKind.JOIN else decision))
    return {issue: list(_joined(members)) for issue, members in told.items()}


def _joined(members: list[tuple[int, int | None]]) -> Iterable[Joined]:
    """`members`: failures in the order in which they came, each with the decision of a person that brought it.

    Who brought one failure alone said nothing of how the others belong together.
    """
    brought: defaultdict[int, list[int]] = defaultdict(list)
    for place, (_, decision) in enumerate(members):
        if decision is not None:
            brought[decision].append(place)
    for places in brought.values():
        if len(places) > 1:
            own = frozenset(members[place][0] for place in places)
            yield Joined(own, frozenset(failure for failure, _ in members[: places[0]]))
