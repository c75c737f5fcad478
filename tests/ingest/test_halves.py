"""A text that was cut amid an emoji costs nothing but that half of it."""

import json

import orjson
import pytest
from django.test import Client

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.receiving.halves import make_whole, read_any_json
from tests.ingest.doorways import FOREIGN, OTLP, OURS, Door
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession

DOORS = [door for door in (*OTLP[:2], *OURS, *FOREIGN) if door.body[:1] == b"{"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"\uDE00 turned \uD83D"', "\ufffd turned \ufffd"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\\ud83d"', "\\ud83d"),
        (rb'"\\\ud83d"', "\\\ufffd"),
        (rb'"\ud83d\n"', "\ufffd\n"),
    ],
)
def test_half_of_a_pair_is_read_as_the_sign_for_what_is_lost(written: bytes, read: str) -> None:
    assert read_any_json(written) == read
    assert orjson.loads(make_whole(written)) == read


def test_what_is_no_json_stays_none() -> None:
    with pytest.raises(orjson.JSONDecodeError):
        read_any_json(rb'{"cut": "\ud83d"')


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_door_takes_half_of_a_pair(client: Client, secret: str, door: Door) -> None:
    body = rb'{"cut": "\ud83d", ' + door.body[1:] if len(door.body) > len(b"{}") else rb'{"cut": "\ud83d"}'
    assert door.send(client, secret, body).status_code == door.taken


def test_the_rest_of_a_cut_text_is_stored(client: Client, project: Project, secret: str) -> None:
    said = {"session.id": "cut", "openinference.span.kind": "AGENT", "input.value": "Thank you \ud83d"}
    assert post(client, secret, "/v1/traces", export(span(1, attributes=said))).status_code == 200
    digest_waiting()
    assert AgentSession.objects.get().title == "Thank you \ufffd"
    told = {"session": {"id": "ours"}, "steps": [{"kind": "user", "text": "So \ud83d"}]}
    assert post(client, secret, "/api/v1/sessions/", json.dumps(told).encode()).json()["refused"] == []
    digest_waiting()
    assert AgentSession.objects.get(external_id="ours").title == "So \ufffd"
