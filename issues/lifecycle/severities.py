"""How severe an issue is, told from its failures."""

from collections.abc import Mapping, Sequence


def usual(counts: Mapping[str, int], order: Sequence[str]) -> str:
    """The severity that most failures have; of equally common ones the worse. `order`: the mildest first."""
    return max(counts, key=lambda severity: (counts[severity], order.index(severity)))
