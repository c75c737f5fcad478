"""Nothing private reaches the database through any door, and what is put in its place holds a session together."""

from io import BytesIO
from typing import Any

import orjson
import pytest
from django.test import Client
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.importing import import_stream
from ingest.models import Intake, RawBatch, RedactionCount, RedactionRule, RefusedRequest
from ingest.redaction import Redactor, redact_body
from ingest.storing.batches import body_of
from tests.builders import make_project
from tests.ingest.payloads import JSON, PROTOBUF, export, post, span
from traces.models import AgentSession, Step

MAIL = "ada@example.com"


@pytest.fixture
def rules(project: Project) -> Intake:
    return Intake.objects.create(project=project, redact=["email", "card"])


def talk(number: int = 1, words: str = f"I am {MAIL}", **attributes: Any) -> bytes:
    said = {"openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user"}
    said |= {"llm.input_messages.0.message.content": words, "session.id": "s-1", **attributes}
    return export(span(number, attributes=said))


def protobuf() -> bytes:
    request = ExportTraceServiceRequest()
    one = request.resource_spans.add().scope_spans.add().spans.add()
    one.trace_id, one.span_id, one.name = b"\1" * 16, b"\2" * 8, f"mail to {MAIL}"
    one.start_time_unix_nano, one.end_time_unix_nano = 1_795_000_000_000_000_000, 1_795_000_001_000_000_000
    pair = one.attributes.add()
    pair.key, pair.value.string_value = "input.value", orjson.dumps({"to": [MAIL]}).decode()
    number = one.attributes.add()
    number.key, number.value.int_value = "pan", 4111111111111111
    nested = one.attributes.add()
    nested.key = "deep"
    nested.value.kvlist_value.values.add(key="a").value.array_value.values.add().string_value = MAIL
    event = one.events.add(name="exception")
    event.attributes.add(key="exception.message").value.bytes_value = MAIL.encode()
    return request.SerializeToString()


def stored_bytes() -> bytes:
    return b"".join(body_of(batch) for batch in RawBatch.objects.all())


def test_trace_is_stored_without_private_words(client: Client, secret: str, rules: Intake) -> None:
    assert post(client, secret, "/v1/traces", talk()).status_code == 200
    digest_waiting()
    assert MAIL.encode() not in stored_bytes()
    assert next(step.text for step in Step.objects.filter(role="user")).startswith("I am [email ")
    assert AgentSession.objects.get().external_id == "s-1"


def test_protobuf_is_stored_without_private_words(client: Client, secret: str, rules: Intake) -> None:
    assert post(client, secret, "/v1/traces", protobuf(), PROTOBUF).status_code == 200
    held = stored_bytes()
    assert MAIL.encode() not in held
    one = ExportTraceServiceRequest.FromString(held).resource_spans[0].scope_spans[0].spans[0]
    assert (one.trace_id, one.span_id) == (b"\1" * 16, b"\2" * 8)
    assert orjson.loads(one.attributes[0].value.string_value)["to"][0].startswith("[email ")
    assert one.attributes[1].value.string_value.startswith("[card ")


def test_own_json_is_stored_without_private_words(client: Client, secret: str, rules: Intake) -> None:
    body = {
        "session": {"id": "s-1"},
        "steps": [{"kind": "tool", "name": "x", "arguments": {"to": MAIL}, "latency_ms": 5}],
    }
    assert post(client, secret, "/api/v1/sessions/", orjson.dumps(body)).status_code == 202
    digest_waiting()
    assert MAIL.encode() not in stored_bytes()
    step = Step.objects.get()
    assert orjson.loads(step.arguments)["to"].startswith("[email ")
    assert step.latency_ms == 5


