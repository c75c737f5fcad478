import pytest

from accounts.models import Project, User
from clustering.embedding import embed_waiting
from clustering.engine.embed import Embedder
from clustering.grouping import group_failures, hash_input, was_grouped
from clustering.models import GroupingRun, RunState
from clustering.queries import read_contents
from tests.builders import make_failure, make_review, make_session

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
    assert (run.state, run.failure_count, run.group_count, run.mechanism) == (RunState.DONE, 6, 2, "v1")


def test_a_run_remembers_what_it_was_about(project: Project, failure_ids: list[int]) -> None:
    rows = read_contents(project, failure_ids)
    assert was_grouped(project, hash_input(rows)) is False
    group_failures(project, failure_ids)
    assert was_grouped(project, hash_input(rows[::-1])) is True
    assert was_grouped(project, hash_input(rows[1:])) is False


def test_grouping_nothing_leaves_a_record_and_no_groups(project: Project) -> None:
    run, groups = group_failures(project, [])
    assert (GroupingRun.objects.get(), groups) == (run, [])
