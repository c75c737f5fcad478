"""Trajectories in the Agent Trajectory Interchange Format: steps with calls, what was observed, and metrics."""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from ingest.dialects.chat import read_message
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.offers import offered_in
from ingest.dialects.spans import as_object, objects_in
from ingest.dialects.transcript import steps_of_messages
from ingest.dialects.values import as_text, first_of
from ingest.receiving.limits import Cutter, clean
from ingest.records import MessageRecord, SessionRecord

VERSION = "ATIF-"
ROLES = {"user": "user", "agent": "assistant", "system": "system"}
DEEPEST = 20


def _is_trajectory(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and as_text(value.get("schema_version")).startswith(VERSION)
        and isinstance(value.get("steps"), list)
    )


def _read(value: Any, _line: int) -> Iterable[Entry]:
    waiting = [(clean(value, Cutter()), 0)]
    while waiting:
        trajectory, depth = waiting.pop(0)
        yield _session(trajectory)
        below = trajectory.get("subagent_trajectories")
        if isinstance(below, list) and depth < DEEPEST:
            waiting += [(item, depth + 1) for item in below if _is_trajectory(item)]


def _session(value: dict[str, Any]) -> SessionRecord:
    agent = as_object(value.get("agent"))
    steps = [step for step in value["steps"] if isinstance(step, dict) and not step.get("is_copied_context")]
    messages = [message for step in steps for message in _messages(step)]
    times = [message.started_at for message in messages if message.started_at]
    return SessionRecord(
        external_id=as_text(first_of(value, ("session_id", "trajectory_id")))[:200] or _content_id(value),
        steps=steps_of_messages(messages),
        workflow=as_text(agent.get("name")),
        release=as_text(agent.get("version")),
        model=as_text(agent.get("model_name")),
        source_format="atif",
        metadata={key: value[key] for key in ("schema_version", "trajectory_id", "notes", "extra") if value.get(key)},
        started_at=min(times, default=None),
        ended_at=max(times, default=None),
        closed=True,
        tools=dict(offered_in({"tools": agent.get("tool_definitions")})),
    )


def _content_id(value: dict[str, Any]) -> str:
    written = orjson.dumps(value["steps"], option=orjson.OPT_SORT_KEYS)
    return "atif-" + hashlib.sha256(written).hexdigest()[:32]


def _messages(step: dict[str, Any]) -> Iterable[MessageRecord]:
    """What was said and called, then what each call answered. An answer may name no call where there is only one."""
    calls = objects_in(step.get("tool_calls"))
    metrics = as_object(step.get("metrics"))
    yield from read_message(
        {
            "role": ROLES.get(as_text(step.get("source")), "system"),
            "content": step.get("message") or "",
            "reasoning": step.get("reasoning_content"),
            "timestamp": step.get("timestamp"),
            "tool_calls": [_call(call) for call in calls],
            "usage": {key: metrics.get(key) for key in ("prompt_tokens", "completion_tokens")},
            "cost": metrics.get("cost_usd"),
        }
    )
    for answer in objects_in(as_object(step.get("observation")).get("results")):
        called = answer.get("source_call_id") or (calls[0].get("tool_call_id") if len(calls) == 1 else "")
        yield from read_message(
            {
                "role": "tool",
                "content": answer.get("content") or "",
                "tool_call_id": called,
                "timestamp": step.get("timestamp"),
            }
        )


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = {"name": call.get("function_name"), "arguments": call.get("arguments")}
    return {"id": call.get("tool_call_id"), "type": "function", "function": function}


FORMAT = FileFormat(name="atif", rank=15, recognises=_is_trajectory, read=_read)
