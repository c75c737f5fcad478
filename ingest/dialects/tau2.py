"""Results of tau2-bench: one file with what was simulated (`info`) and each simulation with its messages and reward."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson

from ingest.dialects.chat import read_message
from ingest.dialects.feedback import identity_of
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.offers import offered_in
from ingest.dialects.times import as_time
from ingest.dialects.transcript import steps_of_messages
from ingest.dialects.values import as_amount, as_number, as_text
from ingest.receiving.limits import Cutter, clean
from ingest.records import MessageRecord, Refusal, ScoreRecord, SessionRecord, StepRecord

# The simulated user ends a conversation with one of these. It is a sign to the harness, not a customer's word.
TOKEN = re.compile(r"###[A-Z-]+###")
ENDED_WELL = ("user_stop", "agent_stop")
ABOUT = ("task_id", "trial", "seed", "termination_reason")


def _is_results(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("simulations"), list) and isinstance(value.get("info"), dict)
    )


def _read(value: Any, line: int) -> Iterable[Entry]:
    for place, simulation in enumerate(value["simulations"], start=1):
        if isinstance(simulation, dict) and isinstance(simulation.get("messages"), list):
            yield _session(clean(simulation, Cutter()), value["info"])
        else:
            yield Refusal(line or place, "has no messages", f"simulations.{place - 1}")


def _session(simulation: dict[str, Any], info: dict[str, Any]) -> SessionRecord:
    external_id = as_text(simulation.get("id"))[:200] or _content_id(simulation)
    ended = simulation.get("termination_reason")
    model = as_text(_inside(info, "agent_info", "llm"))
    duration = as_amount(simulation.get("duration"))
    return SessionRecord(
        external_id=external_id,
        steps=tuple(_with_model(step, model) for step in _steps(simulation["messages"])),
        scores=_reward(simulation, external_id),
        workflow=as_text(_inside(info, "environment_info", "domain_name")),
        release=as_text(info.get("git_commit"))[:12],
        model=model,
        source_format="tau2",
        status=("ok" if ended in ENDED_WELL else "error") if ended else "unknown",
        metadata={key: simulation.get(key) for key in ABOUT},
        started_at=as_time(simulation.get("start_time")),
        ended_at=as_time(simulation.get("end_time")),
        closed=True,
        latency_ms=None if duration is None else round(duration * 1000),
        tools=dict(offered_in({"tools": _inside(info, "environment_info", "tool_defs")})),
    )


def _content_id(simulation: dict[str, Any]) -> str:
    """A simulation without an id is known by what was said in it."""
    said = [simulation.get(key) for key in (*ABOUT, "messages")]
    return "tau2-" + hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _steps(messages: list[Any]) -> tuple[StepRecord, ...]:
    tokens: dict[str, str] = {}
    read: list[MessageRecord] = []
    for value in messages:
        for message in read_message(value):
            found = TOKEN.findall(message.text) if message.role == "user" else []
            if found:
                tokens[f"m{len(read) + 1}"] = " ".join(found)
                message = replace(message, text=TOKEN.sub("", message.text).strip())  # noqa: PLW2901 # the words without the sign
            read.append(message)
    steps = list(steps_of_messages(read))
    for key, token in tokens.items():
        _insert_event(steps, key, token)
    return tuple(steps)


def _insert_event(steps: list[StepRecord], key: str, token: str) -> None:
    """Puts the sign where its message stands: after its words, if it had any."""
    number = int(key[1:])
    before = [place for place, step in enumerate(steps) if step.key.startswith("m") and _number(step.key) <= number]
    event = StepRecord(key=f"{key}:sign", kind="event", role="internal", name="end of conversation", text=token)
    steps.insert(before[-1] + 1 if before else len(steps), event)


def _number(key: str) -> int:
    digits = key[1:].partition(":")[0]
    return int(digits) if digits.isdecimal() else 0


def _with_model(step: StepRecord, model: str) -> StepRecord:
    return replace(step, model=model) if step.tokens_in is not None else step


def _reward(simulation: dict[str, Any], external_id: str) -> tuple[ScoreRecord, ...]:
    reward = as_number(_inside(simulation, "reward_info", "reward"))
    if reward is None:
        return ()
    identity = identity_of("session", external_id, "reward")
    return (ScoreRecord(identity=identity, name="reward", value=reward, external_id=external_id),)


FORMAT = FileFormat(name="tau2", rank=20, recognises=_is_results, read=_read)