def test_lines_are_redacted_one_by_one(client: Client, secret: str, rules: Intake) -> None:
    line = orjson.dumps({"session": {"id": "a"}, "steps": [{"kind": "user", "text": MAIL}]})
    other = orjson.dumps({"session": {"id": "b"}, "steps": [{"kind": "user", "text": "hi"}]})
    response = post(client, secret, "/api/v1/sessions/", line + b"\n" + other + b"\n", "application/x-ndjson")
    assert response.status_code == 202
    assert MAIL.encode() not in stored_bytes()
    digest_waiting()
    assert AgentSession.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/scores/", {"name": "thumb", "value": 1, "session_id": "s", "explanation": MAIL}),
        ("/api/public/scores", {"id": "1", "name": "thumb", "value": 1, "traceId": "t", "comment": MAIL}),
        (
            "/v1/span_annotations",
            {"data": [{"name": "x", "annotator_kind": "HUMAN", "span_id": "1" * 16, "result": {"explanation": MAIL}}]},
        ),
    ],
)
def test_score_is_stored_without_private_words(
    client: Client, secret: str, rules: Intake, path: str, body: dict[str, Any]
) -> None:
    assert post(client, secret, path, orjson.dumps(body)).status_code in {200, 202}
    held = stored_bytes()
    assert MAIL.encode() not in held
    assert b"[email " in held


def test_multipart_parts_stay_parts() -> None:
    content = orjson.dumps({"messages": [MAIL]})
    head = b'--b\r\nContent-Disposition: form-data; name="post.1.inputs"\r\nContent-Type: application/json'
    body = head + b"; length=%d\r\n\r\n" % len(content) + content + b"\r\n--b--\r\n"
    new = redact_body(Redactor(b"k", ["email"]).start(), "runs", "multipart/form-data; boundary=b", body)
    part = new.split(b"\r\n\r\n")[1].removesuffix(b"\r\n--b--\r\n")
    assert orjson.loads(part)["messages"][0].startswith("[email ")
    assert b"length=%d\r\n" % len(part) in new


def test_session_named_by_a_person_stays_one_session(client: Client, secret: str, rules: Intake) -> None:
    for number in (1, 2):
        sent = talk(number, "hello", **{"session.id": MAIL}).replace(b"a" * 32, bytes(str(number), "ascii") * 32)
        assert post(client, secret, "/v1/traces", sent).status_code == 200
    digest_waiting()
    assert AgentSession.objects.get().external_id.startswith("[email ")


def test_same_body_again_is_still_the_same(client: Client, secret: str, rules: Intake) -> None:
    for _ in range(2):
        post(client, secret, "/v1/traces", talk())
    assert RawBatch.objects.count() == 1
    assert RedactionCount.objects.get().times == 1


def test_counts_say_how_often_and_never_what(client: Client, secret: str, project: Project, rules: Intake) -> None:
    RedactionRule.objects.create(project=project, name="Cases", pattern=r"CASE-\d+", replacement="[case]")
    post(client, secret, "/v1/traces", talk(words=f"{MAIL} CASE-1 CASE-2"))
    assert dict(RedactionCount.objects.values_list("rule", "times")) == {"email": 1, "Cases": 2}


def test_rule_that_is_off_does_nothing(client: Client, secret: str, project: Project, rules: Intake) -> None:
    RedactionRule.objects.create(project=project, name="Cases", pattern=r"CASE-\d+", is_on=False)
    post(client, secret, "/v1/traces", talk(words="CASE-1"))
    assert b"CASE-1" in stored_bytes()


def test_another_projects_rules_do_not_apply(client: Client, secret: str) -> None:
    Intake.objects.create(project=make_project("other"), redact=["email"])
    post(client, secret, "/v1/traces", talk())
    assert MAIL.encode() in stored_bytes()
    assert not RedactionCount.objects.exists()


def test_endless_rule_withholds_and_the_batch_is_taken(
    client: Client, secret: str, project: Project, rules: Intake
) -> None:
    RedactionRule.objects.create(project=project, name="Bomb", pattern=r"(?:a|aa)+$")
    assert post(client, secret, "/v1/traces", talk(words="a" * 40 + "!"), JSON).status_code == 200
    assert b"[withheld: redaction took too long]" in stored_bytes()
    assert b"a" * 40 + b"!" not in stored_bytes()


