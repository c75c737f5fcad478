"""Hostile input by the hundred in every run of the tests; `make fuzz` tries a hundred thousand."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from ingest.models import BatchState, RawBatch
from ingest.tasks import sweep
from tests.builders import make_key
from tests.ingest.fuzz import grammar
from tests.ingest.fuzz.protobuf import as_protobuf
from tests.ingest.fuzz.seeds import seeds_of
from tests.ingest.fuzz.targets import TARGETS, Target, hostile_bytes
from tests.ingest.payloads import JSON, PROTOBUF, post
from traces.models import AgentSession

INPUTS = 80
HANGS_AFTER_SECONDS = 30.0
ANSWERS = {200, 202, 207, 400, 413, 415, 422}
hostile = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
# Hypothesis' own bytes are mostly few and mostly zero; these make requests that are full.
some_bytes = st.builds(lambda seed, size: random.Random(seed).randbytes(size), st.integers(0), st.integers(50, 3000))


@contextmanager
def no_hang() -> Iterator[None]:
    """Ends what does not end by itself."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutated(seed: bytes, dice: random.Random) -> bytes:
    """Some bytes flipped, a piece taken out or doubled, or the end cut off."""
    data = bytearray(seed)
    for _ in range(dice.randrange(4)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    start, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return bytes(dice.choice((data, data[:end], data[:start] + data[end:], data[:end] + data[start:])))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_breaks_on_hostile_bytes(target: Target) -> None:
    dice = random.Random(target.name)
    seeds = [seed for seed in seeds_of(target.name, is_built=target.make is not None) if seed]
    for _ in range(INPUTS):
        data = mutated(dice.choice(seeds), dice)
        with no_hang():
            target.try_out(hostile_bytes(target, data))


@pytest.mark.django_db
@hostile
@given(data=some_bytes, kind=st.sampled_from([JSON, PROTOBUF]), signal_name=st.sampled_from(["traces", "logs"]))
def test_whatever_is_accepted_can_be_read(
    lead_client: Client, project: Project, data: bytes, kind: str, signal_name: str
) -> None:
    request = {"traces": grammar.traces, "logs": grammar.logs}[signal_name](grammar.Dice(data))
    body = grammar.as_json(request) if kind == JSON else as_protobuf(request)
    take_in_and_read(lead_client, project, f"/v1/{signal_name}", body, kind)


@pytest.mark.django_db
@hostile
@given(data=some_bytes)
def test_whatever_conversation_is_accepted_can_be_read(lead_client: Client, project: Project, data: bytes) -> None:
    body = grammar.as_json(grammar.conversation(grammar.Dice(data)))
    take_in_and_read(lead_client, project, "/api/v1/sessions/", body, JSON)


def take_in_and_read(client: Client, project: Project, path: str, body: bytes, kind: str) -> None:
    """Sends the body, digests it, and opens every page and every answer that shows what came of it."""
    with no_hang(), transaction.atomic():
        secret = make_key(project, Scope.INGEST, Scope.READ)
        assert post(Client(), secret, path, body, kind).status_code in ANSWERS
        digest_waiting()
        sweep()
        assert [batch.reason for batch in RawBatch.objects.exclude(state=BatchState.DONE)] == []
        for url in urls_of(project):
            assert client.get(url).status_code == 200, url
        for session in AgentSession.objects.filter(project=project):
            answer: Any = Client().get(
                reverse("api_session", args=[session.pk]), headers={"Authorization": f"Bearer {secret}"}
            )
            assert answer.status_code == 200
        transaction.set_rollback(True)


def urls_of(project: Project) -> list[str]:
    sessions = AgentSession.objects.filter(project=project)
    pages = [reverse("session_page", args=[project.slug, session.pk]) for session in sessions]
    return [reverse("session_list", args=[project.slug]), reverse("connect", args=[project.slug]), *pages]
