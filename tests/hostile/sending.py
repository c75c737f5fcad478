"""Every string in every field of a session, through the doors that programs use."""

import json
from collections.abc import Iterable
from typing import Any

import orjson
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from ingest.digest import digest_waiting
from tests.builders import make_key
from tests.hostile.corpus import CORPUS, LONG_LINE, MANY_LINES, STRUCTURES
from tests.ingest.payloads import post
from traces.models import AgentSession
from traces.settling import settle_quiet

TALK, LARGE = "all-at-once", "too-large"
SPOKEN = 12


def send_everything(project: Project) -> None:
    """One session for each string, with it in every field of the session; one with a step for each; one too large."""
    send_called(project, *CORPUS)
    _send(project, [_talk(CORPUS)], [_large()])


def send_talk(project: Project) -> None:
    """One session in which every string is said, and some of them are what tools are given and answer."""
    _send(project, [_talk((*STRUCTURES, *CORPUS[::9]))])


def send_called(project: Project, *strings: str) -> None:
    """One session for each of these strings, with it in every field."""
    _send(project, [_told_of(string, number) for number, string in enumerate(strings)])


def _send(project: Project, *requests: list[dict[str, Any]]) -> None:
    secret = make_key(project)
    sender = Client()
    for body in requests:
        # In ASCII: half of a pair travels as \ud800.
        answer = post(sender, secret, "/api/v1/sessions/", json.dumps(body).encode())
        assert answer.status_code == 202, answer.content
        assert answer.json()["refused"] == [], answer.json()["refused"][:3]
    while digest_waiting():
        pass
    while settle_quiet(timezone.now()):
        pass


def session_called(project: Project, name: str) -> AgentSession:
    return AgentSession.objects.get(project=project, external_id=name)


def _told_of(string: str, number: int) -> dict[str, Any]:
    head = ("workflow", "release", "environment", "user", "model")
    return {
        "session": dict.fromkeys(head, string)
        | {"id": f"{number} {string}"[:200], "tags": [string], "metadata": {string: string}, "closed": True},
        "steps": [{"kind": "user", "text": string}, _call(string), {"kind": "agent", "text": string}],
        "scores": [_score(string, number)],
    }


def _talk(called: Iterable[str]) -> dict[str, Any]:
    """What is said is many strings to a step, so that one meets what another left open; a call is one string."""
    spoken = [
        {"kind": ("user", "agent")[place % 2], "text": "\n\n".join(CORPUS[place : place + SPOKEN])}
        for place in range(0, len(CORPUS), SPOKEN)
    ]
    return {
        "session": {"id": TALK, "workflow": TALK, "closed": True},
        "steps": [*spoken, *(_call(string) for string in called), {"kind": "agent", "text": "That was all."}],
        "scores": [_score(string, number) for number, string in enumerate(CORPUS)],
        "tools": [
            {"name": string[:200], "description": string, "parameters": {"type": "object", "properties": {string: {}}}}
            for string in CORPUS
        ],
    }


def _call(string: str) -> dict[str, Any]:
    return {
        "kind": "tool",
        "name": string,
        "model": string,
        "arguments": _read(string),
        "result": string,
        "error": {"type": string, "message": string},
    }


def _read(string: str) -> Any:
    """What a string that is JSON holds: the doors take both. They take no NaN and no number beyond all bounds."""
    try:
        return orjson.loads(string)
    except orjson.JSONDecodeError:
        return {string: string}


def _score(string: str, number: int) -> dict[str, Any]:
    words = dict.fromkeys(("name", "label", "explanation", "author"), string)
    return words | {"name": string if string.strip() else "blank", "id": str(number), "value": 0.5}


def _large() -> dict[str, Any]:
    return {
        "session": {"id": LARGE, "workflow": TALK, "closed": True},
        "steps": [
            {"kind": "user", "text": LONG_LINE},
            {"kind": "agent", "text": MANY_LINES + "at last"},
            {"kind": "tool", "name": "wide", "arguments": LONG_LINE, "result": MANY_LINES + LONG_LINE},
            {"kind": "tool", "name": "deep", "result": "[" * 500 + "]" * 500, "error": {"message": LONG_LINE}},
            {"kind": "agent", "text": "Done!"},
        ],
    }
