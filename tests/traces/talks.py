"""Short sessions as plain values, for tests of what reads them."""

import json
from dataclasses import replace
from typing import Any

from traces.records import AGENT, TOOL, USER, SessionFacts, StepFacts


def user(text: str) -> StepFacts:
    return StepFacts(0, "", "user", USER, text=text)


def agent(text: str) -> StepFacts:
    return StepFacts(0, "", "agent", AGENT, text=text)


def call(name: str, result: Any = "ok", arguments: Any = None, **fields: Any) -> StepFacts:
    asked = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    said = result if isinstance(result, str) else json.dumps(result)
    return StepFacts(0, "", fields.pop("kind", "tool"), TOOL, name=name, arguments=asked, result=said, **fields)


def failed(name: str, message: str, **fields: Any) -> StepFacts:
    return call(name, "", is_error=True, error_message=message, **fields)


def talk(*steps: StepFacts, **fields: Any) -> SessionFacts:
    """The steps with positions 1, 2, … and keys k1, k2, …"""
    numbered = (replace(step, position=n, key=f"k{n}") for n, step in enumerate(steps, start=1))
    return SessionFacts(steps=tuple(numbered), **fields)
