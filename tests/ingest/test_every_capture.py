"""Every capture of a real client and every export in the shared data, as the conversation it must become.

The figures were taken from the captures by other means: by reading them, and by summing what their own leaves say.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.importing import import_file
from tests.conftest import SHARED_DATA
from tests.ingest.payloads import replay
from traces.models import AgentSession, Score, Step

pytestmark = pytest.mark.shared_data
EXPORTS = SHARED_DATA / "sessions" / "otel"
ORDER, SHIPS = "Where is order A-1001?", "Order A-1001 ships on Friday."
YEAR = "Find what year it is in the America/New_York timezone"
LANGFUSE = "What is Langfuse?"


@dataclass(frozen=True)
class Told:
    """One session: who speaks, its steps by kind, its tools in order (`!` failed), usage, first and last words."""

    talk: str
    kinds: dict[str, int]
    first: str
    last: str
    tools: str = ""
    tokens: tuple[int | None, int | None] = (None, None)
    cost: float | None = None
    external_id: str = ""
    errors: int = 0
    scores: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capture:
    """The requests of one client, by number, and the sessions in them by the time they began."""

    folder: str
    sessions: list[Told]
    numbers: list[int] = field(default_factory=lambda: [1])

    def __str__(self) -> str:
        return self.folder


SUPPORT = Told(
    talk="user agent user agent",
    kinds={"user": 2, "guardrail": 1, "retriever": 1, "llm": 4, "tool": 2, "agent": 2},
    first="Where is my order A-1001?",
    last="Done! Your refund is on the way.",
    tools="get_order refund_order!",
    tokens=(1113, 59),
    cost=0.00168,
    external_id="sess-7f3a",
    errors=1,
    scores=("user_thumb",),
)
REFUND = Told(
    talk="user agent",
    kinds={"user": 1, "retriever": 1, "llm": 1, "tool": 1, "guardrail": 1, "agent": 1},
    first="Refund A-1001",
    last="Your refund is on the way.",
    tools="refund!",
    tokens=(210, 30),
    cost=0.0004,
    external_id="sess-lf-1",
    errors=1,
)
CAPTURES = [
    Capture("01_openinference_gzip", [SUPPORT]),
    Capture("02_openinference_identity", [SUPPORT]),
    Capture(
        "03_genai_semconv_gzip",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "llm": 2, "tool": 2, "agent": 1},
                first="Weather in Paris? ☔",
                last="Rainy, 14 °C. I could not book the hotel.",
                tools="get_weather book_hotel!",
                tokens=(261, 45),
                external_id="conv_5j66UpCpwteGg4YSxUnt7lPY",
                errors=1,
                scores=("Helpfulness",),
            ),
            Told(talk="", kinds={"other": 1}, first="", last=""),
        ],
        numbers=[1, 2],
    ),
    Capture("05_langfuse_v5", [REFUND]),
    Capture("07_langfuse_v3", [REFUND]),
    Capture(
        "10_openai_openinference",
        [Told("user agent", {"user": 1, "other": 1, "llm": 2, "tool": 1}, ORDER, SHIPS, "get_order", (243, 36))],
    ),
    Capture(
        "11_openai_traceloop",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "agent": 2, "llm": 2, "tool": 1},
                first=ORDER,
                last=SHIPS,
                tools="get_order",
                tokens=(247, 36),
                external_id="sess-tl-1",
            )
        ],
    ),
    Capture(
        "13_openai_otelv2_old",
        [Told("user agent", {"user": 1, "other": 1, "llm": 2, "tool": 1}, ORDER, SHIPS, "get_order", (247, 36))],
        numbers=[2, 1],
    ),
    Capture(
        "14_openllmetry_legacy_0.40",
        [
            Told("user", {"user": 1, "llm": 1, "tool": 1}, "Where is A-1001?", "", "get_order", (121, 18)),
            Told("user agent", {"user": 1, "llm": 1, "tool": 1}, "Where is A-1001?", SHIPS, "get_order", (122, 18)),
        ],
    ),
    Capture(
        "15_langgraph_openinference",
        [
            Told(
                talk="user agent user agent",
                kinds={"user": 2, "agent": 6, "chain": 18, "llm": 4, "tool": 2},
                first=ORDER,
                last=SHIPS,
                tools="get_order get_order",
                tokens=(490, 72),
                external_id="sess-lg-1",
            )
        ],
    ),
    Capture(
        "18_vercel_ai_genai_json",
        [
            Told("user agent", {"user": 1, "agent": 1, "chain": 2, "llm": 2, "tool": 1}, ORDER, SHIPS, tools, tokens)
            for tools, tokens in (("get_order", (243, 36)), ("get_order!", (247, 36)))
        ],
    ),
    Capture(
        "21_mlflow_otlp",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "tool": 2, "llm": 1, "agent": 1},
                first="Where is A-1001?",
                last="ships Friday",
                tools="get_order get_order!",
                tokens=(121, 18),
                errors=1,
            )
        ],
    ),
]
STEPS_ANSWER = '{"steps":'
EXPORTED = [
    Capture("otlp/trace.json", [Told("", {"other": 1}, "", "")]),
    Capture(
        "langfuse/beeai-2025-08-01.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "agent": 18, "llm": 5, "tool": 3, "chain": 3},
                first="I'm planning a trip to Barcelona, Spain.",
                last="Barcelona is a vibrant city known for its rich cultural heritage",
                tools="tool.search.wikipedia.start tool.search.wikipedia.finish tool.search.wikipedia.success",
                tokens=(5542, None),
                cost=0.0008313,
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/claude-agent-2025-12-22.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "chain": 1, "llm": 4, "tool": 2},
                first="What's the weather like in Berlin and New York?",
                last="Great! Here's the current weather for both cities:",
                tools="mcp__weather__get_weather mcp__weather__get_weather",
                tokens=(34, 232),
                cost=0.003582,
                scores=("correctness", "hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/csharp-agent-with-gemini-2026-03-09.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "other": 3, "llm": 3, "tool": 2},
                first="What are my month over month performance insights the past quarter",
                last="I couldn't retrieve the month-over-month performance insights",
                tools="get_custom_report final_result",
                tokens=(8047, 414),
                cost=0.0034491,
                external_id="9714061f-20c0-4d98-9220-1dc7df15c3c2",
            )
        ],
    ),
    Capture(
        "langfuse/google-adk-2025-08-28.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "chain": 1, "agent": 1, "llm": 2, "tool": 1},
                first="hi",
                last="Hello Langfuse 👋!",
                tools="say_hello",
                tokens=(67, 9),
                cost=0.0000103,
                external_id="demo-session",
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/google-gemini-2025-08-01.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "llm": 1},
                first=LANGFUSE,
                last="**Langfuse** is an **open-source observability",
                tokens=(6, 2055),
                cost=0.005139299999,
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/koog-2025-08-26.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "agent": 2, "other": 5, "llm": 2, "tool": 2},
                first="Greet and say goodbye to the user in the same message.",
                last="Hello my darling Bob! And, bye my dear Bob!",
                tools="ByeTool HelloTool",
                tokens=(215, 125),
                cost=0.0017875,
            )
        ],
    ),
    Capture(
        "langfuse/langgraph-python-2025-08-22.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "other": 6, "llm": 2, "tool": 1},
                first="Search the web for 'example' and summarize.",
                last='The search for "example" primarily leads to the website',
                tools="Web-Search",
                tokens=(168, 66),
                cost=0.000234,
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/microsoft-agent-2025-12-17.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "agent": 1, "llm": 2, "tool": 1},
                first="What's the weather in Tokyo?",
                last="Current conditions in Tokyo, Japan: stormy, high around 23°C.",
                tools="get_weather",
                tokens=(293, 106),
                cost=0.00028525,
                scores=("correctness", "hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/openai-agents-2025-09-30.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "agent": 2, "llm": 2, "tool": 1},
                first="What's the weather in Tokyo?",
                last="The weather in Tokyo is currently sunny.",
                tools="get_weather",
                tokens=(140, 44),
                cost=0.000632,
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    Capture(
        "langfuse/pydantic-ai-with-gemini-2025-12-24.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "llm": 1},
                first="what is 1+1?",
                last='{"answer": "2"',
                tokens=(40, 159),
                cost=0.0004095,
            )
        ],
    ),
    Capture(
        "langfuse/vertex-ai-2025-08-01.trace.json",
        [
            Told(
                talk="user agent",
                kinds={"user": 1, "llm": 1},
                first=LANGFUSE,
                last="**Langfuse** is an **open-source observability",
                tokens=(5, 845),
                cost=0.00085,
                scores=("hallucination", "toxicity"),
            )
        ],
    ),
    *(
        Capture(
            f"any_agent/{name}_trace.json",
            [
                Told(
                    talk="user agent",
                    kinds={"user": 1, "agent": 1, "llm": models, "tool": 3 if end else 2},
                    first=start + YEAR,
                    last=STEPS_ANSWER,
                    tools=f"get_current_time write_file {end}".strip(),
                    tokens=tokens,
                    cost=cost,
                )
            ],
        )
        for name, start, models, end, tokens, cost in (
            ("AGNO", "", 3, "", (1396, 74), 0.0001618),
            ("GOOGLE", "", 3, "final_output", (2251, 86), 0.0002509),
            ("LANGCHAIN", "", 4, "", (1262, 125), 0.0001637),
            ("LLAMA_INDEX", "", 5, "final_output", (1308, 255), 0.0002073),
            ("OPENAI", "", 3, "", (1020, 76), 0.0001248),
            ("SMOLAGENTS", "New task:\n", 3, "final_answer", (2294, 87), 0.0002555),
            ("TINYAGENT", "", 4, "final_answer", (1369, 156), 0.0001837),
        )
    ),
]


def steps_of(session: AgentSession) -> list[Step]:
    """A session's steps in reading order, with their words."""
    return list(session.steps.select_related("session__transcript").order_by("position"))


