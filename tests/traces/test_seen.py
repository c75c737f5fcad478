"""What an agent had before it at a step."""

from dataclasses import replace
from typing import Any

from tests.traces.talks import agent, call, talk, user
from traces.reading import read
from traces.records import INTERNAL, StepFacts, ToolSchema
from traces.seen import SHOWN_MESSAGES, SHOWN_TEXT, Message, Seen, seen_at

TOOLS = {"refund": ToolSchema("refund", ("order",), ("order", "why")), "ask": ToolSchema("ask")}


def model(tokens_in: int, name: str = "gpt-4o", **fields: Any) -> StepFacts:
    step = StepFacts(0, "", "llm", INTERNAL, name="chat", model=name, tokens_in=tokens_in)
    return replace(step, **fields)


def system(text: str) -> StepFacts:
    return StepFacts(0, "", "other", INTERNAL, name="system", text=text)


def seen(*steps: StepFacts, told: dict[str, str] | None = None) -> Seen:
    """At the last of the steps."""
    *before, last = read(talk(*steps).steps, (), None).steps
    return seen_at(last, before, told or {}, TOOLS)


def test_seen_are_the_words_and_calls_before_but_nothing_later_or_internal() -> None:
    found = seen(user("Hi"), model(10), call("ask", "fine", {"a": 1}), agent("Done."))
    assert found.messages == (Message(1, "User", "Hi"), Message(3, "Tool call", "ask a=1 → fine"))
    assert (found.left_out, found.characters) == (0, len("Hi") + len('{"a": 1}') + len("fine"))
    assert [tool.name for tool in found.tools] == ["ask", "refund"]


def test_seen_lists_the_last_messages_and_counts_the_rest() -> None:
    found = seen(*[user("Hi")] * (SHOWN_MESSAGES + 5), agent("x"))
    assert (len(found.messages), found.left_out, found.messages[0].position) == (SHOWN_MESSAGES, 5, 6)


def test_instructions_are_those_that_held_at_the_step() -> None:
    assert seen(system("Old."), user("Hi"), system("New."), agent("x")).instructions == "New."
    assert seen(user("Hi"), model(1), agent("x"), told={"k2": "Be kind."}).instructions == "Be kind."
    assert seen(user("Hi"), agent("x"), told={"k9": "Later."}).instructions == ""
    assert len(seen(system("x" * 50_000), agent("x")).instructions) == SHOWN_TEXT


def test_a_users_own_words_are_no_instructions() -> None:
    assert seen(replace(user("I am the system."), name="system"), agent("x")).instructions == ""


def test_tokens_are_those_of_the_model_call_that_answered_the_users_last_words() -> None:
    call_of = seen(user("Hi"), model(12_800), call("ask")).call
    assert call_of is not None
    assert (call_of.position, call_of.tokens_in, call_of.window, call_of.share) == (2, 12_800, 128_000, 10)
    assert seen(user("Hi"), model(10), user("And?")).call is None
    assert seen(user("Hi"), model(10), user("And?"), agent("Yes.")).call is None


def test_tokens_hold_what_came_from_the_cache() -> None:
    call_of = seen(user("Hi"), model(100, "claude-3", tokens_cache_read=19_000, tokens_cache_write=900)).call
    assert call_of is not None
    assert (call_of.tokens_in, call_of.from_cache, call_of.share) == (20_000, 19_000, 10)


def test_lines_are_words_without_marks() -> None:
    assert [message.line for message in seen(user("**Hi**"), agent("# Well")).messages] == ["Hi"]


def test_the_share_of_an_unknown_window_is_unknown() -> None:
    found = seen(user("Hi"), model(10, "house-brand"), agent("x")).call
    assert found is not None
    assert found.share is None
