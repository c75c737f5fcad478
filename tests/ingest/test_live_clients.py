"""The real SDKs of Langfuse and Phoenix, over a socket, to the steps and scores that a person reads."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from langfuse import Langfuse, propagate_attributes
from opentelemetry.sdk.trace import TracerProvider
from phoenix.client import Client as PhoenixClient
from pytest_django.live_server_helper import LiveServer

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from tests.builders import make_key, make_project
from traces.models import AgentSession, Score

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home() -> Project:
    return make_project()


@pytest.fixture
def key(home: Project) -> str:
    return make_key(home, Scope.INGEST)


@pytest.fixture
def langfuse(live_server: LiveServer, key: str) -> Iterator[Langfuse]:
    """A client of its own for each test, by the public key under which the SDK remembers it."""
    with httpx.Client() as connections:
        client = Langfuse(
            public_key=f"pk-{key[-8:]}",
            secret_key=key,
            base_url=live_server.url,
            tracer_provider=TracerProvider(),
            httpx_client=connections,
        )
        yield client
        client.shutdown()


@pytest.fixture
def phoenix(live_server: LiveServer, key: str) -> Iterator[PhoenixClient]:
    with httpx.Client(base_url=live_server.url, headers={"Authorization": f"Bearer {key}"}) as connections:
        yield PhoenixClient(http_client=connections)


def test_langfuse_sdk_traces_and_scores(langfuse: Langfuse, home: Project, caplog: pytest.LogCaptureFixture) -> None:
    assert langfuse.auth_check()
    with (
        caplog.at_level(logging.WARNING, logger="langfuse"),
        langfuse.start_as_current_observation(name="support", as_type="agent", input="Where is A-1?") as agent,
        propagate_attributes(session_id="chat-1", user_id="u-9"),
    ):
        with langfuse.start_as_current_observation(name="answer", as_type="generation", model="gpt-4o") as model:
            model.update(output="On its way.", usage_details={"input": 12, "output": 3})
            model.score(name="correctness", value=0.25, comment="not quite")
        with langfuse.start_as_current_observation(name="get_order", as_type="tool", input={"id": "A-1"}) as tool:
            tool.update(output={"status": "packed"})
        agent.update(output="It is on its way.")
        agent.score_trace(name="user-feedback", value=0, data_type="BOOLEAN", score_id="fb-1")
    langfuse.create_score(name="resolved", value="no", session_id="chat-1", data_type="CATEGORICAL")
    langfuse.flush()
    digest_waiting()
    assert [record.message for record in caplog.records] == []

    session = AgentSession.objects.get()
    assert (session.external_id, session.user_ref) == ("chat-1", "u-9")
    assert (session.model, session.tokens_in, session.tokens_out) == ("gpt-4o", 12, 3)
    assert session.steps.get(kind="tool").name == "get_order"
    scores = {score.name: score for score in Score.objects.all()}
    assert {score.session for score in scores.values()} == {session}
    assert {name: (score.value, score.label) for name, score in scores.items()} == {
        "correctness": (0.25, ""),
        "user-feedback": (0.0, ""),
        "resolved": (None, "no"),
    }
    assert session.steps.get(span_id=scores["correctness"].span_id).name == "answer"


def test_phoenix_client_annotates_all_three(phoenix: PhoenixClient, home: Project) -> None:
    given = phoenix.spans.add_span_annotation(
        span_id="00f067aa0ba902b7",
        annotation_name="thumb",
        identifier="fb-1",
        annotator_kind="HUMAN",
        label="poor",
        score=0.1,
        sync=True,
    )
    phoenix.traces.add_trace_annotation(
        trace_id="a" * 32, annotation_name="quality", annotator_kind="LLM", explanation="did not help"
    )
    phoenix.sessions.add_session_annotation(session_id="chat-1", annotation_name="mood", label="cross")
    digest_waiting()

    assert given is not None
    scores = {score.name: score for score in Score.objects.all()}
    assert scores["thumb"].identity.startswith(given["id"])
    assert {name: (s.span_id, s.trace_id, s.external_id) for name, s in scores.items()} == {
        "thumb": ("00f067aa0ba902b7", "", ""),
        "quality": ("", "a" * 32, ""),
        "mood": ("", "", "chat-1"),
    }
    assert (scores["thumb"].value, scores["thumb"].label, scores["thumb"].annotator_kind) == (0.1, "poor", "human")
    assert (scores["quality"].explanation, scores["quality"].annotator_kind) == ("did not help", "llm")
