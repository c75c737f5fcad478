"""Real clients' bytes, posted to the running server, become the sessions that their makers say they hold."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED_DATA
from tests.e2e.running import Running, ask, get, wait_until

OTLP = SHARED_DATA / "otlp"
SETUP = """
from accounts.models import *
from accounts.keys import *
project = Project.objects.create(name="Doors", slug="doors")
secret = new_key()
shown = {"name": "e2e", "prefix": prefix_of(secret), "key_hash": hash_of(secret)}
ApiKey.objects.create(project=project, scopes=["ingest", "read"], **shown)
print("KEY", secret)
"""
CARRIED = {"content-type", "content-encoding", "user-agent"}


def post(running: Running, key: str, door: str, capture: Path) -> tuple[int, bytes]:
    """Sends a capture with the headers that its client sent, and a key of ours."""
    sent = json.loads(capture.with_suffix(".headers.json").read_bytes())["headers"]
    headers = {name: value for name, value in sent if name.lower() in CARRIED}
    return ask(running.port, key, door, capture.read_bytes(), headers)


def read_session(running: Running, key: str, external_id: str, steps: int) -> Any:
    """The session once it holds that many steps, and its one score: traces and logs are digested one by one."""
    found: dict[str, Any] = {}

    def there() -> bool:
        rows = get(running.port, key, "/api/v1/sessions/")["results"]
        ids = [row["id"] for row in rows if row["external_id"] == external_id]
        if ids:
            found.update(get(running.port, key, f"/api/v1/sessions/{ids[0]}/"))
        return bool(ids) and len(found["steps"]) == steps and len(found["scores"]) == 1

    wait_until(there, f"{external_id} has {steps} steps and a score")
    return found


@pytest.mark.slow
@pytest.mark.shared_data
def test_doors_turn_real_bytes_into_the_sessions_they_hold(running: Running) -> None:
    key = running.manage("shell", "-v", "0", "-c", SETUP).split("KEY ")[1].strip()
    assert post(running, key, "/v1/traces", OTLP / "01_openinference_gzip" / "001_POST_v1_traces.bin") == (200, b"")
    assert post(running, key, "/v1/traces", OTLP / "03_genai_semconv_gzip" / "001_POST_v1_traces.bin") == (200, b"")
    assert post(running, key, "/v1/logs", OTLP / "03_genai_semconv_gzip" / "002_POST_v1_logs.bin") == (200, b"")

    order = read_session(running, key, "sess-7f3a", steps=12)
    assert Counter(step["kind"] for step in order["steps"]) == {
        "user": 2,
        "agent": 2,
        "llm": 4,
        "tool": 2,
        "retriever": 1,
        "guardrail": 1,
    }
    assert [step["name"] for step in order["steps"] if step["is_error"]] == ["refund_order"]
    assert [step["text"] for step in order["steps"] if step["role"] in {"user", "agent"}] == [
        "Where is my order A-1001?",
        "It ships on Friday.",
        "Cancel it and refund me.",
        "Done! Your refund is on the way.",
    ]
    assert [score["name"] for score in order["scores"]] == ["user_thumb"]

    trip = read_session(running, key, "conv_5j66UpCpwteGg4YSxUnt7lPY", steps=6)
    assert Counter(step["kind"] for step in trip["steps"]) == {"user": 1, "agent": 1, "llm": 2, "tool": 2}
    assert [step["error_message"] for step in trip["steps"] if step["is_error"]] == ["hotel API timed out after 30 s"]
    assert [score["name"] for score in trip["scores"]] == ["Helpfulness"]
