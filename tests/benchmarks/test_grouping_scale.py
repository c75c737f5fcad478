"""Made-up crowds: as far from the notes as rewording is, distinct, and the same for a seed."""

import random

import numpy as np
import pytest

from benchmarks.grouping_scale import Change, crowd_of, exponent, moved, reword, summary
from tests.clustering.engine.vectors import unit

NOTES = [("Claimed a refund that failed", "a"), ("Called search again", "b"), ("Spoke German", "c")]
VECTORS = unit(*np.eye(8)[:3].tolist())


def change() -> Change:
    directions = unit(*np.random.default_rng(1).normal(size=(50, 8)).tolist())
    return Change(np.linspace(0.6, 0.9, 50, dtype=np.float32), directions)


def test_moved_rows_are_unit_and_at_their_cosines() -> None:
    rows, cosines = np.array([0, 1, 2, 0]), np.array([0.5, 0.7, 0.9, 1], dtype=np.float32)
    found = moved(VECTORS, rows, change(), cosines, np.random.default_rng(1))

    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.einsum("ij,ij->i", found, VECTORS[rows]) == pytest.approx(cosines, abs=1e-5)


def test_a_crowd_is_distinct_and_the_same_for_a_seed() -> None:
    first, again = (crowd_of(NOTES, VECTORS, change(), 60, seed=1) for _ in range(2))

    assert len(set(first.texts)) == len(first.labels) == len(first.vectors) == 60
    assert (first.texts, first.labels) == (again.texts, again.labels)
    assert (first.vectors == again.vectors).all()


def test_reworded_notes_keep_most_words() -> None:
    words = [f"word{number}" for number in range(400)]
    found = reword(" ".join(words), random.Random(1)).split()  # noqa: S311 - no cryptography

    assert 0.6 * len(words) < len(set(words) & set(found)) < 0.9 * len(words)


def test_exponent_is_that_of_the_law() -> None:
    sizes = [{"n": n, "group_cpu": 1e-4 * n**1.1} for n in (20_000, 100_000, 300_000)]

    assert exponent(sizes) == pytest.approx(1.1, abs=0.001)
    assert exponent(sizes[:1]) is None


def test_summary_tells_the_worst_case_beside_the_size_that_it_has() -> None:
    one = {"n": 100_000, "group_cpu": 5.0, "peer": {"group_cpu": 99.0}}
    told = summary({"mechanism": "v2", "exponent": 1.0, "sizes": [one], "worst": {"n": 100_000, "group_cpu": 22.0}})
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines() if line.startswith("|")]
    cpu = rows[0].index("CPU s")

    assert {row[0]: row[cpu] for row in rows[2:]} == {"v2": "5", "bertopic": "99", "v2, worst": "22"}
