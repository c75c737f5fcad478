"""Files of benchmarks and clients become sessions; the counts are taken from the files by other means."""

import json
import re
import tracemalloc
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError

from accounts.models import Project
from ingest.importing import import_file, putting
from ingest.models import Intake, RedactionCount
from ingest.storing import Delivery, Finish, Outcome
from ingest.storing import store as real_store
from tests.conftest import SHARED_DATA
from tests.ingest.payloads import OTLP
from traces.models import AgentSession, Score, Step

SESSIONS = SHARED_DATA / "sessions"
AIRLINE = SESSIONS / "tau2" / "sierra_airline_qwen2.5-7b_50.json"
TELECOM = SESSIONS / "tau2" / "sierra_telecom_gpt-4.1_40.json"


def simulations(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["simulations"]
    return found


def spoken(*roles: str) -> Iterable[Step]:
    """The steps of these roles, with their words."""
    return Step.objects.filter(role__in=roles).select_related("session__transcript")


@pytest.mark.shared_data
def test_tau2_airline_counts_what_the_file_holds(project: Project) -> None:
    report = import_file(project, AIRLINE)
    messages = [message for simulation in simulations(AIRLINE) for message in simulation["messages"]]
    calls = [call for message in messages for call in message.get("tool_calls") or []]
    wrong = [message for message in messages if message["role"] == "tool" and message["error"]]

    assert (report.sessions_added, report.refused, len(wrong)) == (50, [], 79)
    assert Step.objects.filter(kind="tool").count() == len(calls) == 344
    assert Step.objects.filter(kind="tool", is_error=True).count() == 79
    assert sum(not step.result for step in spoken("tool")) == sum(
        message["role"] == "tool" and not message["content"] for message in messages
    )
    assert Score.objects.filter(name="reward", value=1.0).count() == 9
    assert Score.objects.filter(session=None).count() == 0
    assert set(AgentSession.objects.values_list("workflow", "release", "model", "closed")) == {
        ("airline", "1a7f63af3631", "ollama_chat/qwen2.5:7b", True)
    }


@pytest.mark.shared_data
def test_tau2_totals_are_the_agents_own(project: Project) -> None:
    import_file(project, TELECOM)
    for simulation in simulations(TELECOM):
        session = AgentSession.objects.get(external_id=simulation["id"])
        own = [message for message in simulation["messages"] if message["role"] == "assistant"]
        tokens = sum((message["usage"] or {}).get("prompt_tokens", 0) for message in own)
        assert session.tokens_in == tokens
        assert session.cost_usd == pytest.approx(sum(message["cost"] for message in own))
        assert (session.status, session.started_at is None) == ("ok", False)


@pytest.mark.shared_data
def test_tau2_users_have_tools_and_signs_are_not_their_words(project: Project) -> None:
    import_file(project, TELECOM)
    messages = [message for simulation in simulations(TELECOM) for message in simulation["messages"]]
    on_their_side = [c for m in messages if m["role"] == "user" for c in m.get("tool_calls") or []]
    flags = Step.objects.filter(kind="tool").values_list("flags", flat=True)
    assert sum("user_side" in flag for flag in flags) == len(on_their_side) > 0
    assert not any("###" in step.text for step in spoken("user"))
    assert Step.objects.filter(kind="event", role="internal").count() == 40
    assert all(step.text for step in spoken("user", "agent"))


@pytest.mark.shared_data
def test_tau2_again_adds_nothing(project: Project) -> None:
    first = import_file(project, AIRLINE)
    again = import_file(project, AIRLINE)
    assert (again.sessions_added, again.steps_added, again.sessions_unchanged) == (0, 0, 50)
    assert Step.objects.count() == first.steps_added
    assert set(AgentSession.objects.values_list("revision", flat=True)) == {1}


@pytest.mark.shared_data
def test_tau_bench_errors_are_texts_that_begin_with_error(project: Project) -> None:
    path = SESSIONS / "tau_bench" / "gpt-4o-airline.json"
    runs = json.loads(path.read_text())
    tools = [message for run in runs for message in run["traj"] if message["role"] == "tool"]
    report = import_file(project, path)
    assert (report.sessions_added, Score.objects.filter(value=0).count()) == (200, 116)
    assert Step.objects.filter(kind="tool").count() == len(tools) == 1164
    failed = sum(message["content"].startswith("Error") for message in tools)
    assert Step.objects.filter(is_error=True).count() == failed > 0
    assert set(AgentSession.objects.values_list("workflow", flat=True)) == {"airline"}


@pytest.mark.shared_data
def test_the_same_run_in_two_files_is_one_session(project: Project) -> None:
    folder = SESSIONS / "agentrx_tau"
    first = import_file(project, folder / "tau_dataset_failed.json")
    second = import_file(project, folder / "tau_dataset_full.json")
    assert (first.sessions_added, second.sessions_added, second.sessions_unchanged) == (29, 73, 27)
    assert AgentSession.objects.filter(workflow="retail").count() == 102


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("langgraph_messages.json", ["user", "internal", "tool", "agent"] * 2),
        ("openai_agents_input_list.json", ["user", "tool", "agent"]),
    ],
)
def test_message_lists_are_recognised(project: Project, name: str, roles: list[str]) -> None:
    import_file(project, OTLP / name)
    assert list(Step.objects.values_list("role", flat=True)) == roles


