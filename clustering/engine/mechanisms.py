"""The registry of grouping mechanisms. A released one is frozen: results keep the name of what made them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clustering.engine.embed import Vectors
from clustering.engine.group import Background, Grouping, group
from clustering.engine.match import Match, match


@dataclass(frozen=True)
class Mechanism:
    """How failures become groups, and how a new one finds its issue."""

    name: str
    group: Callable[[Sequence[str], Vectors], Grouping]
    match: Callable[[Vectors, Mapping[int, Vectors], float], Match | None]
    joining: Callable[[Background], float]


def _joining_v1(background: Background) -> float:
    """Joining an issue asks for half a deviation more than founding a group does."""
    return background.threshold(0.5)


MECHANISMS = {"v1": Mechanism(name="v1", group=group, match=match, joining=_joining_v1)}
CURRENT = "v1"


def current() -> Mechanism:
    """The mechanism that new runs use."""
    return MECHANISMS[CURRENT]
