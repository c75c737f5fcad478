"""Stories beside what is stored: what has to be written. Only a real change of content raises a session's revision."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.markdown import without_marks
from ingest.records import SessionRecord
from ingest.storing.fitting import STEP_FIELDS, fit_session, fit_step, shorten
from ingest.storing.telemetry import Grown, Story
from traces.models import AgentSession, Step, Transcript
from traces.records import ToolSchema
from traces.words import Words, pack_words, unpack_prompts, unpack_tools, unpack_words

STEP_COLUMNS = ("position", *STEP_FIELDS)
KEY, NAME = STEP_COLUMNS.index("key"), STEP_COLUMNS.index("name")
LARGEST = 2**63 - 1  # what a column can hold
LINE = 300  # characters of a title
StepRow = tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one session."""

    session_id: int
    added: bool
    changed: bool
    steps_added: int
    steps_removed: int


@dataclass
class _Known:
    """What is stored of a session: its steps by key, each in the order of STEP_COLUMNS, and its transcript."""

    steps: dict[str, StepRow] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    tools: dict[str, ToolSchema] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)


@dataclass
class Change:
    """How one session's rows are to be changed. `steps` in the order of STEP_COLUMNS; `words` None: as they are."""

    row: AgentSession
    grown: list[Grown]
    is_new: bool
    is_changed: bool
    steps: list[StepRow]
    steps_added: int
    gone: list[str]
    words: bytes | None

    @property
    def outcome(self) -> Outcome:
        """Once it is written."""
        return Outcome(self.row.pk, self.is_new, self.is_changed and not self.is_new, self.steps_added, len(self.gone))


def compare(stories: Sequence[Story]) -> list[Change]:
    """What brings the rows to what the stories say: three queries, or none where all sessions are new."""
    known = _known([story.row.pk for story in stories if story.row.pk])
    return [_change(story, known.get(story.row.pk, _Known())) for story in stories]


def _known(session_ids: list[int]) -> dict[int, _Known]:
    found = {key: _Known() for key in session_ids}
    if not session_ids:
        return found
    for session, *step in Step.objects.filter(session__in=session_ids).values_list("session_id", *STEP_COLUMNS):
        found[session].steps[step[KEY]] = tuple(step)
    transcripts = Transcript.objects.filter(session__in=session_ids).values_list("session_id", "payload")
    for session, payload in transcripts:
        found[session].words, found[session].tools = unpack_words(payload), unpack_tools(payload)
        found[session].prompts = unpack_prompts(payload)
    return found


def _change(story: Story, known: _Known) -> Change:
    """Gives the row its new values, and says what else is other than before."""
    fitted = [fit_step(step) for step in story.record.steps]
    steps = {values[0]: (position, *values) for position, (values, _) in enumerate(fitted, start=1)}
    words = {values[0]: said for values, said in fitted if any(said)}
    news = [step for key, step in steps.items() if known.steps.get(key) != step]
    gone = [key for key in known.steps if key not in steps]
    beside = (story.record.tools, story.record.prompts)
    is_rewritten = bool(news or gone) or (words, *beside) != (known.words, known.tools, known.prompts)
    values = {**fit_session(story.record), **_totals(story.record)}
    row = story.row
    is_new = row.revision == 0
    is_changed = is_rewritten or any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1 if is_changed or is_new else 0
    row.last_received_at = max(row.last_received_at or story.received_at, story.received_at)
    return Change(
        row=row,
        grown=story.grown,
        is_new=is_new,
        is_changed=is_changed,
        steps=news,
        steps_added=sum(step[KEY] not in known.steps for step in news),
        gone=gone,
        words=pack_words(words, (step[NAME] for step in steps.values()), *beside) if is_rewritten else None,
    )


def _totals(record: SessionRecord) -> dict[str, Any]:
    """Sums over the steps: null where no step tells, which is not the same as 0."""
    steps = record.steps
    errors = sum(step.is_error for step in steps) if record.error_count is None else record.error_count
    return {
        "step_count": len(steps),
        "tool_call_count": sum(step.kind == "tool" for step in steps),
        "error_count": errors,
        "tokens_in": _total(step.tokens_in for step in steps),
        "tokens_out": _total(step.tokens_out for step in steps),
        "cost_usd": _cost(step.cost_usd for step in steps),
        "title": _first_words(record, "user"),
        "last_answer": _first_words(record, "agent", last=True),
    }


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return min(sum(known), LARGEST) if known else None


def _cost(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    # Rounded, because a sum of floats must not depend on the order of its terms.
    return round(sum(known), 9) if known else None


def _first_words(record: SessionRecord, role: str, *, last: bool = False) -> str:
    texts = [step.text for step in record.steps if step.role == role and step.text.strip()]
    return shorten(without_marks(texts[-1 if last else 0][: 4 * LINE]), LINE) if texts else ""
