"""Lists of messages as programs log them: what they are read into."""

from pathlib import Path

from accounts.models import Project
from tests.ingest.formats.example import imported, spoken
from traces.models import AgentSession


def test_a_line_for_fine_tuning_is_a_session(project: Project, tmp_path: Path) -> None:
    talk = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    answers = [[*talk, {"role": "assistant", "content": words}] for words in ("Ho", "Hu")]
    steps = imported(project, tmp_path, *({"messages": messages} for messages in answers))
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho"), ("user", "Hi"), ("agent", "Hu")]
    assert AgentSession.objects.count() == 2


def test_a_line_of_sharegpt_is_a_session(project: Project, tmp_path: Path) -> None:
    talk = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]
    assert spoken(imported(project, tmp_path, {"id": "c-1", "conversations": talk})) == [
        ("user", "Hi"),
        ("agent", "Ho"),
    ]
    assert AgentSession.objects.get().external_id == "c-1"


def test_a_log_of_a_call_to_anthropic_has_the_system_and_the_answer(project: Project, tmp_path: Path) -> None:
    value = {
        "model": "claude-x",
        "system": "Be kind.",
        "messages": [{"role": "user", "content": "Weather?"}],
        "response": {"role": "assistant", "content": [{"type": "text", "text": "Sunny."}]},
    }
    steps = imported(project, tmp_path, value)
    assert spoken(steps) == [("user", "Weather?"), ("agent", "Sunny.")]
    assert steps[0] == ("other", "internal", "Be kind.")
    assert AgentSession.objects.get().model == "claude-x"


def test_a_log_of_a_call_to_openai_has_the_chosen_answer(project: Project, tmp_path: Path) -> None:
    choices = [{"message": {"role": "assistant", "content": "Sunny."}}]
    value = {"messages": [{"role": "user", "content": "Weather?"}], "choices": choices}
    assert spoken(imported(project, tmp_path, value)) == [("user", "Weather?"), ("agent", "Sunny.")]


def test_a_stored_response_of_openai_is_its_input_and_its_output(project: Project, tmp_path: Path) -> None:
    value = {
        "input": [{"role": "user", "content": "Weather?"}],
        "output": [
            {"type": "function_call", "call_id": "c1", "id": "f1", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sun"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Sunny."}]},
        ],
    }
    steps = imported(project, tmp_path, value)
    assert steps == [("user", "user", "Weather?"), ("tool", "tool", "sun"), ("agent", "agent", "Sunny.")]


def test_lists_of_langchain_in_three_wrappings_are_the_same(project: Project, tmp_path: Path) -> None:
    plain = [{"type": "human", "content": "Hi"}, {"type": "ai", "content": "Ho"}]
    wrapped = [{"type": item["type"], "data": item} for item in plain]
    kinds = {"human": "HumanMessage", "ai": "AIMessage"}
    built = [
        {"lc": 1, "type": "constructor", "id": ["langchain", kinds[item["type"]]], "kwargs": item} for item in plain
    ]
    assert spoken(imported(project, tmp_path, plain, wrapped, built)) == [("user", "Hi"), ("agent", "Ho")] * 3
