"""The detector of sessions that break off."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.unfinished import detect
from traces.records import INTERNAL, SessionFacts, StepFacts

ASKED = user("Refund A-1")


def sentences(session: SessionFacts) -> list[tuple[str, str]]:
    return [(found.step_key, found.sentence) for found in detect(session)]


def test_detect_finds_an_end_in_a_call() -> None:
    assert sentences(talk(ASKED, call("refund"))) == [
        ("k2", "The session ends in a call to “refund”: the user got no answer after it.")
    ]


@pytest.mark.parametrize(
    "name", ["task_search", "complete_order", "get_report", "submit_claim", "answer_lookup", "done_list"]
)
def test_detect_takes_no_call_for_an_answer_that_only_sounds_like_one(name: str) -> None:
    assert len(sentences(talk(ASKED, call(name)))) == 1


def test_detect_finds_an_end_in_a_failed_call() -> None:
    assert sentences(talk(ASKED, failed("refund", "boom"))) == [
        ("k2", "The session ends in an error in “refund”: “boom”.")
    ]


def test_detect_finds_a_failed_model_call_behind_the_last_words() -> None:
    broken = StepFacts(0, "", "llm", INTERNAL, name="gpt", is_error=True, error_message="500 overloaded")
    assert sentences(talk(ASKED, agent("One moment."), broken)) == [
        ("k3", "The session ends in an error in “gpt”: “500 overloaded”.")
    ]


@pytest.mark.parametrize(
    "reason", ["max_steps", "too_many_errors", "timeout", "agent_error", "length", "context_length_exceeded"]
)
def test_detect_finds_a_limit_that_the_sender_names(reason: str) -> None:
    session = talk(ASKED, agent("Let me look."), metadata={"termination_reason": reason})
    assert sentences(session) == [("k2", f"The session was cut off: “{reason.replace('_', ' ')}”.")]


def test_detect_finds_a_framework_that_stopped_the_agent() -> None:
    assert sentences(talk(ASKED, agent("Agent stopped due to iteration limit or time limit."))) == [
        ("k2", "The session was cut off: “Agent stopped due to iteration limit or time limit.”.")
    ]


def test_detect_finds_a_timed_out_model_call() -> None:
    broken = StepFacts(
        0, "", "llm", INTERNAL, is_error=True, error_type="APITimeoutError", error_message="Request timed out"
    )
    assert sentences(talk(ASKED, broken)) == [("k2", "The session was cut off: “Request timed out”.")]


def test_detect_finds_a_session_reported_as_failed() -> None:
    assert sentences(talk(ASKED, status="error")) == [("k1", "The session was reported as ended in an error.")]


def test_detect_is_weaker_for_what_the_user_did_last() -> None:
    assert [found.strength for found in detect(talk(ASKED, call("reboot", flags=("user_side",))))] == [0.4]


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(talk(ASKED, call("refund"), agent("Done.")), id="an answer follows"),
        pytest.param(talk(ASKED, agent("Done."), user("Thanks!")), id="the user closes"),
        pytest.param(talk(ASKED, call("transfer_to_human_agents")), id="handed to a person"),
        pytest.param(talk(ASKED, call("final_answer")), id="the call is the answer"),
        pytest.param(talk(ASKED, call("final_result", "null")), id="the call is the result"),
        pytest.param(talk(ASKED, call("FinalAnswer", "")), id="the call is the answer, in capitals"),
        pytest.param(talk(ASKED, call("StructuredOutput")), id="structured output"),
        pytest.param(talk(ASKED, call("return_final_report")), id="a report is returned"),
        pytest.param(talk(ASKED, call("attempt_completion")), id="the task is called complete"),
        pytest.param(talk(ASKED, call("submit_response")), id="the response is submitted"),
        pytest.param(talk(ASKED, failed("refund", "boom"), agent("That failed, sorry.")), id="an error in the middle"),
        pytest.param(talk(ASKED, agent("Done."), metadata={"termination_reason": "user_stop"}), id="the user stopped"),
        pytest.param(talk(ASKED, agent("Done."), metadata={"finish_reason": "stop"}), id="the model stopped"),
        pytest.param(talk(ASKED, agent("Done."), StepFacts(0, "", "llm", INTERNAL)), id="wrappers at the end"),
        pytest.param(
            talk(ASKED, agent("I stopped the subscription as the maximum number of users was reached.")), id="words"
        ),
        pytest.param(talk(), id="nothing"),
    ],
)
def test_detect_is_silent_for_near_misses(session: SessionFacts) -> None:
    assert list(detect(session)) == []