def fill(message: Any, depth: int = 0) -> None:
    """Writes the address into every text that a message and those in it can hold."""
    for one in message.DESCRIPTOR.fields:
        holder = getattr(message, one.name)
        if one.message_type is not None and depth < 12:
            fill(holder.add() if one.is_repeated else holder, depth + 1)
        elif one.type == one.TYPE_STRING and one.is_repeated:
            holder.append(MAIL)
        elif one.type == one.TYPE_STRING:
            setattr(message, one.name, MAIL)
    if message.DESCRIPTOR.name == "AnyValue":
        message.string_value = MAIL


@pytest.mark.parametrize(
    ("signal", "kind"), [("traces", ExportTraceServiceRequest), ("logs", ExportLogsServiceRequest)]
)
def test_no_text_of_protobuf_is_forgotten(signal: str, kind: type[Any]) -> None:
    request = kind()
    fill(request)
    body = request.SerializeToString()
    assert body.count(MAIL.encode()) > 10
    assert MAIL.encode() not in redact_body(Redactor(b"key", ["email"]).start(), signal, PROTOBUF, body)


def test_reasons_and_programs_name_nobody(client: Client, secret: str, rules: Intake) -> None:
    good = {"session": {"id": "s-1"}, "steps": [{"kind": "user", "text": "hi"}]}
    bad = {"steps": [{"kind": "user", "key": MAIL}, {"kind": "user", "key": MAIL}]}
    for value in ([good, bad], bad):
        client.post(
            "/api/v1/sessions/",
            orjson.dumps(value),
            content_type=JSON,
            headers={"Authorization": f"Bearer {secret}", "User-Agent": MAIL},
        )
    digest_waiting()
    batch = RawBatch.objects.get()
    told = [batch.reason, batch.source, *RefusedRequest.objects.values_list("reason", flat=True)]
    told += RefusedRequest.objects.values_list("source", flat=True)
    assert len(told) == 6
    assert all(one.count("[email ") == 1 and MAIL not in one for one in told)


@pytest.mark.parametrize("path", ["/api/v1/sessions/", "/v1/traces"])
def test_body_that_rules_make_unreadable_is_refused_and_not_lost(
    client: Client, secret: str, project: Project, path: str
) -> None:
    Intake.objects.create(project=project)
    pattern = r"order-\d" if path.startswith("/api") else "scopeSpans"
    RedactionRule.objects.create(project=project, name="Orders", pattern=pattern, replacement="[redacted]")
    steps = [{"kind": "tool", "key": "order-1"}, {"kind": "tool", "key": "order-2"}]
    body = orjson.dumps({"steps": steps}) if path.startswith("/api") else talk()
    answer = post(client, secret, path, body)
    assert answer.status_code == 400
    assert b"redaction rules leave 0 of 1 items readable" in answer.content
    assert not RawBatch.objects.exists()


@pytest.mark.parametrize("path", ["/api/v1/sessions/", "/v1/traces"])
def test_body_for_which_rules_have_no_time_is_refused(
    client: Client, secret: str, project: Project, rules: Intake, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.redaction.rules.Redaction.ran_out", True)
    body = orjson.dumps({"steps": [{"kind": "user", "text": "hi"}]}) if path.startswith("/api") else talk()
    answer = post(client, secret, path, body)
    assert answer.status_code == 413
    assert b"no time for all of this body" in answer.content
    assert not RawBatch.objects.exists()


def test_line_of_a_file_for_which_rules_have_no_time_is_refused(
    project: Project, rules: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.redaction.rules.Redaction.ran_out", True)
    report = import_stream(project, BytesIO(orjson.dumps({"steps": [{"kind": "user", "text": "hi"}]})))
    assert (report.sessions_added, report.refused_count) == (0, 1)
    assert "had no time" in str(report.refused[0])
