"""Every file of the shared data that somebody might import: what must be in it, and that a second time adds nothing.

The figures were counted in the files by other means: messages by role, calls, answers that say they are errors.
Telemetry exports have a table of their own in `test_every_capture`.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accounts.models import Project
from ingest.importing import import_file
from tests.conftest import SHARED_DATA
from traces.models import AgentSession, Score, Step

pytestmark = pytest.mark.shared_data
# Labels that people gave sessions: no sessions themselves.
NO_SESSIONS = {"sessions/agentrx_tau/tau_ground_truth_part1.json": 13}
# An OTLP request that breaks the specification is refused as a whole, and the field is named.
INVALID = "otlp/edge/14_json_attributes_as_object_INVALID.otlp.json"


@dataclass(frozen=True)
class File:
    """A file: sessions in it, steps by kind, failed steps, the first words of a user and the last of an agent."""

    path: str
    sessions: int
    kinds: dict[str, int]
    errors: int
    first: str
    last: str
    scores: int = 0
    workflows: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return self.path


SUPPORT = {"user": 2, "guardrail": 1, "retriever": 1, "llm": 4, "tool": 2, "agent": 2}
FILES = [
    File(
        "sessions/tau2/sierra_airline_gpt-4.1_20.json",
        20,
        {"user": 132, "agent": 136, "tool": 148},
        1,
        "Hi, I’d like to change my upcoming return flight. I’m curren",
        "I understand how upsetting this situation is, and I truly wish I could do more. ",
        20,
        {"airline"},
    ),
    File(
        "sessions/tau2/sierra_airline_qwen2.5-7b_50.json",
        50,
        {"user": 489, "agent": 506, "tool": 344},
        79,
        "Hi, I’d like to cancel a reservation I made. Can you help me",
        "I have sent a certificate for $50 as a gesture of goodwill. However, it seems th",
        50,
        {"airline"},
    ),
    File(
        "sessions/tau2/sierra_retail_gpt-4.1_40.json",
        40,
        {"user": 279, "agent": 290, "tool": 299},
        12,
        "Hi, I need to check the balance on my gift card, and I also ",
        "You’re very welcome, Yara! I’m glad I could help you get everything sorted. If y",
        40,
        {"retail"},
    ),
    File(
        "sessions/tau2/sierra_telecom_gpt-4.1_40.json",
        40,
        {"user": 430, "agent": 456, "tool": 689},
        0,
        "Hello, I’m having trouble with my mobile data. It keeps stop",
        "YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON.",
        40,
        {"telecom"},
    ),
    File(
        "sessions/tau_bench/gpt-4o-airline.json",
        200,
        {"user": 1490, "agent": 1380, "tool": 1164},
        73,
        "Hi! I'm looking to book a flight from New York to Seattle on",
        "Unfortunately, without travel insurance on this specific reservation, I am unabl",
        200,
        {"airline"},
    ),
    File(
        "sessions/agentrx_tau/tau_dataset_failed.json",
        29,
        {"user": 248, "agent": 229, "tool": 284},
        15,
        "Hey! I’d like to know how many t-shirt options are available",
        "Here are the tracking numbers for your returns:\n\n1. **Bookshelf** (Order ID: #W8",
        29,
        {"retail"},
    ),
    File(
        "sessions/agentrx_tau/tau_dataset_full.json",
        100,
        {"user": 725, "agent": 649, "tool": 793},
        34,
        "Hello! I’d like to start an exchange for a couple of items f",
        "The order (#W8855135) has been successfully cancelled. A refund of $1058.79 will",
        100,
        {"retail"},
    ),
    # 26 messages: 13 calls and their 13 answers.
    File("sessions/agentrx_tau/tools_structure.json", 1, {"tool": 13}, 0, "", ""),
    File(
        "otlp/langgraph_messages.json",
        1,
        {"user": 2, "agent": 2, "tool": 2},
        0,
        "Where is order A-1001?",
        "Order A-1001 ships on Friday.",
    ),
    File(
        "otlp/mlflow_trace.json",
        1,
        {"user": 1, "agent": 1, "tool": 2, "llm": 1},
        1,
        "Where is A-1001?",
        "ships Friday",
        1,
        {"order_agent"},
    ),
    File(
        "otlp/openai_agents_input_list.json",
        1,
        {"user": 1, "agent": 1, "tool": 1},
        0,
        "Where is A-1001?",
        "Order A-1001 ships on Friday.",
    ),
    *(
        File(
            f"otlp/edge/{name}.otlp.json",
            1,
            SUPPORT,
            1,
            "Where is my order A-1001?",
            "Done! Your refund is on the way.",
            1,
        )
        for name in (
            "12_same_as_01",
            "13_json_uppercase_ids_unknown_fields_nan_numbers",
            "15_json_enum_name_INVALID_per_spec",
        )
    ),
]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_becomes_the_sessions_in_it_once(project: Project, file: File) -> None:
    report = import_file(project, SHARED_DATA / file.path)
    assert (report.sessions_added, report.refused) == (file.sessions, [])

    steps = list(Step.objects.select_related("session__transcript").order_by("session_id", "position"))
    kinds = Counter(step.kind for step in steps)
    assert {kind: kinds[kind] for kind in file.kinds} == file.kinds
    assert sum(step.is_error for step in steps) == file.errors
    first = next((step.text for step in steps if step.role == "user"), "")
    last = next((step.text for step in reversed(steps) if step.role == "agent"), "")
    assert (first[: len(file.first)], last[: len(file.last)]) == (file.first, file.last)
    assert Score.objects.exclude(session=None).count() == Score.objects.count() == file.scores
    assert not file.workflows or set(AgentSession.objects.values_list("workflow", flat=True)) == file.workflows
    assert set(AgentSession.objects.values_list("closed", flat=True)) == {True}

    again = import_file(project, SHARED_DATA / file.path)
    assert (again.sessions_added, again.sessions_changed, again.sessions_unchanged) == (0, 0, file.sessions)
    assert (again.steps_added, Step.objects.count()) == (0, len(steps))


@pytest.mark.parametrize("path", NO_SESSIONS)
def test_what_holds_no_sessions_is_refused_line_by_line(project: Project, path: str) -> None:
    report = import_file(project, SHARED_DATA / path)
    assert (report.sessions_added, report.refused_count) == (0, NO_SESSIONS[path])


def test_a_request_that_breaks_the_specification_is_refused_by_its_field(project: Project) -> None:
    report = import_file(project, SHARED_DATA / INVALID)
    assert (report.sessions_added, report.refused_count) == (0, 1)
    assert str(report.refused[0]).startswith("resourceSpans.0.scopeSpans.0.spans.0.attributes must be a list")


def test_no_file_was_forgotten() -> None:
    """All JSON of the sessions, and the files beside the captures; the exports of telemetry stand in another table."""
    found = [*(SHARED_DATA / "sessions").rglob("*.json"), *(SHARED_DATA / "otlp").glob("*.json")]
    found += (SHARED_DATA / "otlp" / "edge").glob("*.otlp.json")
    here = {str(path.relative_to(SHARED_DATA)) for path in found if not _is_telemetry(path)}
    assert here == {file.path for file in FILES} | NO_SESSIONS.keys() | {INVALID}


def _is_telemetry(path: Path) -> bool:
    return (SHARED_DATA / "sessions" / "otel") in path.parents
