"""Posts bodies over HTTP with the standard library: bounded tries, bounded waits."""

import gzip
import http.client
import json
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from demo.story import AgentRun
from demo.story.machines import scores_of

TRIES = 6
TAKEN = frozenset({200, 202})
RETRYABLE = frozenset({429, 502, 503, 504})
LONGEST_WAIT_SECONDS = 5.0
MOST_OF_AN_ANSWER = 200


class NotSentError(Exception):
    """The server did not take a body; the words say why."""


def post(url: str, key: str, body: bytes) -> None:
    """Posts one OTLP request to `url`/v1/traces; waits and tries again where OTLP says so, else NotSentError."""
    _post(f"{url.rstrip('/')}/v1/traces", key, body, "application/x-protobuf")


def post_scores(url: str, key: str, runs: Iterable[AgentRun]) -> None:
    """Posts what machines say of the sessions to `url`/api/v1/scores/, in the same manner."""
    scores = [score for run in runs for score in scores_of(run)]
    _post(f"{url.rstrip('/')}/api/v1/scores/", key, json.dumps(scores).encode(), "application/json")


def _post(url: str, key: str, body: bytes, kind: str) -> None:
    reason = ""
    for attempt in range(TRIES):
        status, reason, wait = _post_once(url, key, gzip.compress(body), kind)
        if status in TAKEN:
            return
        if status not in RETRYABLE:
            break
        time.sleep(min(wait or 0.2 * 2**attempt, LONGEST_WAIT_SECONDS))
    raise NotSentError(f"{url} refused what was sent: {reason}")


def _post_once(url: str, key: str, body: bytes, kind: str) -> tuple[int, str, float]:
    """Status, reason and Retry-After in seconds; a connection that fails counts as 503."""
    address = urlsplit(url)
    secure = address.scheme == "https"
    client = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(address.netloc, timeout=30)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": kind,
        "Content-Encoding": "gzip",
    }
    try:
        client.request("POST", address.path, body, headers)
        response = client.getresponse()
        text = response.read(MOST_OF_AN_ANSWER).decode(errors="replace")
        wait = response.headers.get("Retry-After", "")
        return response.status, f"{response.status} {text}", float(wait) if wait.isdecimal() else 0.0
    except (OSError, http.client.HTTPException) as error:
        return 503, str(error), 0.0
    finally:
        client.close()
