"""Results of tau-bench: runs in OpenAI's chat format, without times and without ids."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

import orjson

from ingest.dialects.chat import read_messages
from ingest.dialects.feedback import identity_of
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.transcript import steps_of_messages
from ingest.dialects.values import as_number
from ingest.receiving.limits import Cutter, clean
from ingest.records import MessageRecord, Refusal, ScoreRecord, SessionRecord

POLICY = re.compile(r"#\s*(\w+) agent policy", re.IGNORECASE)


def _is_run(value: Any) -> bool:
    return isinstance(value, dict) and "traj" in value and "task_id" in value


def _read(value: Any, line: int) -> Iterable[Entry]:
    if isinstance(value["traj"], list):
        yield _session(clean(value, Cutter()))
    else:
        yield Refusal(line, "must be a list of messages", "traj")


def _session(run: dict[str, Any]) -> SessionRecord:
    messages = read_messages(run["traj"])
    external_id = _identity(run)
    reward = as_number(run.get("reward"))
    return SessionRecord(
        external_id=external_id,
        steps=steps_of_messages(messages, failed=_says_error),
        scores=()
        if reward is None
        else (
            ScoreRecord(
                identity=identity_of("session", external_id, "reward"),
                name="reward",
                value=reward,
                external_id=external_id,
            ),
        ),
        workflow=_workflow(messages),
        source_format="tau_bench",
        metadata={"task_id": run["task_id"], "trial": run.get("trial")},
        closed=True,
    )


def _identity(run: dict[str, Any]) -> str:
    """A run is known by its words: the same run in two files is one session."""
    written = orjson.dumps([run["task_id"], run.get("trial"), run["traj"]], option=orjson.OPT_SORT_KEYS)
    return f"tau-{run['task_id']}-{run.get('trial')}-{hashlib.sha256(written).hexdigest()[:16]}"[:200]


def _says_error(message: MessageRecord) -> bool:
    """The benchmark's tools answer a failure with a text that begins with "Error". Nobody else's text is read so."""
    return message.is_error or message.text.startswith("Error")


def _workflow(messages: list[MessageRecord]) -> str:
    policies = [POLICY.search(message.text) for message in messages if message.role == "system"]
    return next((found.group(1).lower() for found in policies if found), "tau-bench")


FORMAT = FileFormat(name="tau_bench", rank=30, recognises=_is_run, read=_read)
