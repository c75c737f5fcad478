"""What the made-up people say to each other beside their judgements. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.ground_truth import Mode
from demo.story.telling import AgentRun


@dataclass(frozen=True)
class Remark:
    """One comment: by whom, on which session of those that several read (the `number`-th of its mode), and where.

    `at`: "root" or "surfaced", the steps of its failure; "" for the session as a whole. `{tom}` names a person, `{you}`
    whoever tries the demo. With `for_lead` it is a question, which the lead answers with `answer`, or not yet.
    """

    by: str
    mode: Mode
    text: str
    number: int = 0
    at: str = "root"
    for_lead: bool = False
    answer: str = ""


REMARKS = (
    Remark(
        "maya",
        Mode.REFUND_OVER_POLICY,
        "@{tom} the policy that it had just read says 30 days. You would have let this pass?",
    ),
    Remark(
        "tom",
        Mode.REFUND_OVER_POLICY,
        "@{maya} I had read only the answer, and the customer was pleased. You are right: *a voucher* was due here.",
    ),
    Remark(
        "ines",
        Mode.SCHEMA_DRIFT,
        "The tool answers in cents since release 1.5.0. I see the same in every refund of that release.",
    ),
    Remark("maya", Mode.SCHEMA_DRIFT, "At least it says that it could not do it.", at="surfaced"),
    Remark(
        "ines",
        Mode.FORGOT_CONSTRAINT,
        "@{you} is this worth an issue of its own? The agent knew the colour all along.",
    ),
    Remark("tom", Mode.FORGOT_CONSTRAINT, "The customer will have to send it back a second time.", at=""),
    Remark(
        "maya",
        Mode.EXPIRED_TOKEN,
        "Is it still a failure if a colleague makes the refund by hand an hour later?",
        at="surfaced",
        for_lead=True,
        answer="Yes. What counts is what the customer was told, and when they were told it, it was not true.",
    ),
    Remark(
        "ines",
        Mode.REFUND_OVER_POLICY,
        "If the goods arrived broken, do the 30 days count all the same? Our policy does not say.",
        number=1,
        for_lead=True,
    ),
)

REASONS: Mapping[Mode | None, str] = {
    Mode.REFUND_OVER_POLICY: "The policy that it read says 30 days. That everybody is pleased changes no rule.",
    Mode.SCHEMA_DRIFT: "It took cents for euros. Where it asked for too much is the failure, not where it said so.",
    Mode.FORGOT_CONSTRAINT: "The customer named one condition, and the agent did something else.",
    Mode.EXPIRED_TOKEN: "The payment tool refused, so no money moved. What the customer was told is not true.",
    Mode.GAVE_UP: "It had everything that it needed, and stopped.",
    None: "All that was promised was done, and within the rules. A goodbye is not asked for.",
}


def session_of(remark: Remark, runs: Sequence[AgentRun]) -> AgentRun | None:
    """The session that the remark is about; None where so few are told that there is none."""
    failed = [run for run in runs if run.truth and run.truth.mode is remark.mode]
    return failed[remark.number] if remark.number < len(failed) else None


def step_of(remark: Remark, run: AgentRun) -> str:
    """The key of the step that it is about; "" for the whole session."""
    return getattr(run.truth, f"{remark.at}_step") if remark.at else ""
