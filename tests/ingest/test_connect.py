"""The Connect page: what it says to copy works as it stands there, and it sees by itself that something came."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts.models import ApiKey, Project, Scope
from ingest.digest import digest_waiting
from ingest.models import BatchState, RawBatch
from ingest.views.snippets import ways_for
from tests.builders import make_key, make_project, make_session
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession, Score

WORDS = ["Please refund order A-1.", "Done! Your refund is on its way."]


def snippet(name: str, root: str = "http://testserver", key: str = "YOUR_KEY") -> str:
    found = {one.id: one.text for way in ways_for(root, "acme") for one in way.snippets}
    return found[name].replace("YOUR_KEY", key)


def variables(text: str) -> dict[str, str]:
    """What a shell would export."""
    return dict(re.findall(r'^export (\w+)="?([^"\n]*)"?$', text, re.MULTILINE))


def run(code: str, **environment: str) -> None:
    """Runs it as a reader would, in a process of its own."""
    subprocess.run(  # noqa: S603 # our own snippets
        [sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60, cwd="/", env={"PATH": "", **environment}
    )


def spoken() -> tuple[str, list[str]]:
    digest_waiting()
    session = AgentSession.objects.get()
    return session.external_id, [step.text for step in session.steps.all() if step.text]


@pytest.fixture
def live_key(transactional_db: None) -> str:
    return make_key(make_project(), Scope.INGEST)


# --- the examples -------------------------------------------------------------------------------


def test_opentelemetry_example_makes_a_session(live_server: LiveServer, live_key: str) -> None:
    run(snippet("otel-python", live_server.url, live_key))
    assert spoken() == ("first-try", WORDS)


def test_opentelemetry_variables_are_enough(live_server: LiveServer, live_key: str) -> None:
    code = snippet("otel-python").replace(
        re.findall(r"OTLPSpanExporter\(.*\)", snippet("otel-python"))[0], "OTLPSpanExporter()"
    )
    run(code, **variables(snippet("otel-env", live_server.url, live_key)))
    assert spoken() == ("first-try", WORDS)


def test_openinference_example_names_the_session(live_server: LiveServer, live_key: str) -> None:
    traced = """
from openinference.instrumentation import OITracer, TraceConfig
tracer = OITracer(provider.get_tracer("library"), TraceConfig())
def run_your_agent(question):
    with tracer.start_as_current_span("agent", openinference_span_kind="agent") as turn:
        turn.set_input(question)
        turn.set_output("Done! Your refund is on its way.")
"""
    set_up = snippet("openinference-python", live_server.url, live_key)
    run(f"{set_up}\n{traced}\n{snippet('openinference-session')}\nprovider.shutdown()")
    assert spoken() == ("chat-17", WORDS)


def test_langfuse_example_makes_a_session(live_server: LiveServer, live_key: str) -> None:
    run(snippet("langfuse-python"), **variables(snippet("langfuse-env", live_server.url, live_key)))
    assert spoken() == ("first-try", WORDS)


def test_json_example_makes_a_session(client: Client, project: Project, secret: str) -> None:
    _send(client, secret, snippet("json-curl"))
    assert spoken() == ("first-try", WORDS)


def test_score_example_finds_the_session_of_the_json_example(client: Client, project: Project, secret: str) -> None:
    for name in ("scores-curl", "json-curl"):
        _send(client, secret, snippet(name))
        digest_waiting()
    score = Score.objects.get()
    assert (score.name, score.value, score.annotator_kind) == ("user-feedback", 0, "human")
    assert score.session == AgentSession.objects.get()


def _send(client: Client, secret: str, curl: str) -> None:
    path = re.findall(r"curl http://testserver(\S+)", curl)[0]
    body = re.findall(r"-d '(.*)'", curl, re.DOTALL)[0]
    assert json.loads(body)
    assert post(client, secret, path, body.encode()).status_code == 202


@pytest.mark.parametrize(
    "one", [one for way in ways_for("http://x", "acme") for one in way.snippets], ids=lambda o: o.id
)
def test_python_example_can_be_parsed(one: Any) -> None:
    if "import " in one.text and not one.text.startswith(("//", "export")):
        compile(one.text, one.id, "exec")
    assert "@" not in one.text.replace("@opentelemetry", "").replace("@mlflow", "")


def test_every_way_says_how_a_session_is_named_and_holds_one_key_word(lead_client: Client) -> None:
    page = lead_client.get(reverse("connect", args=["acme"])).content.decode()
    for way in ways_for("http://testserver", "acme"):
        assert way.session
        assert f'id="{way.id}"' in page
    assert len(set(re.findall(r'<pre class="snippet" id="([\w-]+)"', page))) == sum(
        len(way.snippets) for way in ways_for("x", "y")
    )


# --- arrival ------------------------------------------------------------------------------------


def arrival(client: Client, seen: str = "") -> Any:
    return client.get(reverse("connect", args=["acme"]), {"seen": seen}, headers={"HX-Request": "true"})


def test_page_turns_green_by_itself(lead_client: Client, client: Client, project: Project, secret: str) -> None:
    before = arrival(lead_client).content.decode()
    assert "Nothing has arrived yet" in before
    seen = re.findall(r"seen=([\d.]+)", before)[0]
    assert arrival(lead_client, seen).status_code == 204
    attributes = {"session.id": "s-1", "input.value": "Refund?", "openinference.span.kind": "AGENT"}
    post(client, secret, "/v1/traces", export(span(1, attributes=attributes)))
    assert "Something has come" in arrival(lead_client, seen).content.decode()
    digest_waiting()
    after = arrival(lead_client, seen).content.decode()
    assert "Sessions arrive" in after
    assert reverse("session_page", args=["acme", AgentSession.objects.get().pk]) in after
    assert "openinference" in after
    assert "notice warn" not in after


def test_page_says_that_no_span_names_a_session_and_that_none_has_words(
    lead_client: Client, client: Client, secret: str
) -> None:
    post(client, secret, "/v1/traces", export(span(1, attributes={"gen_ai.operation.name": "chat"})))
    digest_waiting()
    page = arrival(lead_client).content.decode()
    assert "No span names a session" in page
    assert "There are no words in it" in page


def test_page_says_that_what_came_could_not_be_read(lead_client: Client, client: Client, secret: str) -> None:
    post(client, secret, "/v1/traces", export(span(1)))
    RawBatch.objects.update(state=BatchState.FAILED)
    page = arrival(lead_client).content.decode()
    assert "It could not be read" in page
    assert reverse("ingest_health", args=["acme"]) in page


def test_page_sees_nothing_of_another_project(lead_client: Client, project: Project) -> None:
    make_session(make_project("other"))
    assert "Nothing has arrived yet" in arrival(lead_client).content.decode()


def test_page_holds_this_address_and_slug(lead_client: Client) -> None:
    page = lead_client.get(reverse("connect", args=["acme"])).content.decode()
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://testserver\n" in page
    assert "import_sessions FILE --project acme" in page
    assert not ApiKey.objects.exists()
