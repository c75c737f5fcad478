"""What a step cost, by a price table, where its sender does not say. Plain values only; unknown stays None, never 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.records import SessionRecord, StepRecord
from traces.windows import counts_beside

PRICED = "priced"  # the flag of a step whose cost is an estimate
ANYTHING = "*"
MILLION = 1_000_000
# What these answer with is no text, so that no tokens come out.
ONLY_IN = frozenset({"embedding", "reranker"})
CALLS = frozenset({"llm", "embedding", "reranker"})
DIGITS = 12


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens. `model` may end with a *; a cache price of None: as any token in."""

    model: str
    usd_in: float
    usd_out: float
    usd_cache_read: float | None = None
    usd_cache_write: float | None = None

    def fits(self, model: str) -> bool:
        """Whether it is the price of this model, in whatever case it is written."""
        mine, asked = self.model.casefold(), model.casefold()
        return asked.startswith(mine.removesuffix(ANYTHING)) if mine.endswith(ANYTHING) else asked == mine


@dataclass(frozen=True)
class Usage:
    """The tokens of one call; None where the sender does not tell."""

    tokens_in: int | None
    tokens_out: int | None
    cache_read: int | None = None
    cache_write: int | None = None


def price_of(model: str, prices: Iterable[Price]) -> Price | None:
    """The price that says most of the model: its whole name, else the longest beginning of it."""
    fitting = [price for price in prices if model and price.fits(model)]
    return max(fitting, key=lambda price: (not price.model.endswith(ANYTHING), len(price.model)), default=None)


def cost_of(usage: Usage, price: Price) -> float | None:
    """US dollars; None where a count that it takes is missing."""
    if usage.tokens_in is None or usage.tokens_out is None:
        return None
    read, written = usage.cache_read or 0, usage.cache_write or 0
    is_beside = counts_beside(usage.tokens_in, read + written)
    plain = usage.tokens_in if is_beside else usage.tokens_in - read - written
    dollars = (
        plain * price.usd_in
        + read * (price.usd_in if price.usd_cache_read is None else price.usd_cache_read)
        + written * (price.usd_in if price.usd_cache_write is None else price.usd_cache_write)
        + usage.tokens_out * price.usd_out
    )
    return round(dollars / MILLION, DIGITS)


def estimate(kind: str, model: str, usage: Usage, prices: Sequence[Price]) -> float | None:
    """What a step cost by these prices; None where they do not say, or where it called no model."""
    price = price_of(model, prices)
    if price is None or (usage.tokens_in is None and usage.tokens_out is None):
        return None
    if kind in ONLY_IN and usage.tokens_out is None:
        usage = replace(usage, tokens_out=0)
    return cost_of(usage, price)


def with_prices(record: SessionRecord, prices: Sequence[Price]) -> SessionRecord:
    """The session with a cost on each step that had tokens and no cost: flagged, so that a page can say so."""
    if not prices or all(_has_all(step) for step in record.steps):
        return record
    return replace(record, steps=tuple(_priced(step, record.model, prices) for step in record.steps))


def _has_all(step: StepRecord) -> bool:
    return step.cost_usd is not None or (step.tokens_in is None and step.tokens_out is None)


def _priced(step: StepRecord, model: str, prices: Sequence[Price]) -> StepRecord:
    if _has_all(step):
        return step
    usage = Usage(step.tokens_in, step.tokens_out, step.tokens_cache_read, step.tokens_cache_write)
    own = step.model or (model if step.kind in CALLS else "")
    cost = estimate(step.kind, own, usage, prices)
    return step if cost is None else replace(step, cost_usd=cost, flags=(*step.flags, PRICED))
