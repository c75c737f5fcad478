"""What a judgement must say before it counts. Each refusal names the field that it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.answers import Asked, Value, Wrong, missing, read_answer
from annotate.models import Outcome, Question, Rubric, Severity
from annotate.queries.asking import asked_in
from annotate.queries.passages import plain_texts
from annotate.told import ISSUE_NUMBER, MOST_FAILURES, Told, check_quotes
from common.errors import Refused
from traces.models import AgentSession, Step

# How the field of an answer is called in forms: `answer_tone` for the question `tone`.
ANSWER = "answer_"


def check_outcome(outcome: str) -> None:
    """Refused for an outcome that is none."""
    if outcome not in Outcome.values:
        raise Refused("Say first whether it worked: success, failure, or can't tell.", field="outcome")


def checked_failures(session: AgentSession, outcome: str, failures: Sequence[Told]) -> Sequence[Told]:
    """The failures that count; Refused where one is not complete. Only a failed session has failures."""
    if outcome != Outcome.FAILURE:
        return ()
    if not 1 <= len(failures) <= MOST_FAILURES:
        raise Refused(f"A failed session needs 1 to {MOST_FAILURES} failures.", field="failures")
    positions = dict(Step.objects.filter(session=session).values_list("key", "position"))
    quoted = {quote.step for told in failures for quote in told.quotes}
    plain = plain_texts(session, quoted) if quoted else {}
    for index, told in enumerate(failures):
        _check_steps(told, positions, f"failures-{index}-")
        _check_words(told, f"failures-{index}-")
        _check_quotes(told, plain, f"failures-{index}-")
    return failures


def _check_steps(told: Told, positions: Mapping[str, int], prefix: str) -> None:
    root = positions.get(told.root_step)
    if root is None:
        raise Refused("Mark the step where it first went wrong.", field=f"{prefix}root_step")
    if told.surfaced_step and told.surfaced_step not in positions:
        raise Refused("This session has no such step.", field=f"{prefix}surfaced_step")
    if positions.get(told.surfaced_step, root) < root:
        raise Refused(
            f"This is before step {root}, where it first went wrong. Choose step {root} or a later one.",
            field=f"{prefix}surfaced_step",
        )


def _check_words(told: Told, prefix: str) -> None:
    if not told.note.strip():
        raise Refused("Say in a sentence what went wrong.", field=f"{prefix}note")
    if told.severity not in Severity.values:
        raise Refused("Choose how severe it is.", field=f"{prefix}severity")
    if told.chosen_issue.strip() and not ISSUE_NUMBER.match(told.chosen_issue):
        raise Refused("Choose a known issue, such as ISS-12, or leave this empty.", field=f"{prefix}chosen_issue")


def _check_quotes(told: Told, plain: Mapping[str, str], prefix: str) -> None:
    try:
        check_quotes(told.quotes, plain)
    except Wrong as wrong:
        raise Refused(str(wrong), field=f"{prefix}quotes") from wrong


def checked_answers(rubric: Rubric, outcome: str, answers: Mapping[str, Any]) -> list[tuple[Question, Value]]:
    """What was answered, in the shape that each question keeps. Refused for a wrong answer or a missing one.

    Who cannot tell whether it worked need answer nothing more. What no question asks is left out: it may be an answer
    to a question of another version.
    """
    asked = asked_in(rubric)
    given = _given(asked, answers)
    said = {question.key: value for question, value in given}
    left = missing([one for _, one in asked], said) if outcome != Outcome.UNKNOWN else []
    if left:
        raise Refused(f"Answer this too: {left[0].text}", field=f"{ANSWER}{left[0].key}")
    return given


def settled_answers(rubric: Rubric, answers: Mapping[str, Any]) -> list[tuple[Question, Value]]:
    """The same of a lead, who may leave any question open."""
    return _given(asked_in(rubric), answers)


def _given(asked: Sequence[tuple[Question, Asked]], answers: Mapping[str, Any]) -> list[tuple[Question, Value]]:
    read = [(question, _read(one, answers.get(one.key))) for question, one in asked]
    return [(question, value) for question, value in read if value is not None]


def _read(asked: Asked, given: object) -> Value | None:
    try:
        return read_answer(asked, given)
    except Wrong as wrong:
        raise Refused(str(wrong), field=f"{ANSWER}{asked.key}") from wrong
