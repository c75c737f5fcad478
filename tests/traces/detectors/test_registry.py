"""What every detector keeps to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traces.detectors
from traces.detectors import DETECTORS, LABELS, Detector, label_of
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
