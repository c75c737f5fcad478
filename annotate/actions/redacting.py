"""What people quoted of a session, when private words are taken out of it. What they wrote themselves is theirs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from annotate.actions.overruling import lock_failures
from annotate.models import CalibrationReview, Draft, Failure, Question, Rubric
from annotate.queries.examples import PAGE, paragraphs, sessions_in
from annotate.queries.passages import plain_texts
from annotate.told import LONGEST_QUOTE
from traces.models import AgentSession

# By so many words a quote may grow that ended in the midst of what was taken out.
WIDER = 8


@contextmanager
def quotes_follow(session: AgentSession, redact: Callable[[str], str]) -> Iterator[None]:
    """Around a rewriting of the session's words: each quote of it is then what stands in its step.

    Quotes of steps that are gone, or that read otherwise when they were quoted, are redacted for themselves.
    """
    quoting = _Quoting(session)
    before = plain_texts(session, quoting.steps)
    yield
    quoting.follow(_Passages(before, plain_texts(session, quoting.steps), redact))
    _redact_examples(session, redact)


def _redact_examples(session: AgentSession, redact: Callable[[str], str]) -> None:
    """Guidance that shows the session as an example: its versions never change but for this."""
    leading = {"guidance__contains": f"{PAGE}{session.pk}/"}
    rubrics = Rubric.objects.filter(project=session.project_id, **leading)
    questions = Question.objects.filter(rubric__project=session.project_id, **leading)
    guided: list[Rubric | Question] = [*rubrics, *questions]
    for row in guided:
        told = [
            redact(one) if session.pk in sessions_in(session.project, [one]) else one
            for one in paragraphs(row.guidance)
        ]
        row.guidance = "\n\n".join(told)
        row.save(update_fields=["guidance"])


class _Quoting:
    """All that quotes a session: failures, judgements that measured their reviewer, and what is not submitted yet."""

    def __init__(self, session: AgentSession) -> None:
        told = Failure.objects.filter(session=session).order_by("pk")
        # What was submitted before drafts, as whoever takes it back: nobody waits in a circle.
        lock_failures(told)
        self.failures = list(told)
        measured = CalibrationReview.objects.filter(session=session)
        self.measured = list(measured.select_for_update(no_key=True).order_by("pk"))
        # Locked, so that nothing is lost of what somebody is entering.
        drafts = Draft.objects.filter(item__session=session).select_for_update(of=("self",), no_key=True)
        self.drafts = list(drafts.order_by("pk"))

    @property
    def steps(self) -> set[str]:
        """The keys of those that are quoted, or where something went wrong."""
        rows: list[Failure | CalibrationReview | Draft] = [*self.failures, *self.measured, *self.drafts]
        quoted = {quote["step"] for row in rows for quote in _quotes(row)}
        return quoted | {failure.root_step for failure in self.failures}

    def follow(self, passages: "_Passages") -> None:
        """Writes what has changed. Failures count as updated: programs fetch them anew, and they are compared anew."""
        told = [row for row in self.failures if _follow(row, passages) or passages.changed(row.root_step)]
        for failure in told:
            failure.updated_at = timezone.now()
        Failure.objects.bulk_update(told, ["quotes", "updated_at"])
        CalibrationReview.objects.bulk_update([row for row in self.measured if _follow(row, passages)], ["failures"])
        Draft.objects.bulk_update([row for row in self.drafts if _follow(row, passages)], ["content"])


def _quotes(row: Failure | CalibrationReview | Draft) -> list[dict[str, Any]]:
    if isinstance(row, Failure):
        return list(row.quotes)
    told = row.failures if isinstance(row, CalibrationReview) else row.content.get("failures", [])
    return [quote for failure in told for quote in failure.get("quotes", [])]


def _follow(row: Failure | CalibrationReview | Draft, passages: "_Passages") -> bool:
    return sum(passages.move(quote) for quote in _quotes(row)) > 0


class _Passages:
    """The plain text of steps before private words were taken out of them, and after."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str], redact: Callable[[str], str]) -> None:
        self.before, self.after, self.redact = before, after, redact

    def changed(self, step: str) -> bool:
        """Whether anything was taken out of the step."""
        return self.before.get(step) != self.after.get(step)

    def move(self, quote: dict[str, Any]) -> bool:
        """Gives the quote its place and words in the text as it is now; whether that changed it."""
        was = dict(quote)
        start, end = quote["start"], quote["end"]
        old, new = self.before.get(quote["step"], ""), self.after.get(quote["step"], "")
        if not new or old[start:end] != quote["text"]:
            quote["text"] = self.redact(quote["text"])
            quote["end"] = start + len(quote["text"])
        elif old != new:
            start, end = self._place(old, new, start, end)
            quote |= {"start": start, "end": end, "text": new[start:end]}
        return quote != was

    def _place(self, old: str, new: str, start: int, end: int) -> tuple[int, int]:
        """Where the passage stands now; what comes out of here is in the new text, whatever it is."""
        for first, last in _ever_wider(old, start, end):
            words = self.redact(old[first:last])
            place = _nth(words, new, old.count(old[first:last], 0, first))
            if words.strip() and place >= 0:
                return place, place + min(len(words), LONGEST_QUOTE)
        length = min(end - start, len(new))
        first = min(start, len(new) - length)
        return first, first + length


def _ever_wider(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The passage, then with one word more on either side, with two more, and so on."""
    firsts, lasts = [start], [end]
    for _ in range(WIDER):
        firsts.append(text.rfind(" ", 0, max(firsts[-1] - 1, 0)) + 1)
        later = text.find(" ", lasts[-1] + 1)
        lasts.append(later if later >= 0 else len(text))
    for more in range(WIDER + 1):
        yield from ((firsts[before], lasts[more - before]) for before in range(more + 1))


def _nth(words: str, text: str, skipped: int) -> int:
    """Where the words stand in the text after so many others like them, or the last time; -1 where they do not."""
    place = text.find(words)
    while skipped and (later := text.find(words, place + len(words))) >= 0:
        place, skipped = later, skipped - 1
    return place
