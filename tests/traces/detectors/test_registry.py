"""What every detector keeps to."""

import inspect
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traces.detectors
from traces.detectors import DETECTORS, LABELS, Detector, about_of, label_of, least_of
from traces.records import SessionFacts, StepFacts

steps = st.builds(
    StepFacts,
    position=st.just(1),
    key=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["tool", "llm", "user", "agent", "retriever"]),
    role=st.sampled_from(["tool", "user", "agent", "internal"]),
    name=st.sampled_from(["", "search", "refund"]),
    text=st.text(),
    arguments=st.text() | st.just('{"id": 1}'),
    result=st.text()
    | st.sampled_from(["[]", '{"error": [[]]}', '{"status": true}', "Error", '{"content": [{"text": 1}]}']),
    is_error=st.booleans(),
    error_message=st.text(),
    error_type=st.text(),
)


def test_detectors_are_found_by_the_folder() -> None:
    files = {path.stem for path in Path(traces.detectors.__file__).parent.glob("*.py")} - {"__init__"}
    assert {detector.name for detector in DETECTORS} == files


def test_kinds_belong_to_one_detector_each() -> None:
    assert sum(len(detector.labels) for detector in DETECTORS) == len(LABELS)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: str(detector.name))
def test_detector_tells_of_each_kind_on_what_it_fires(detector: Detector) -> None:
    assert detector.about.keys() == detector.labels.keys()
    assert all(sentence.endswith(".") and "." not in sentence[:-1] for sentence in detector.about.values())


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: str(detector.name))
def test_limits_are_arguments_of_the_same_default_within_their_range(detector: Detector) -> None:
    _, *arguments = inspect.signature(detector.detect).parameters.values()
    defaults = {name: limit.default for name, limit in detector.thresholds.items()}
    assert {one.name: one.default for one in arguments} == defaults
    assert all(limit.lowest <= limit.default <= limit.highest for limit in detector.thresholds.values())


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: str(detector.name))
def test_no_limit_of_a_detector_is_named_as_a_least_strength_is(detector: Detector) -> None:
    assert len(detector.movable) == len(detector.thresholds) + len(detector.labels)
    assert not any(name.startswith(least_of("")) for name in detector.thresholds)


def test_about_of_a_kind_of_another_app_and_of_one_that_nobody_knows() -> None:
    assert about_of("novel") == "What the agent did is far from everything that was reviewed so far."
    assert about_of("like_this") == "Like this."


def test_label_of_a_kind_that_no_detector_writes_is_readable() -> None:
    assert (label_of("tool_loop"), label_of("like_this")) == ("Going in circles", "Like this")


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: str(detector.name))
@given(st.lists(steps, max_size=12))
def test_detector_takes_any_steps_and_keeps_its_promises(detector: Detector, some: list[StepFacts]) -> None:
    for found in detector.detect(SessionFacts(steps=tuple(some), metadata={"finish_reason": 3})):
        assert found.kind in detector.labels
        assert 0 <= found.strength <= 1
        assert found.step_key in {"", *(step.key for step in some)}
        assert found.sentence.endswith(".")
