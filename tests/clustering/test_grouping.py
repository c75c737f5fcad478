"""Runs of grouping: what they keep of their groups and of what they were about."""

import pytest

from accounts.models import Project, User
from annotate.models import Failure
from clustering.embedding import embed_waiting
from clustering.engine.embed import Embedder
from clustering.grouping import group_failures, hash_input, was_grouped
from clustering.models import GroupingRun, RunState
from clustering.queries import read_contents, read_embeddings
from tests.builders import make_failure, make_failure_type, make_review, make_session

NOTES = [
    "refund tool token expired but claimed success",
    "refund tool token expired and claimed success",
    "the refund tool token expired yet claimed success",
    "looped on search with identical arguments",
    "looped on search with identical arguments again",
    "answered in german",
]


@pytest.fixture
def failure_ids(project: Project, lead: User, word_embedder: Embedder) -> list[int]:
    review = make_review(make_session(project), lead)
    made = [make_failure(review, note=note).pk for note in NOTES]
    embed_waiting()
    return made


def test_groups_name_their_failures_words_and_cohesion(project: Project, failure_ids: list[int]) -> None:
    run, groups = group_failures(project, failure_ids)
    assert [set(group.failure_ids) for group in groups] == [set(failure_ids[:3]), set(failure_ids[3:5])]
    assert set(groups[0].notes) == set(NOTES[:3])
    assert {"token", "expired"} <= set(groups[0].words)
    assert 0.6 < groups[0].cohesion < 1
    assert (run.state, run.failure_count, run.group_count, run.mechanism) == (RunState.DONE, 6, 2, "v2")


def test_a_run_remembers_what_it_was_about(project: Project, failure_ids: list[int]) -> None:
    rows = read_contents(project, failure_ids)
    assert was_grouped(project, hash_input(rows)) is False
    group_failures(project, failure_ids)
    assert was_grouped(project, hash_input(rows[::-1])) is True
    assert was_grouped(project, hash_input(rows[1:])) is False


def test_a_type_given_later_counts_at_once_and_asks_for_another_run(project: Project, failure_ids: list[int]) -> None:
    first, _, third = failure_ids[:3]
    before = read_embeddings(project).vectors
    group_failures(project, failure_ids)
    kind = make_failure_type(project)
    Failure.objects.filter(pk__in=[first, third]).update(failure_type=kind)
    contents = read_contents(project, failure_ids)
    assert contents[0] == (first, f"[{kind.name}] {NOTES[0]}")
    assert was_grouped(project, hash_input(contents)) is False
    after = read_embeddings(project).vectors
    assert after[0] @ after[2] > before[0] @ before[2]
    assert after[0] @ after[1] < before[0] @ before[1]


def test_a_part_and_the_whole_of_a_project_are_compared_alike(project: Project, failure_ids: list[int]) -> None:
    for name, pk in zip(("Loop", "Guess"), failure_ids[:2], strict=True):
        Failure.objects.filter(pk=pk).update(failure_type=make_failure_type(project, name=name))
    whole, part = read_embeddings(project), read_embeddings(project, failure_ids[1:2])
    assert part.vectors[0].tolist() == whole.vectors[1].tolist()


def test_grouping_nothing_leaves_a_record_and_no_groups(project: Project) -> None:
    run, groups = group_failures(project, [])
    assert (GroupingRun.objects.get(), groups) == (run, [])
