"""The demo's failures, told in varied human words by people, and what really went wrong in each."""

from datetime import UTC, datetime

import pytest

from clustering.engine.compare import join_types
from clustering.engine.embed import Embedder, Vectors
from clustering.engine.group import group
from clustering.engine.mask import comparable
from demo.ground_truth import FAILURE_TYPES, GroundTruth, Mode
from demo.story import tell
from tests.clustering.engine.vectors import shuffled

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def told(seed: int) -> list[GroundTruth]:
    return [run.truth for run in tell(seed=seed, now=NOW) if run.truth]


def compared(truths: list[GroundTruth], embedder: Embedder) -> tuple[list[str], Vectors]:
    texts = [comparable(truth.note) for truth in truths]
    types = [FAILURE_TYPES[truth.mode] for truth in truths]
    contents = [f"[{kind}] {text}" for kind, text in zip(types, texts, strict=True)]
    return contents, join_types(embedder.embed(texts), types, sorted(set(types)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_two_refund_modes_share_no_group(embedder: Embedder, seed: int) -> None:
    truths = told(seed)
    found = [{truths[row].mode for row in rows} for rows in group(*compared(truths, embedder)).groups]
    both = {Mode.EXPIRED_TOKEN, Mode.REFUND_OVER_POLICY}
    assert set.union(*found) >= both
    assert [modes for modes in found if modes >= both] == []


@pytest.mark.slow
def test_twenty_orders_of_the_story_give_one_partition(embedder: Embedder) -> None:
    contents, vectors = compared(told(1), embedder)
    seen = set()
    for seed in range(20):
        order = shuffled(len(contents), seed)
        found = group([contents[row] for row in order], vectors[order])
        seen.add(frozenset(frozenset(order[row] for row in rows) for rows in found.groups))
    assert len(seen) == 1
