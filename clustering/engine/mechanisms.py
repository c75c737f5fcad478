"""The registry of grouping mechanisms. A released one is frozen: results keep the name of what made them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from clustering.engine import average, linked, matching
from clustering.engine.embed import Vectors
from clustering.engine.group import Background
from clustering.engine.grouping import Grouping
from clustering.engine.links import NONE, Links
from clustering.engine.matching import Anchors, Rule


class Grouper(Protocol):
    """Which of these texts say the same thing. `vectors`: one unit row per text."""

    def __call__(self, texts: Sequence[str], vectors: Vectors, links: Links = NONE) -> Grouping: ...


class Matcher(Protocol):
    """Per row the issue that it joins by the rule, or None. `forbidden`: by row, never these issues."""

    def __call__(
        self, vectors: Vectors, anchors: Anchors, rule: Rule, forbidden: Mapping[int, frozenset[int]] | None = None
    ) -> list[matching.Match | None]: ...


@dataclass(frozen=True)
class Mechanism:
    """How failures become groups, and how new ones find their issues.

    `rule`: what joining asks for before people have taught enough.
    """

    name: str
    group: Grouper
    match_many: Matcher
    rule: Callable[[Background], Rule]


_V1 = Mechanism(name="v1", group=linked.group, match_many=matching.match_many, rule=matching.rule_of)
# Groups otherwise; new failures find their issues as before.
_V2 = replace(_V1, name="v2", group=partial(linked.group, by=average.group))
MECHANISMS = {mechanism.name: mechanism for mechanism in (_V1, _V2)}
CURRENT = "v2"


def current() -> Mechanism:
    """The mechanism that new runs use."""
    return MECHANISMS[CURRENT]
