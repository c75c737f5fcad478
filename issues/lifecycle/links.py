"""What was taught of pairs of failures, and what stands against it. Plain values: failures and places are numbers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from clustering.engine.links import Bundles, Pair


@dataclass(frozen=True, order=True)
class Link:
    """Two failures that belong together, or are different. `key` names who said so; a larger one was said later."""

    key: int
    first: int
    second: int
    is_together: bool

    @property
    def pair(self) -> tuple[int, int]:
        """The two failures, the smaller number first."""
        return min(self.first, self.second), max(self.first, self.second)


def violations(places: Mapping[int, int], links: Iterable[Link]) -> list[Link]:
    """The links that these places break. A failure without a place breaks none."""
    return [
        link
        for link in links
        if link.first in places
        and link.second in places
        and (places[link.first] == places[link.second]) != link.is_together
    ]


def contradictions(links: Collection[Link], new: Collection[Link]) -> list[tuple[Link, list[Link]]]:
    """Each new link that cannot hold beside `links` and the new ones before it, and those that stand against it.

    Against two that shall be together stand the links that keep their bundles apart; against two that shall be apart
    the chain of links that binds them.
    """
    held = _Held([*links, *new])
    for link in links:
        held.take(link)
    return [(link, held.against(link)) for link in new if not held.take(link)]


def implied(links: Collection[Link], failures: Iterable[int]) -> tuple[list[Pair], list[Pair]]:
    """What links say of these failures, also by way of others: pairs that belong together, and pairs that are apart.

    As few as say it all: the first of each bundle stands for it. Of links that cannot hold at once the earlier ones do.
    """
    held = _Held(links)
    for link in links:
        held.take(link)
    return held.told_of(failures)


class _Held:
    """Links that hold at once, out of those that may come."""

    def __init__(self, links: Collection[Link]) -> None:
        failures = sorted({failure for link in links for failure in link.pair})
        self._row = {failure: row for row, failure in enumerate(failures)}
        self._bundles = Bundles(len(failures))
        self._taken: list[Link] = []

    def take(self, link: Link) -> bool:
        """Whether it can hold beside those that were taken before."""
        first, second = (self._row[failure] for failure in link.pair)
        done = self._bundles.bind(first, second) if link.is_together else self._bundles.keep_apart(first, second)
        if done:
            self._taken.append(link)
        return done

    def against(self, link: Link) -> list[Link]:
        """Why it could not be taken."""
        if not link.is_together:
            return self._chain(*link.pair)
        between = self._bundles_of(link)
        return [one for one in self._taken if not one.is_together and self._bundles_of(one) == between]

    def told_of(self, failures: Iterable[int]) -> tuple[list[Pair], list[Pair]]:
        """What is implied of these failures."""
        bundles, strangers = self._bundles.numbered()
        speakers: dict[int, int] = {}
        together: list[Pair] = []
        for failure in failures:
            if failure in self._row:
                speaker = speakers.setdefault(int(bundles[self._row[failure]]), failure)
                together += [(speaker, failure)] if speaker != failure else []
        apart = [
            (speakers[one], speakers[other]) for one, other in sorted(strangers) if {one, other} <= speakers.keys()
        ]
        return together, apart

    def _bundles_of(self, link: Link) -> set[int]:
        return {self._bundles.find(self._row[failure]) for failure in link.pair}

    def _chain(self, start: int, end: int) -> list[Link]:
        """The shortest chain of links that binds the two."""
        beside: defaultdict[int, list[tuple[int, Link]]] = defaultdict(list)
        for link in self._taken:
            if link.is_together:
                beside[link.first].append((link.second, link))
                beside[link.second].append((link.first, link))
        reached: dict[int, list[Link]] = {start: []}
        waiting = [start]
        for here in waiting:
            for there, link in beside[here]:
                if there not in reached:
                    reached[there] = [*reached[here], link]
                    waiting.append(there)
        return reached[end]
