"""Rules that come later, applied to what is stored: no byte of it keeps a private word, and it reads as before."""

from io import StringIO

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.models import Intake, RawBatch, TracePart
from ingest.storing.batches import body_of
from ingest.storing.parts import read_part
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession, Score, Signal, Step

MAIL = "ada@example.com"


@pytest.fixture
def stored(client: Client, secret: str, project: Project) -> AgentSession:
    said = {
        "openinference.span.kind": "LLM",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": f"I am {MAIL}",
        "llm.input_messages.1.message.role": "system",
        "llm.input_messages.1.message.content": f"Write to {MAIL}",
        "session.id": MAIL,
        "user.id": MAIL,
    }
    post(client, secret, "/v1/traces", export(span(1, attributes=said, status={"code": 2, "message": f"no {MAIL}"})))
    score = {"name": "thumb", "value": 1, "session_id": MAIL, "explanation": f"said {MAIL}"}
    post(client, secret, "/api/v1/scores/", orjson.dumps([score, score | {"session_id": "unknown"}]))
    digest_waiting()
    session = AgentSession.objects.get()
    Signal.objects.create(session=session, kind="x", strength=1, sentence=f"“{MAIL}”")
    return session


def everything() -> str:
    """All that is stored, as text."""
    rows = [list(model._default_manager.order_by("pk").values()) for model in (AgentSession, Score, Signal, Step)]
    words = [(session.words, session.transcript.prompts) for session in AgentSession.objects.all()]
    parts = [read_part("", part.payload) for part in TracePart.objects.all()]
    return str([rows, words, parts, [body_of(batch) for batch in RawBatch.objects.all()]])


def run(*more: str) -> str:
    out = StringIO()
    call_command("redact_stored", "--project", "acme", *more, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_nothing_keeps_a_private_word(stored: AgentSession, project: Project) -> None:
    Intake.objects.create(project=project, redact=["email"])
    assert everything().count(MAIL) > 8
    assert "email: " in run()
    assert MAIL not in everything()
    session = AgentSession.objects.get()
    assert session.external_id == session.user_ref
    assert next(words.text for words in session.words.values() if words.text).startswith("I am [email ")


def test_dry_run_changes_nothing(stored: AgentSession, project: Project) -> None:
    Intake.objects.create(project=project, redact=["email"])
    before = everything()
    assert "times found" in run("--dry-run")
    assert everything() == before


def test_second_run_finds_nothing(stored: AgentSession, project: Project) -> None:
    Intake.objects.create(project=project, redact=["email"])
    run()
    assert run() == "Nothing was found.\n"


def test_late_span_finds_its_session(client: Client, secret: str, stored: AgentSession, project: Project) -> None:
    Intake.objects.create(project=project, redact=["email"])
    run()
    post(client, secret, "/v1/traces", export(span(2, attributes={"session.id": MAIL})))
    digest_waiting()
    assert AgentSession.objects.get().pk == stored.pk
    assert MAIL not in everything()


def test_project_without_rules_is_told_so(stored: AgentSession) -> None:
    with pytest.raises(CommandError, match="No rule is on"):
        run()
