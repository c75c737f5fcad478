"""What really went wrong in a demo session. For tests and for the demo's own reviewers; never sent to the server."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """The failure modes that the demo's agent has."""

    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a name, no secret
    REFUND_OVER_POLICY = "refund_over_policy"
    FORGOT_CONSTRAINT = "forgot_constraint"
    LOOP = "loop"
    SCHEMA_DRIFT = "schema_drift"
    TIMEOUT_HIDDEN = "timeout_hidden"
    WRONG_CUSTOMER = "wrong_customer"
    SKIPPED_IDENTITY = "skipped_identity"
    EMPTY_SEARCH = "empty_search"
    STALE_PRICE = "stale_price"
    GAVE_UP = "gave_up"
    LEAKED_DATA = "leaked_data"


# How many of 300 sessions have each: few modes are common, many are rare. A quarter of all sessions fails.
SESSIONS = 300
OFTEN: dict[Mode, int] = {
    Mode.EXPIRED_TOKEN: 14,
    Mode.REFUND_OVER_POLICY: 11,
    Mode.FORGOT_CONSTRAINT: 9,
    Mode.LOOP: 8,
    Mode.SCHEMA_DRIFT: 8,
    Mode.TIMEOUT_HIDDEN: 7,
    Mode.WRONG_CUSTOMER: 5,
    Mode.SKIPPED_IDENTITY: 4,
    Mode.EMPTY_SEARCH: 4,
    Mode.STALE_PRICE: 3,
    Mode.GAVE_UP: 2,
    Mode.LEAKED_DATA: 1,
}
# The share of a mode's sessions that run on the newer release, where it is not the usual half.
IN_NEW_RELEASE: dict[Mode, float] = {Mode.SCHEMA_DRIFT: 1.0, Mode.EXPIRED_TOKEN: 0.8, Mode.REFUND_OVER_POLICY: 0.3}

FAILURE_TYPES: dict[Mode, str] = {
    Mode.EXPIRED_TOKEN: "Claims success after an error",
    Mode.TIMEOUT_HIDDEN: "States a guess as fact",
    Mode.REFUND_OVER_POLICY: "Breaks a policy",
    Mode.SKIPPED_IDENTITY: "Skips a check",
    Mode.FORGOT_CONSTRAINT: "Ignores what the user said",
    Mode.LOOP: "Gets stuck",
    Mode.GAVE_UP: "Leaves the job undone",
    Mode.SCHEMA_DRIFT: "Misreads a tool's answer",
    Mode.EMPTY_SEARCH: "States a guess as fact",
    Mode.STALE_PRICE: "Out-of-date data",
    Mode.WRONG_CUSTOMER: "Wrong person or data",
    Mode.LEAKED_DATA: "Wrong person or data",
}
SEVERE = frozenset({Mode.LEAKED_DATA, Mode.SKIPPED_IDENTITY, Mode.WRONG_CUSTOMER})


@dataclass(frozen=True)
class GroundTruth:
    """One injected failure: its mode, the keys of the steps where it began and where it showed, a person's note.

    `wordings`: what others might write of it.
    """

    mode: Mode
    root_step: str
    surfaced_step: str
    note: str
    expected: str
    wordings: tuple[str, ...]
