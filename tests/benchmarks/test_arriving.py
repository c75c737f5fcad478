"""Failures that come one by one: what moves, what keeps its number, and what is proposed at the end."""

import numpy as np
import pytest

from benchmarks._agreement import Groups
from benchmarks._arriving import Project, moved, run_through, stream
from benchmarks._labelled import Labelled
from clustering.engine.embed import Vectors
from tests.benchmarks.grouping_of_words import BY_WORD
from tests.clustering.engine.vectors import clouds, shuffled


def failures() -> tuple[list[str], list[str], Vectors]:
    """Texts of six modes, their modes and vectors."""
    texts, vectors = clouds([120, 90, 60, 30, 20, 5])
    return texts, [text.split()[0] for text in texts], vectors


class Rederiving(Project):
    """Throws all issues away every hundred and founds others."""

    def group_pool(self) -> None:
        self.issue_of[:] = -1
        super().group_pool()


def labelled() -> tuple[Labelled, Vectors]:
    texts, labels, vectors = failures()
    return Labelled(tuple(texts), tuple(labels), np.arange(len(texts)), len(texts)), vectors


@pytest.mark.parametrize(("kind", "churns"), [(Project, False), (Rederiving, True)])
def test_churn_is_measured_and_not_assumed(kind: type[Project], *, churns: bool) -> None:
    texts, labels, vectors = failures()
    course = run_through(kind(texts, vectors, BY_WORD), labels, shuffled(len(texts), 1))

    assert (max(course.churn) > 0) is churns


def test_placed_texts_move_only_by_answers() -> None:
    texts, labels, vectors = failures()
    project = Project(texts, vectors, BY_WORD)
    project.arrived = list(range(len(texts)))
    project.found(range(40))
    project.found(range(40, 120))
    before = project.issue_of.copy()
    project.answer_merges(labels, 5)

    assert moved(before, project.issue_of) == 80 / 120
    assert set(project.issue_of[:120].tolist()) == {0}


def test_a_declined_merge_is_not_suggested_again() -> None:
    texts, labels, vectors = failures()
    project = Project(texts, vectors, BY_WORD)
    project.found(range(120))
    project.found(range(120, 210))
    project.answer_merges(labels, 5)

    assert project.apart == {(0, 1)}
    assert sorted(np.unique(project.issue_of)) == [-1, 0, 1]


def test_numbers_are_never_used_twice() -> None:
    texts, _, vectors = failures()
    project = Project(texts, vectors, BY_WORD)
    project.found([0, 1])
    project.found([2, 3])
    project.merge(0, 1)
    project.found([4, 5])

    assert project.issue_of[:6].tolist() == [0, 0, 0, 0, 2, 2]


def test_a_repeated_text_joins_its_issue_whatever_the_rule() -> None:
    project = Project(["same", "same", "other", "same"], np.eye(4, dtype=np.float32), BY_WORD)
    for row in (0, 1, 2):
        project.arrive(row)
    project.found([0, 1])
    project.arrive(3)

    assert project.issue_of.tolist() == [0, 0, -1, 0]


def test_stream_tells_the_end_the_orders_and_what_moved() -> None:
    told = stream(*labelled(), BY_WORD, seed=1)

    assert told["ari"] == told["orders"] == told["identity"] == 1
    assert told["churn"] == {"per_100": 0, "by_proposals": 0}
    assert told["end_after_maintenance"]["ari"] == 1


def test_maintenance_accepts_what_is_proposed() -> None:
    texts, labels, vectors = failures()
    project = Project(texts, vectors, BY_WORD)
    project.arrived = list(range(len(texts)))
    project.found(range(60))
    project.found(range(60, 120))
    project.found(range(120, 270))
    project.maintain()

    assert _modes(project.issue_of, labels) == sorted((mode,) for mode in set(labels))


def _modes(issue_of: Groups, labels: list[str]) -> list[tuple[str, ...]]:
    """Of each issue."""
    issues = np.unique(issue_of[issue_of >= 0])
    return sorted(tuple(sorted({labels[row] for row in np.flatnonzero(issue_of == issue)})) for issue in issues)
