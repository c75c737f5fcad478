"""What the demo's lead asks of sessions that two people read, and how the made-up people answer. Pure."""

from collections.abc import Collection
from typing import Any

from annotate.rubric_versions import Wording
from demo.ground_truth import Mode
from demo.story.telling import chance

GUIDANCE = """

**What the shop's rules say counts**, not how pleased the customer is: a refund after 30 days is a failure even if \
everybody is happy with it.
"""
CHANGED = "Three questions, for what two people read; and what counts where the shop is too kind."
ALONE, ASKING, COLLEAGUE = "alone", "asking", "colleague"
QUESTIONS = (
    Wording(
        key="keeps-to-the-rules",
        kind="pass_fail",
        text="Did it keep to the shop's rules?",
        guidance="The rules are in the policy that it reads. *Fail*: 41 days after delivery it pays back the money.",
    ),
    Wording(
        key="clear-to-the-customer",
        kind="scale",
        text="How clear is it to the customer what happens next?",
        guidance="**5**: they know what they get, and when. **1**: they believe something that is not so.",
        options={"lowest": 1, "highest": 5, "low_words": "misled", "high_words": "perfectly clear"},
    ),
    Wording(
        key="who-should-decide",
        kind="choice",
        text="Who should have decided this?",
        options=[
            {"value": ALONE, "label": "The agent alone"},
            {"value": ASKING, "label": "The agent, after asking"},
            {"value": COLLEAGUE, "label": "A colleague"},
        ],
    ),
)
RULES_BROKEN = frozenset({Mode.REFUND_OVER_POLICY, Mode.SKIPPED_IDENTITY})
FOR_A_COLLEAGUE = frozenset({Mode.EXPIRED_TOKEN, Mode.REFUND_OVER_POLICY})
ASKING_FIRST = 0.05  # the share of answers that call for a question, whatever happened


def answers_to(mode: Mode | None, person: str, external_id: str, *, is_failure: bool) -> dict[str, Any]:
    """One person's answers, by key. `mode`: what they saw go wrong."""
    return {
        "keeps-to-the-rules": "fail" if mode in RULES_BROKEN else "pass",
        "clear-to-the-customer": _clear(person, external_id, is_failure=is_failure),
        "who-should-decide": _who(mode, FOR_A_COLLEAGUE, chance("who", person, external_id)),
    }


def _clear(person: str, external_id: str, *, is_failure: bool) -> int:
    """Where they saw a failure 1 to 3, else 4 or 5: what the session says, and one more from whoever is generous."""
    lowest = 1 if is_failure else 4
    clearer = chance("clear", external_id) < 0.5  # noqa: PLR2004  # half of the sessions
    generous = is_failure and chance("generous", person, external_id) < 0.3  # noqa: PLR2004  # a third
    return lowest + clearer + generous


def _who(mode: Mode | None, for_a_colleague: Collection[Mode], drawn: float) -> str:
    if drawn < ASKING_FIRST:
        return ASKING
    return COLLEAGUE if mode in for_a_colleague else ALONE
