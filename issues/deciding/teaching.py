"""What a decision teaches of failures, and what others taught that stands against it."""

from collections.abc import Collection, Iterable

from django.utils.timezone import localtime

from common.errors import Refused
from issues.lifecycle.links import Link, contradictions, violations
from issues.models import Constraint, ConstraintKind, Decision, Issue
from issues.queries.links import about, places_of, standing_links

MOST_NAMED = 3
Pair = tuple[int, int]


def teach(
    decision: Decision,
    *,
    together: Collection[Pair] = (),
    apart: Collection[Pair] = (),
    moved: Collection[int] = (),
    overrule: bool = False,
) -> None:
    """Remembers pairs of failures, after those that `moved` stand where they stand now. The project is locked.

    Raises Refused, naming who said what, where places or pairs contradict what was taught before; with `overrule` that
    ends instead.
    """
    links = standing_links(decision.project_id)
    new = _new_links(together, apart, links)
    named = {*moved, *(failure for link in new for failure in link.pair)}
    near = about(links, named)
    against = {link.key for link in violations(places_of(near), near)}
    against |= _in_the_way(links, against, new)
    if against and not overrule:
        raise Refused(f"{_who_said(against)} To do it all the same, overrule what was said.", field="constraint")
    Constraint.objects.filter(pk__in=against).update(ended_by=decision)
    _store(decision, new)


def teach_again(decision: Decision, ended: Iterable[Constraint]) -> None:
    """Remembers what another decision had ended, as far as nothing stands against it now. The project is locked."""
    links = standing_links(decision.project_id)
    again = [_link(row) for row in ended]
    known = {link.pair for link in links}
    broken = set(violations(places_of(again), again))
    possible = [link for link in again if link.pair not in known and link not in broken]
    impossible = {link for link, _ in contradictions(links, possible)}
    _store(decision, [link for link in possible if link not in impossible])


def broken_by(decision: Decision, moved: Collection[int]) -> str:
    """Who taught what the failures that moved break now; empty where they break nothing."""
    near = standing_links(decision.project_id, moved)
    return _who_said({link.key for link in violations(places_of(near), near)})


def who_keeps_apart(one: Issue, other: Issue) -> str:
    """Who said of failures of the one and of the other that they are different; empty where nobody did."""
    links = standing_links(one.project_id)
    places, both = places_of(links), {one.pk, other.pk}
    return _who_said(
        {link.key for link in links if not link.is_together and {places.get(pk) for pk in link.pair} == both}
    )


def _new_links(together: Iterable[Pair], apart: Iterable[Pair], links: Iterable[Link]) -> list[Link]:
    """The pairs as links, those left out that are known already. They were said last, but have no key yet."""
    known = {(link.pair, link.is_together) for link in links}
    wanted = [(pair, True) for pair in together] + [(pair, False) for pair in apart]
    unique = dict.fromkeys(((min(pair), max(pair)), kind) for pair, kind in wanted if pair[0] != pair[1])
    return [Link(0, *pair, kind) for pair, kind in unique if (pair, kind) not in known]


def _link(row: Constraint) -> Link:
    return Link(row.pk, row.first_id, row.second_id, row.kind == ConstraintKind.TOGETHER)


def _in_the_way(links: Collection[Link], gone: Collection[int], new: Collection[Link]) -> set[int]:
    """The keys of the links that have to end before the new ones can hold; of a chain the one that was said last."""
    ended: set[int] = set()
    while found := contradictions([link for link in links if link.key not in {*gone, *ended}], new):
        for link, against in found:
            ended |= {one.key for one in against} if link.is_together else {max(against).key}
    return ended


def _store(decision: Decision, links: Iterable[Link]) -> None:
    Constraint.objects.bulk_create(
        Constraint(
            project=decision.project,
            kind=ConstraintKind.TOGETHER if link.is_together else ConstraintKind.APART,
            first_id=link.pair[0],
            second_id=link.pair[1],
            taught_by=decision,
        )
        for link in links
    )


def _who_said(keys: Collection[int]) -> str:
    """A sentence for each decision that taught one of these."""
    rows = Constraint.objects.filter(pk__in=keys).select_related("taught_by__actor").order_by("-taught_by", "kind")
    told = dict.fromkeys((row.taught_by, ConstraintKind(row.kind)) for row in rows)
    sentences = [_sentence(decision, kind) for decision, kind in told]
    more = [f"And {len(sentences) - MOST_NAMED} more."] if len(sentences) > MOST_NAMED else []
    return " ".join([*sentences[:MOST_NAMED], *more])


def _sentence(decision: Decision, kind: ConstraintKind) -> str:
    day = localtime(decision.created_at)
    return f"{decision.who} said on {day.day} {day:%b} that these {kind.label.lower()} ({decision.said})."
