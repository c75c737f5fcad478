"""Bytes that real clients sent, through the doors to the steps that a person reads."""

from collections import Counter

import pytest
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from tests.ingest.payloads import replay
from traces.models import AgentSession, Score, Step

pytestmark = pytest.mark.shared_data
WEATHER = "conv_5j66UpCpwteGg4YSxUnt7lPY"


def test_openinference_gives_one_session_of_two_turns(client: Client, project: Project, secret: str) -> None:
    assert replay(client, secret, "01_openinference_gzip", 1).status_code == 200
    assert digest_waiting() == 1

    session = AgentSession.objects.get()
    assert session.external_id == "sess-7f3a"
    assert session.traces.count() == 2
    kinds = Counter(session.steps.values_list("kind", flat=True))
    assert kinds == {"user": 2, "guardrail": 1, "retriever": 1, "llm": 4, "tool": 2, "agent": 2}
    talk = session.steps.filter(role__in=["user", "agent"])
    assert [(step.role, step.text) for step in talk] == [
        ("user", "Where is my order A-1001?"),
        ("agent", "It ships on Friday."),
        ("user", "Cancel it and refund me."),
        ("agent", "Done! Your refund is on the way."),
    ]


def test_openinference_gives_totals_names_and_the_error(client: Client, project: Project, secret: str) -> None:
    replay(client, secret, "01_openinference_gzip", 1)
    digest_waiting()

    session = AgentSession.objects.get()
    assert (session.workflow, session.release, session.environment) == ("support-agent", "2.4.1", "production")
    assert (session.user_ref, session.model, session.tags) == ("user-991", "gpt-4o-mini", ["prod", "orders"])
    assert (session.tokens_in, session.tokens_out, session.cost_usd) == (1113, 59, 0.00168)
    assert (session.status, session.closed, session.error_count, session.revision) == ("ok", True, 1, 1)
    assert (session.title, session.last_answer) == ("Where is my order A-1001?", "Done! Your refund is on the way.")
    failed = session.steps.get(is_error=True)
    assert (failed.name, failed.error_type) == ("refund_order", "ValueError")
    assert failed.error_message == "amount must be a number, got 'all'"
    assert failed.arguments == '{"order_id": "A-1001", "amount": "all"}'
    found = session.steps.get(name="get_order")
    assert (found.arguments, found.result) == ('{"order_id": "A-1001"}', '{"status": "packed", "eta": "2026-08-28"}')


def test_openinference_feedback_is_a_score_and_no_step(client: Client, project: Project, secret: str) -> None:
    replay(client, secret, "01_openinference_gzip", 1)
    digest_waiting()

    score = Score.objects.get()
    assert (score.name, score.value, score.label) == ("user_thumb", 0.0, "down")
    assert (score.explanation, score.annotator_kind) == ("did not refund", "human")
    assert score.session == AgentSession.objects.get()
    assert score.span_id == "bd96607edc75fe4d"
    assert not Step.objects.filter(name="user-feedback").exists()


def test_the_same_bytes_again_change_nothing(client: Client, project: Project, secret: str) -> None:
    for folder in ("01_openinference_gzip", "01_openinference_gzip", "02_openinference_identity"):
        assert replay(client, secret, folder, 1).status_code == 200
    assert project.raw_batches.count() == 2
    digest_waiting()

    replay(client, secret, "08_retry_503_then_ok", 1)
    replay(client, secret, "08_retry_503_then_ok", 2)
    before = list(Step.objects.order_by("pk").values())
    digest_waiting()
    assert list(Step.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_genai_joins_logs_to_spans_whichever_comes_first(
    client: Client, project: Project, secret: str, order: tuple[int, int]
) -> None:
    for number in order:
        assert replay(client, secret, "03_genai_semconv_gzip", number).status_code == 200
        digest_waiting()

    session = AgentSession.objects.get(external_id=WEATHER)
    roles = [(step.role, step.kind, step.name or step.text) for step in session.steps.all()]
    assert roles == [
        ("user", "user", "Weather in Paris? ☔"),
        ("internal", "llm", "chat gpt-4o"),
        ("tool", "tool", "get_weather"),
        ("tool", "tool", "book_hotel"),
        ("internal", "llm", "chat gpt-4o"),
        ("agent", "agent", "Trip Planner"),
    ]
    failed = session.steps.get(is_error=True)
    assert (failed.name, failed.error_type, failed.error_message) == (
        "book_hotel",
        "TimeoutError",
        "hotel API timed out after 30 s",
    )
    assert (session.tokens_in, session.tokens_out, session.error_count) == (261, 45, 1)
    score = Score.objects.get()
    assert (score.name, score.value, score.label, score.session) == ("Helpfulness", 4.0, "pass", session)


@pytest.mark.parametrize(
    ("folder", "numbers", "talk"),
    [
        ("10_openai_openinference", [1], ["user", "agent"]),
        ("11_openai_traceloop", [1], ["user", "agent"]),
        ("13_openai_otelv2_old", [1, 2], ["user", "agent"]),
        ("15_langgraph_openinference", [1], ["user", "agent", "user", "agent"]),
        ("18_vercel_ai_genai_json", [1], ["user", "agent", "user", "agent"]),
        ("21_mlflow_otlp", [1], ["user", "agent"]),
    ],
)
def test_every_client_reads_as_a_dialogue_with_tools(
    client: Client, project: Project, secret: str, folder: str, numbers: list[int], talk: list[str]
) -> None:
    for number in numbers:
        assert replay(client, secret, folder, number).status_code == 200
    digest_waiting()
    steps = Step.objects.order_by("session__started_at", "position")
    assert [step.role for step in steps if step.role in {"user", "agent"}] == talk
    assert any("A-1001" in call.arguments for call in steps.filter(role="tool", name="get_order"))
