"""What machines say of the made-up sessions: a language model as a judge, and a check in code. Pure.

Both are good and neither is right: the judge is generous, and the check knows money alone.
"""

from typing import Any

from demo.ground_truth import Mode
from demo.story.telling import AgentRun, chance
from traces.meanings import GOOD, Reading

RESOLVED, MONEY = "resolved", "money as it should be"
MEANINGS = {RESOLVED: Reading(GOOD, 0.5), MONEY: Reading(GOOD, 0.5)}
JUDGE, CHECK = "harbor-judge 3", "ledger-check 1.2"
# From, and how far the judge's number goes up from there, where a session failed and where it did not.
FAILED, WORKED = (0.12, 0.6), (0.46, 0.53)
# What the check can see, and how often it sees what is not there.
LEDGER = frozenset({Mode.REFUND_OVER_POLICY, Mode.SCHEMA_DRIFT, Mode.EXPIRED_TOKEN})
FALSE_ALARM = 0.02


def scores_of(run: AgentRun) -> list[dict[str, Any]]:
    """Two scores, in the shape of POST /api/v1/scores/. They come a moment after the session."""
    low, more = FAILED if run.truth else WORKED
    about = {"session_id": run.external_id, "given_at": run.started_at.isoformat()}
    value = round(low + more * chance("judge", run.external_id), 2)
    alarms = (run.truth is not None and run.truth.mode in LEDGER) or chance("check", run.external_id) < FALSE_ALARM
    return [
        {**about, "name": RESOLVED, "value": value, "annotator_kind": "llm", "author": JUDGE},
        {
            **about,
            "name": MONEY,
            "label": "fail" if alarms else "pass",
            "annotator_kind": "code",
            "author": CHECK,
        },
    ]
