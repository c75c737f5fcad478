"""An HTTP client with cookies and a clock, and what its times look like as one JSON line."""

import http.client
import json
import math
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """One answer, and the seconds from the first byte sent until the first byte of its body came, and the last."""

    status: int
    body: bytes
    location: str
    first: float
    seconds: float


@dataclass
class Client:
    """A browser or a program on one kept-alive connection; not to be shared by threads."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def get(self, path: str) -> Answer:
        """Any answer; never raises for a status."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """A form as the pages' own scripts send it."""
        token = {"X-CSRFToken": self.cookies.get("csrftoken", ""), "Accept": "application/json"}
        return self._ask("POST", path, urlencode(fields).encode(), {"Content-Type": FORM, **token})

    def send(self, path: str, body: bytes, content_type: str) -> Answer:
        """A body as a program sends it."""
        return self._ask("POST", path, body, {"Content-Type": content_type})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        started = time.perf_counter()
        self._connection.request(method, path, body, {**self.headers, **headers, "Cookie": cookie})
        response = self._connection.getresponse()
        begun = response.read(1)
        first = time.perf_counter() - started
        content = begun + response.read()
        seconds = time.perf_counter() - started
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return Answer(response.status, content, response.headers.get("Location", ""), first, seconds)


def log_in(port: int, email: str, password: str) -> Client:
    """A client that has logged in through the form; fails loudly when it could not."""
    client = Client(port)
    client.get("/login/")
    answer = client.post("/login/", {"username": email, "password": password})
    if answer.status != http.client.FOUND:
        raise SystemExit(f"{email} could not log in: {answer.status}")
    return client


def get_often(client: Client, path: str, times: int) -> list[Answer]:
    """The answers to `times` GETs, after two that do not count; stops where one is not 200."""
    answers = [client.get(path) for _ in range(times + 2)]
    if wrong := {answer.status for answer in answers} - {http.client.OK}:
        raise SystemExit(f"GET {path} answered {wrong}")
    return answers[2:]


def time_gets(client: Client, path: str, times: int) -> list[float]:
    """Seconds of each of `times` GETs, after two that do not count."""
    return [answer.seconds for answer in get_often(client, path, times)]


def at_once(work: Callable[[Client], list[float]], clients: Sequence[Client]) -> list[float]:
    """All seconds that `work` took, done by every client at the same time."""
    with ThreadPoolExecutor(len(clients)) as pool:
        return [seconds for one in pool.map(work, clients) for seconds in one]


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest rank: of 60 values the 57th is the 95th percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def say(measure: str, **figures: Any) -> None:
    """One JSON line."""
    print(json.dumps({"measure": measure, **figures}), flush=True)


def say_times(measure: str, seconds: Sequence[float], *, ceiling: float | None = None, budget_ms: float = 0) -> float:
    """One line of request times; `ceiling` is the median of the cheapest request there is. Returns the median."""
    middle, slow = percentile(seconds, 0.5), percentile(seconds, 0.95)
    figures: dict[str, Any] = {"requests": len(seconds), "p50_ms": _ms(middle), "p95_ms": _ms(slow)}
    if ceiling:
        figures["p50_over_ceiling"] = round(middle / ceiling, 1)
    if budget_ms:
        figures |= {"budget_p95_ms": budget_ms, "within_budget": slow * 1000 <= budget_ms}
    say(measure, **figures)
    return middle


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def judgement(number: int, root_step: str) -> dict[str, str]:
    """What a reviewer submits: two of five times a failure, in words."""
    fields = {
        "client_id": str(uuid.uuid4()),
        "failures-TOTAL_FORMS": "1",
        "failures-INITIAL_FORMS": "0",
    }
    if number % 5 > 1:
        return {**fields, "outcome": "success", "failures-0-severity": "medium"}
    told = {
        "root_step": root_step,
        "note": f"Promised a refund that the tool had refused ({number}).",
        "severity": "high",
    }
    return {**fields, "outcome": "failure", **{f"failures-0-{name}": value for name, value in told.items()}}
