"""Settled sessions as examples in the guidance of rubrics: how they are written there, and who may see them."""

import re
from collections.abc import Collection, Iterable
from typing import TypeAlias

from django.db.models import Q, prefetch_related_objects

from accounts.models import Membership, Project
from annotate.models import Failure, Question, Review, Rubric
from annotate.queries.blind import withheld
from common.keys import is_key
from traces.models import Step

Guided: TypeAlias = Rubric | Question
LONGEST = 300
PAGE = "/sessions/"
ADDRESS = re.compile(r"/p/([-\w]+)/sessions/(\d+)/")
PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")
# What would make something else of words in the midst of a line of Markdown; inside of a word _ is none.
MARKS = re.compile(r"([\\`*\[\]<>~|&]|(?<!\w)_|_(?!\w))")


def example_of(gold: Review, address: str) -> str:
    """The settled session as a paragraph of guidance: a quote, what it is, and a link to its page at `address`."""
    failure = _telling(gold)
    quote = next(iter(failure.quotes), None) if failure else None
    key = quote["step"] if quote else failure.root_step if failure else ""
    position = Step.objects.filter(session=gold.session_id, key=key).values_list("position", flat=True).first()
    link = f"[step {position}]({address}#step-{position})" if position else f"[the session]({address})"
    lines = [f"“{_plain(quote['text'])}”"] if quote else []
    lines.append(f"{gold.get_outcome_display()}: {_plain(gold.reason)} ({link})")
    return "\n".join(f"> {line}" for line in lines)


def _telling(gold: Review) -> Failure | None:
    """Of the failures that the settlement tells or adopts, the first with a quote, or the first."""
    told = Failure.objects.filter(Q(review=gold) | Q(adopted_by=gold), withdrawn_at=None).order_by("pk").distinct()
    return min(told, key=lambda failure: not failure.quotes, default=None)


def _plain(words: str) -> str:
    line = " ".join(words.split())
    line = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return MARKS.sub(r"\\\1", line)


def used_as_examples(project: Project) -> set[int]:
    """The sessions that any version's guidance leads to, by id: their answer is known. Two queries."""
    texts = [
        *Rubric.objects.filter(project=project, guidance__contains=PAGE).values_list("guidance", flat=True),
        *Question.objects.filter(rubric__project=project, guidance__contains=PAGE).values_list("guidance", flat=True),
    ]
    return sessions_in(project, texts)


def paragraphs(guidance: str) -> list[str]:
    """What stands between empty lines."""
    return PARAGRAPHS.split(guidance)


def hide_examples(rubrics: Collection[Rubric], reader: Membership) -> None:
    """Takes out of these rows, as they are loaded, each paragraph on a session that is withheld from the reader.

    Their questions are loaded with them; beside that, one query where their guidance leads to any session.
    """
    hide_in(_guided(rubrics), reader)


def hide_in(rows: Collection[Guided], reader: Membership) -> None:
    """The same for rows by themselves."""
    for row, hidden in _hidden(rows, reader).items():
        row.guidance = "\n\n".join(one for one in paragraphs(row.guidance) if one not in hidden)


def hidden_examples(rubric: Rubric, reader: Membership) -> dict[str, str]:
    """What `hide_examples` takes out, for whoever writes the next version without seeing it.

    By the key of the question; of the outcome's guidance under no key.
    """
    hidden = _hidden(_guided([rubric]), reader)
    return {row.key if isinstance(row, Question) else "": "\n\n".join(told) for row, told in hidden.items()}


def _guided(rubrics: Collection[Rubric]) -> list[Guided]:
    prefetch_related_objects(list(rubrics), "questions")
    rows: list[Guided] = [*rubrics]
    for rubric in rubrics:
        rows += rubric.questions.all()
    return rows


def _hidden(rows: Collection[Guided], reader: Membership) -> dict[Guided, list[str]]:
    """The paragraphs of each row that are withheld from the reader, where there are any."""
    named = sessions_in(reader.project, [row.guidance for row in rows])
    away = withheld(reader, named) if named else set()
    told = {
        row: [one for one in paragraphs(row.guidance) if away & sessions_in(reader.project, [one])]
        for row in (rows if away else ())
    }
    return {row: hidden for row, hidden in told.items() if hidden}


def sessions_in(project: Project, texts: Iterable[str]) -> set[int]:
    """The sessions of the project that the texts lead to, by id."""
    found = [address for text in texts for address in ADDRESS.findall(text)]
    return {int(number) for slug, number in found if slug == project.slug and is_key(number)}
