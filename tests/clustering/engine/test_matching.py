"""Many failures at once against the anchors of all issues."""

import numpy as np
import pytest

from clustering.engine.embed import Vectors
from clustering.engine.group import Background
from clustering.engine.matching import (
    EXEMPLARS,
    Match,
    Rule,
    anchors_of,
    match_many,
    pick_exemplars,
    rank_many,
    rule_of,
    score_many,
)
from tests.clustering.engine.vectors import clouds, shuffled, unit

X, Y = unit([1, 0]), unit([0, 1])
OPEN = Rule(threshold=0.5, margin=0.05)


def rank(vector: Vectors, issues: dict[int, Vectors]) -> list[Match]:
    """One failure and one issue after the other."""
    cosines = {issue: rows @ vector for issue, rows in issues.items()}
    scores = sorted((-float(near.max() + near.mean()) / 2, issue) for issue, near in cosines.items())
    behind = [*(score for score, _ in scores[1:]), 1.0]
    return [Match(issue, -score, after - score) for (score, issue), after in zip(scores, behind, strict=True)]


def test_scores_are_those_of_one_issue_after_the_other() -> None:
    texts, vectors = clouds([6, 5, 4])
    issue_of = [{"mode0": 11, "mode1": 5, "mode2": 7}[text.split()[0]] for text in texts]
    anchors = anchors_of(vectors, issue_of, [True] * len(texts))
    by_issue = {issue: vectors[np.array(issue_of) == issue] for issue in (5, 7, 11)}
    for row, ranked in enumerate(rank_many(vectors, anchors)):
        expected = rank(vectors[row], by_issue)
        assert [found.issue for found in ranked] == [found.issue for found in expected]
        assert [found.score for found in ranked] == pytest.approx([found.score for found in expected], abs=1e-6)
        assert [found.margin for found in ranked] == pytest.approx([found.margin for found in expected], abs=1e-6)


def test_scores_in_pieces_are_the_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, vectors = clouds([6, 5, 4])
    anchors = anchors_of(vectors, [int(text[4]) for text in texts], [False] * len(texts))
    whole = score_many(vectors, anchors)
    monkeypatch.setattr("clustering.engine.matching.CELLS", 40)
    assert score_many(vectors, anchors) == pytest.approx(whole, abs=1e-6)


def test_the_mean_is_over_all_members_and_peoples_exemplars_come_first() -> None:
    anchors = anchors_of(np.concatenate([X, Y, Y]), [3, 3, -1], [False, True, True])
    assert anchors.rows.tolist() == [[0, 1], [1, 0]]
    assert anchors.means.tolist() == [[0.5, 0.5]]
    assert anchors.issues == (3,)
    assert anchors_of(np.concatenate([X, Y]), [3, 3], [False, False]).rows.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(("people", "expected"), [(3, 3), (EXEMPLARS, EXEMPLARS), (EXEMPLARS + 9, EXEMPLARS)])
def test_machines_fill_up_the_exemplars_that_people_left_open(people: int, expected: int) -> None:
    _, vectors = clouds([60])
    by_person = [row < people for row in range(60)]
    anchors = anchors_of(vectors, [1] * 60, by_person)
    taught = {tuple(row) for row in vectors[:people].tolist()}
    assert len({tuple(row) for row in anchors.rows.tolist()}) == EXEMPLARS
    assert sum(tuple(row) in taught for row in anchors.rows.tolist()) == expected


def test_matches_in_pieces_are_the_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, vectors = clouds([6, 5, 4])
    anchors = anchors_of(vectors, [int(text[4]) for text in texts], [False] * len(texts))
    never = {row: frozenset({row % 3}) for row in range(0, 15, 2)}
    whole = match_many(vectors, anchors, OPEN, never)
    monkeypatch.setattr("clustering.engine.matching.CELLS", 40)
    assert [found and found.issue for found in match_many(vectors, anchors, OPEN, never)] == [
        found and found.issue for found in whole
    ]
    assert len({found and found.issue for found in whole}) > 2


def test_exemplars_are_few_and_the_same_in_any_order() -> None:
    _, vectors = clouds([60])
    order = shuffled(60, 4)
    chosen = pick_exemplars(vectors)
    assert len(chosen) == EXEMPLARS
    assert np.array_equal(chosen, pick_exemplars(vectors[order]))


def test_exemplars_are_spread() -> None:
    chosen = pick_exemplars(np.concatenate([np.tile(X, (40, 1)), Y]))
    assert chosen[1].tolist() == Y[0].tolist()


def test_match_needs_a_score_and_a_lead() -> None:
    near = anchors_of(unit([1, 0.2], [1, 0.21]), [1, 2], [True, True])
    clear = anchors_of(unit([1, 0.2], [0, 1]), [1, 2], [True, True])
    assert match_many(X, near, OPEN) == [None]
    [found] = match_many(X, clear, OPEN)
    assert found is not None
    assert (found.issue, found.second) == (1, 2)
    assert found.margin == pytest.approx(found.score)
    assert match_many(X, clear, Rule(threshold=0.99, margin=0.0)) == [None]


def test_a_forbidden_issue_is_neither_joined_nor_a_rival() -> None:
    anchors = anchors_of(unit([1, 0.2], [1, 0.21]), [1, 2], [True, True])
    [first, second] = match_many(np.concatenate([X, X]), anchors, OPEN, {0: frozenset({1}), 1: frozenset({1, 2, 9})})
    assert first is not None
    assert (first.issue, first.second) == (2, None)
    assert second is None


def test_of_equally_near_issues_the_lower_number_comes_first() -> None:
    anchors = anchors_of(unit([1, 0], [0, 1], [1, 0]), [5, 3, 2], [True] * 3)
    [ranked] = rank_many(X, anchors, most=2)
    assert [(found.issue, found.margin, found.second) for found in ranked] == [(2, 0, 5), (5, 1, 3)]
    assert match_many(X, anchors, Rule(0.5, 0.0)) == [Match(2, 1.0, 0.0, 5)]


def test_nothing_matches_where_there_are_no_issues() -> None:
    anchors = anchors_of(X, [-1], [True])
    assert match_many(X, anchors, OPEN) == [None]
    assert rank_many(X, anchors) == [[]]


def test_joining_asks_for_more_than_founding() -> None:
    background = Background(0.12, 0.12, 100)
    assert rule_of(background) == Rule(background.threshold(0.5), 0.05)
