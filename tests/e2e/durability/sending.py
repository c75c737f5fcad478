"""Clients that send under load, keep on until they are heard, and remember what they were promised."""

import gzip
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field

from tests.ingest.payloads import attribute, export, span

GIVE_UP_SECONDS = 60.0
PAUSE_SECONDS = 0.04
ACCEPTED = {200, 202}
TRY_AGAIN = {429, 502, 503, 504}
Request = tuple[str, bytes]


@dataclass
class Talk:
    """One session as it was sent: what a reader must find when every request of it was accepted."""

    name: str
    requests: list[Request]
    steps: list[list[str]]
    scores: list[tuple[str, float]]


def tell(name: str, number: int, dice: random.Random) -> Talk:
    """A user, a tool and an agent; through our own door, or as spans and a log, split and in any order."""
    steps = [
        ["user", "", f"Question {name}"],
        ["tool", "lookup", ""],
        ["agent", "desk", f"Answer {name}"],
    ]
    make = _own if number % 3 == 0 else _spans
    requests = make(name, number)
    dice.shuffle(requests)
    return Talk(name, requests, steps, [("helpful", float(number % 5))])


def _own(name: str, number: int) -> list[Request]:
    steps = [
        {"kind": "user", "text": f"Question {name}"},
        {"kind": "tool", "name": "lookup"},
        {"kind": "agent", "name": "desk", "text": f"Answer {name}"},
    ]
    said = {"session": {"id": name}, "steps": steps, "scores": [{"name": "helpful", "value": number % 5}]}
    return [("/api/v1/sessions/", json.dumps(said).encode())]


def _spans(name: str, number: int) -> list[Request]:
    trace = name.encode().hex().rjust(32, "0")[-32:]
    agent = {
        "openinference.span.kind": "AGENT",
        "session.id": name,
        "input.value": f"Question {name}",
        "output.value": f"Answer {name}",
    }
    root = span(1, trace=trace, attributes=agent, name="desk")
    tool = span(2, parent=1, trace=trace, attributes={"openinference.span.kind": "TOOL"}, name="lookup")
    score = {
        "traceId": trace,
        "spanId": f"{1:016x}",
        "eventName": "gen_ai.evaluation.result",
        "timeUnixNano": root["startTimeUnixNano"],
        "attributes": [
            attribute("gen_ai.evaluation.name", "helpful"),
            attribute("gen_ai.evaluation.score.value", float(number % 5)),
        ],
    }
    log = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [score]}]}]}).encode()
    spans = [export(root), export(tool)] if number % 2 else [export(root, tool)]
    return [*(("/v1/traces", body) for body in spans), ("/v1/logs", log)]


@dataclass
class Client:
    """One connection that sends talks until it is told to stop."""

    connection: http.client.HTTPConnection
    key: str
    name: str
    dice: random.Random
    stopping: threading.Event
    promised: list[Talk] = field(default_factory=list)
    unsure: list[Talk] = field(default_factory=list)
    resent: int = 0
    fault: str = ""

    def run(self) -> None:
        """Sends talk after talk. Every tenth is given up at the first trouble, as exporters do."""
        number = 0
        while not self.stopping.is_set() and not self.fault:
            number += 1
            talk = tell(f"{self.name}-{number}", number, self.dice)
            heard = [self._deliver(request, patient=number % 10 != 0) for request in talk.requests]
            (self.promised if all(heard) else self.unsure).append(talk)
            time.sleep(PAUSE_SECONDS)
        self.connection.close()

    def _deliver(self, request: Request, *, patient: bool) -> bool:
        """Whether the request was accepted; a patient client sends the same bytes until it is."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            status = self._send(request)
            if status in ACCEPTED:
                return True
            if status and status not in TRY_AGAIN:
                self.fault = f"{request[0]} was answered {status}"
                return False
            if not patient:
                return False
            self.resent += 1
            time.sleep(self.dice.uniform(0.02, 0.2))
        self.fault = f"{request[0]} was not accepted within {GIVE_UP_SECONDS:.0f} s"
        return False

    def _send(self, request: Request) -> int:
        """The status; 0 when the connection broke."""
        path, body = request
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if self.dice.random() < 0.5:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next request opens it again
            return 0
        return answer.status


def clients(port: int, key: str, name: str, seed: int, count: int) -> list[Client]:
    """`count` clients that share the signal to stop."""
    stopping = threading.Event()
    return [
        Client(
            connection=http.client.HTTPConnection("127.0.0.1", port, timeout=10),
            key=key,
            name=f"{name}-{number}",
            dice=random.Random(seed * 1000 + number),
            stopping=stopping,
        )
        for number in range(count)
    ]
