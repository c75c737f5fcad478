"""The made-up sessions: always the same ones, varied, and wrong where the ground truth says so."""

from collections import Counter
from datetime import timedelta

from demo.ground_truth import OFTEN, SESSIONS, Mode
from demo.sending.spans import spans_of
from demo.story import tell
from demo.story.talk import Call, Turn
from demo.story.telling import NEW_RELEASE, SCENES
from tests.builders import NOON

RUNS = tell(seed=20, now=NOON)


def test_same_seed_and_time_tell_the_same_story() -> None:
    assert tell(seed=20, now=NOON) == RUNS


def test_other_seed_tells_another_story() -> None:
    assert not {run.external_id for run in tell(seed=21, now=NOON)} & {run.external_id for run in RUNS}


def test_each_failure_mode_is_there_as_often_as_promised() -> None:
    assert Counter(run.truth.mode for run in RUNS if run.truth) == OFTEN
    assert len(OFTEN) == len(Mode) == 12
    assert len(RUNS) == SESSIONS


def test_all_workflows_and_releases_are_told_within_two_weeks() -> None:
    assert {run.workflow for run in RUNS} == set(SCENES)
    assert {run.release for run in RUNS} == {"1.4.0", "1.5.0"}
    assert all(NOON - timedelta(days=14) <= run.started_at <= NOON for run in RUNS)


def test_schema_drift_comes_with_the_new_release() -> None:
    drifted = [run for run in RUNS if run.truth and run.truth.mode is Mode.SCHEMA_DRIFT]
    assert {run.release for run in drifted} == {NEW_RELEASE}


def test_no_two_sessions_read_the_same() -> None:
    told = Counter(tuple(event.text for event in run.events if isinstance(event, Turn)) for run in RUNS)
    assert max(told.values()) == 1


def test_ground_truth_names_a_tool_call_or_an_answer_of_the_agent() -> None:
    for run in RUNS:
        spans = {span.span_id: span.kind for span in spans_of(run)}
        if run.truth:
            assert spans[run.truth.root_step] in {"tool", "agent"}
            assert spans[run.truth.surfaced_step] in {"tool", "agent"}
            assert run.truth.note
            assert run.truth.expected


def test_expired_token_is_a_failed_tool_followed_by_a_claim() -> None:
    run = next(run for run in RUNS if run.truth and run.truth.mode is Mode.EXPIRED_TOKEN)
    failed = next(number for number, event in enumerate(run.events) if isinstance(event, Call) and event.error)
    after = run.events[failed + 1]
    assert run.truth is not None
    assert run.truth.root_step == run.span_id(failed)
    assert isinstance(after, Turn)
    assert after.who == "agent"


def test_loop_repeats_one_call_at_least_four_times() -> None:
    for run in RUNS:
        calls = Counter((event.tool, str(event.arguments)) for event in run.events if isinstance(event, Call))
        assert (calls.most_common(1)[0][1] >= 4) == (run.truth is not None and run.truth.mode is Mode.LOOP)