def check(session: AgentSession, told: Told) -> None:
    """Whether a stored session is the one that the capture tells."""
    steps = steps_of(session)
    speech = [step for step in steps if step.role in {"user", "agent"}]
    assert " ".join(step.role for step in speech) == told.talk
    assert Counter(step.kind for step in steps) == told.kinds
    assert " ".join(step.name + "!" * step.is_error for step in steps if step.kind == "tool") == told.tools
    first = next((step.text for step in speech if step.role == "user"), "")
    last = next((step.text for step in reversed(speech) if step.role == "agent"), "")
    assert (first[: len(told.first)], last.replace('": [', '":[')[: len(told.last)]) == (told.first, told.last)
    assert (session.tokens_in, session.tokens_out) == told.tokens
    assert session.cost_usd == (None if told.cost is None else pytest.approx(told.cost))
    assert session.external_id.startswith(told.external_id)
    assert session.error_count == max(told.errors, told.tools.count("!"))
    assert sorted(session.scores.values_list("name", flat=True)) == sorted(told.scores)


def check_all(told: list[Told]) -> None:
    sessions = list(AgentSession.objects.order_by("started_at"))
    assert len(sessions) == len(told)
    for session, expected in zip(sessions, told, strict=True):
        check(session, expected)
    assert not Score.objects.filter(session=None).exists()


