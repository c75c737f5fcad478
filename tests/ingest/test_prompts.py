"""The system prompts of model calls, out of whatever a client sends of them."""

import json
from typing import Any

import pytest
from django.test import Client

from ingest.digest import digest_waiting
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession, Transcript

LLM = {"openinference.span.kind": "LLM", "session.id": "s"}


def messages(system: str, user: str = "Hi") -> dict[str, Any]:
    told = (("system", system), ("user", user))
    return LLM | {
        f"llm.input_messages.{place}.message.{name}": value
        for place, (role, content) in enumerate(told)
        for name, value in (("role", role), ("content", content))
    }


GENAI = {"gen_ai.operation.name": "chat", "gen_ai.conversation.id": "s"}
SHAPES: dict[str, dict[str, Any]] = {
    "OpenInference": messages("Be kind."),
    "GenAI, apart": GENAI
    | {
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be kind."}]),
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]),
    },
    "GenAI, a message": GENAI
    | {
        "gen_ai.input.messages": json.dumps(
            [
                {"role": "system", "parts": [{"type": "text", "content": "Be kind."}]},
                {"role": "user", "parts": [{"type": "text", "content": "Hi"}]},
            ]
        )
    },
}


def prompts(client: Client, secret: str, *attributes: dict[str, Any]) -> list[str]:
    spans = [span(number, attributes=each) for number, each in enumerate(attributes, start=1)]
    post(client, secret, "/v1/traces", export(*spans))
    digest_waiting()
    session = AgentSession.objects.get()
    told = Transcript.objects.get(session=session).prompts
    assert set(told) <= set(session.steps.values_list("key", flat=True))
    return list(told.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_prompts_are_read_in_every_shape(client: Client, secret: str, shape: str) -> None:
    assert prompts(client, secret, SHAPES[shape]) == ["Be kind."]


def test_a_prompt_is_told_once_where_it_begins_to_hold(client: Client, secret: str) -> None:
    calls = [messages(prompt, words) for prompt, words in (("A.", "1"), ("A.", "2"), ("B.", "3"), ("A.", "4"))]
    assert prompts(client, secret, *calls) == ["A.", "B.", "A."]


def test_a_prompt_is_bounded(client: Client, secret: str) -> None:
    assert prompts(client, secret, messages("x" * 30_000)) == ["x" * 20_000]


def test_a_call_without_a_prompt_tells_none(client: Client, secret: str) -> None:
    assert prompts(client, secret, messages("  ")) == []
