"""What nobody has reviewed the like of, and how that is said."""

import numpy as np
import pytest

from annotate.priority.novelty import REVIEWED_NEEDED, are_far, found

ONE, OTHER, NOTHING = ([1.0, 0.0], [0.0, 1.0], [0.0, 0.0])


def vectors(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_far_is_what_is_unlike_every_reviewed_session() -> None:
    reviewed = vectors(*[ONE] * REVIEWED_NEEDED)

    assert are_far(vectors(ONE, OTHER, [0.8, 0.6], NOTHING), reviewed).tolist() == [False, True, False, False]


def test_nothing_is_far_while_little_is_reviewed() -> None:
    assert are_far(vectors(OTHER), vectors(*[ONE] * (REVIEWED_NEEDED - 1))).tolist() == [False]
    assert are_far(vectors(OTHER), np.zeros((0, 2), dtype=np.float32)).tolist() == [False]


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        (["find", "wipe", "wipe"], "It calls “wipe”, which no reviewed session did."),
        (["scan", "wipe"], "It calls “scan” and “wipe”, which no reviewed session did."),
        (["a", "b", "c", "d", "e", "f"], "It calls “a”, “b”, “c”, “d” and 2 more, which no reviewed session did."),
        (["refund", "find", "notify"], "It calls “refund” → “find” → “notify”, which no reviewed session did."),
        (["find", "refund"], "What was asked and done here is unlike every session that was reviewed."),
        ([], "What was asked and done here is unlike every session that was reviewed."),
    ],
)
def test_the_sentence_names_what_was_never_seen(calls: list[str], words: str) -> None:
    known = [["find", "refund", "notify"], ["find"]]

    assert (found(calls, known).kind, found(calls, known).sentence) == ("novel", words)