@pytest.mark.shared_data
def test_otlp_json_is_recognised_and_closed(project: Project) -> None:
    report = import_file(project, OTLP / "edge" / "12_same_as_01.otlp.json")
    session = AgentSession.objects.get()
    assert (report.sessions_added, report.steps_added, session.external_id, session.closed) == (
        1,
        12,
        "sess-7f3a",
        True,
    )


LINES = ['{"session": {"id": "a"}, "steps": []}', "{oops", '{"steps": [{"kind": "song"}]}', '{"nothing": 1}']


def test_good_lines_are_in_and_bad_ones_are_named(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(LINES))
    report = import_file(project, path)
    assert (report.sessions_added, [refusal.line for refusal in report.refused]) == (1, [2, 3, 4])
    assert str(report.refused[1]).startswith("line 3: steps.0.kind: must be one of")


def test_command_fails_when_anything_was_refused(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(LINES))
    with pytest.raises(CommandError, match="3 refused"):
        call_command("import_sessions", str(path), "--project", project.slug)
    told = capsys.readouterr()
    assert "some.jsonl: 1 sessions and 0 steps added, 0 changed, 0 unchanged, 3 refused" in told.out
    assert "line 2: is no JSON" in told.out
    assert told.err == ""


def test_command_names_a_project_or_file_that_is_not_there(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no project 'other'"):
        call_command("import_sessions", str(tmp_path), "--project", "other")
    with pytest.raises(CommandError, match="no file"):
        call_command("import_sessions", str(tmp_path / "none.json"), "--project", project.slug)


@pytest.mark.parametrize("content", ["", "[]", "null", "text", '{"a": 1}', "[1, 2]"])
def test_a_file_of_no_known_format_is_refused(project: Project, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    report = import_file(project, path)
    assert (report.sessions_added, report.refused_count) == (0, 2 if content == "[1, 2]" else 1)


@pytest.mark.shared_data
def test_telemetry_again_is_unchanged_and_says_so(project: Project) -> None:
    path = OTLP / "edge" / "12_same_as_01.otlp.json"
    import_file(project, path)
    again = import_file(project, path)
    assert (again.sessions_added, again.sessions_changed, again.sessions_unchanged) == (0, 0, 1)
    assert (again.steps_added, again.steps_removed) == (0, 0)


def test_private_words_are_gone_before_anything_is_read(project: Project, tmp_path: Path) -> None:
    Intake.objects.create(project=project, redact=["email"])
    path = tmp_path / "a.jsonl"
    said = {"role": "user", "content": "I am ada@example.com"}
    path.write_text(json.dumps([said]) + "\n" + json.dumps([said]) + "\n")
    import_file(project, path)
    assert [re.sub("[a-z]{4,}]", "…]", step.text) for step in spoken("user")] == ["I am [email …]"]
    assert not AgentSession.objects.filter(title__contains="ada@").exists()
    assert RedactionCount.objects.get().times == 2


def test_an_entry_that_cannot_be_stored_is_refused_and_costs_no_other(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store(project: Project, deliveries: Sequence[Delivery], finish: Finish) -> list[Outcome]:
        if any(session.external_id == "b" for one in deliveries for session in one.contents.sessions):
            raise DataError("too wide")
        return real_store(project, deliveries, finish)

    monkeypatch.setattr(putting, "store", store)
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"session": {"id": name}, "steps": []}) for name in "abc"))
    report = import_file(project, path)
    assert (report.sessions_added, AgentSession.objects.count()) == (2, 2)
    assert [str(refusal) for refusal in report.refused] == ["could not be stored: DataError: too wide"]


def test_command_takes_folders_and_says_what_is_unchanged(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden").write_text("x")
    for name in ("a.json", "inner/b.json"):
        (tmp_path / name).write_text(
            json.dumps({"session": {"id": name}, "messages": [{"role": "user", "content": "x"}]})
        )
    call_command("import_sessions", str(tmp_path), "--project", project.slug)
    assert "2 files: 2 sessions and 2 steps added, 0 changed, 0 unchanged, 0 refused" in capsys.readouterr().out
    call_command("import_sessions", str(tmp_path), "--project", project.slug, "--format", "misstep")
    assert "2 files: 0 sessions and 0 steps added, 0 changed, 2 unchanged, 0 refused" in capsys.readouterr().out


def test_a_large_file_is_read_in_bounded_memory(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("w") as file:
        for number in range(300):
            file.write(
                json.dumps(
                    {"session": {"id": f"{number % 3}"}, "messages": [{"role": "user", "content": "x" * 100_000}]}
                )
                + "\n"
            )
    tracemalloc.start()
    try:
        report = import_file(project, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (report.sessions_added, path.stat().st_size > 30_000_000) == (3, True)
    assert peak < 20_000_000