@pytest.mark.parametrize("capture", CAPTURES, ids=str)
def test_a_clients_bytes_become_what_happened(client: Client, project: Project, secret: str, capture: Capture) -> None:
    for number in capture.numbers:
        assert replay(client, secret, capture.folder, number).status_code == 200
    digest_waiting()
    check_all(capture.sessions)


@pytest.mark.parametrize("capture", EXPORTED, ids=str)
def test_an_exported_file_becomes_what_happened(project: Project, capture: Capture) -> None:
    assert import_file(project, EXPORTS / capture.folder).refused == []
    check_all(capture.sessions)


def test_the_ai_sdks_spans_become_talks_of_their_own(project: Project) -> None:
    """Ten spans of a test run, each the only one of its trace: generated, streamed, structured, embedded."""
    assert import_file(project, EXPORTS / "openinference_vercel" / "all-spans.json").refused == []
    sessions = AgentSession.objects.order_by("started_at", "pk")
    talks = [" ".join(step.role for step in steps_of(one) if step.role in {"user", "agent"}) for one in sessions]
    assert Counter(talks) == {"user agent": 6, "user agent user agent": 2, "": 2}
    assert Step.objects.filter(kind="embedding").count() == 2
    assert sum(one.tokens_in or 0 for one in sessions) == 2 * (14 + 50 + 63 + 15 + 10)


def test_no_plumbing_is_shown_as_speech(project: Project) -> None:
    """What people and agents say is words: no message in JSON, no base64, no tool definitions."""
    for capture in EXPORTED:
        import_file(project, EXPORTS / capture.folder)
    spoken = Step.objects.filter(role__in=["user", "agent"]).select_related("session__transcript")
    assert [step.text[:80] for step in spoken if '"role"' in step.text or "base64," in step.text] == []
