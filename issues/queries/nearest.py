"""The known issues that a note looks like, while it is being typed: never waits for the model or for a large read."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db.models import F

from accounts.models import Project
from annotate.models import Failure
from annotate.queries.blind import Sight
from clustering.engine.describe import by_centrality
from clustering.engine.embed import Embedder, EmbedderBroken, Vectors, from_bytes
from clustering.engine.mask import comparable
from clustering.engine.wording import Wording
from clustering.models import Embedding
from clustering.queries import current_embeddings, model_name, names_in
from clustering.ready import is_coming, ready_embedder
from common.background import beside, is_under_way
from issues.lifecycle import State
from issues.models import Issue, IssueEvent, likeness_in_words
from issues.queries.counts import counted_issues
from traces.models import AgentSession, Transcript

SHOWN = 3
# Those that the reader may not see are passed over, and what follows is shown.
LOOKED_AT = 15
# Below these a likeness is chance: of vectors, and of shared words.
LEAST, LEAST_BY_WORDS = 0.4, 0.25
MEMBERS = 24
EXAMPLES = 6
FEWEST_LETTERS = 6
PROJECTS = 16
AGAIN_AFTER_S = 600
Mark = tuple[int | None, int | None, str]


@dataclass(frozen=True)
class Known:
    """A project's living issues as notes are compared with them, row by row; `mark` says what they were read from.

    `centroids`: unit rows, the mean of each issue's confirmed failures; zeros where none has a vector. `examples`: ids
    of some of its failures, the most typical first.
    """

    mark: Mark
    read_at: float
    issues: tuple[int, ...]
    centroids: Vectors
    wording: Wording
    examples: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class Near:
    """An issue that a note looks like: how much, in words and as a number, and an example of what somebody wrote.

    There is no number where only words were compared: it would mean something else.
    """

    issue: Issue
    percent: int | None
    likeness: str
    sessions: int
    example: str


@dataclass(frozen=True)
class Help:
    """What is known so far; `is_coming`: ask again in a moment, there will be more."""

    near: list[Near]
    is_coming: bool


_known: dict[int, Known] = {}


def nearest_issues(project: Project, session: AgentSession, note: str, sight: Sight) -> Help:
    """The issues that a note about this session looks like, nearest first; six queries at most, however many issues.

    An example is never from the session itself, nor from one whose judgements the reader may not see.
    """
    known, embedder = known_issues(project), ready_embedder()
    if known is None or len(note.strip()) < FEWEST_LETTERS:
        return Help([], known is None and is_under_way(("issues", project.pk)))
    scores, by_meaning = _compare(known, embedder, comparable(note, names=_names(session.pk, session.revision)))
    least = LEAST if by_meaning else LEAST_BY_WORDS
    rows = [row for row in np.argsort(-scores, kind="stable")[:LOOKED_AT] if scores[row] >= least]
    likeness = {known.issues[row]: float(scores[row]) for row in rows}
    shown = _visible(project, list(likeness), sight)
    examples = _examples(known, shown, session, sight)
    near = [_near(issue, likeness[issue.pk], examples.get(issue.pk, ""), by_meaning=by_meaning) for issue in shown]
    return Help(near, not by_meaning and is_coming())


def _compare(known: Known, embedder: Embedder | None, text: str) -> tuple[Vectors, bool]:
    """(how like each issue is, whether by meaning): by shared words where there is no model."""
    if embedder is not None and known.centroids.size:
        try:
            likeness: Vectors = known.centroids @ embedder.embed([text])[0]
        except EmbedderBroken:
            return known.wording.compare(text), False
        return likeness, True
    return known.wording.compare(text), False


def _near(issue: Issue, likeness: float, example: str, *, by_meaning: bool) -> Near:
    sessions: int = getattr(issue, "sessions", 0)
    if not by_meaning:
        return Near(issue, None, "similar words", sessions, example)
    return Near(issue, round(100 * likeness), likeness_in_words(likeness), sessions, example)


def _visible(project: Project, wanted: Sequence[int], sight: Sight) -> list[Issue]:
    """Those of the issues that the reader may see, in the order given."""
    found = {issue.pk: issue for issue in counted_issues(project, sight).filter(pk__in=wanted)}
    living = [found[pk] for pk in wanted if pk in found and found[pk].state != State.MERGED]
    return living[:SHOWN]


def _examples(known: Known, issues: Sequence[Issue], session: AgentSession, sight: Sight) -> dict[int, str]:
    """By issue, the note of its most typical failure that may be shown: one query."""
    typical = [pk for issue in issues for pk in known.examples.get(issue.pk, ())]
    rows = Failure.objects.filter(sight.of(), pk__in=typical, withdrawn_at=None).exclude(session=session)
    notes = dict(rows.filter(issue_memberships__until=None).values_list("pk", "note"))
    found = {issue.pk: [notes[pk] for pk in known.examples.get(issue.pk, ()) if pk in notes] for issue in issues}
    return {pk: told[0] for pk, told in found.items() if told}


@lru_cache(maxsize=128)
def _names(session_id: int, revision: int) -> frozenset[str]:  # noqa: ARG001  # a key of what is remembered
    """The names that the session's data hold. Somebody who types asks for the same ones again and again."""
    transcript = Transcript.objects.filter(session=session_id).first()
    return names_in(words.arguments for words in transcript.words.values()) if transcript else frozenset()


def known_issues(project: Project) -> Known | None:
    """What this process knows of the project's issues; None before it has read them. What is out of date is read again.

    Reading goes on beside: until it is done, what was known before answers.
    """
    known = _known.get(project.pk)
    if known is None or known.mark != _mark(project) or time.monotonic() - known.read_at > AGAIN_AFTER_S:
        beside(("issues", project.pk), lambda: read_issues(project))
    return known


def _mark(project: Project) -> Mark:
    """What changes with every decision, every failure that got its vector, and the model: two looks at an index."""
    events = IssueEvent.objects.filter(issue__project=project).order_by("-pk")
    vectors = Embedding.objects.filter(project=project).order_by("-pk")
    newest = events.values_list("pk", flat=True).first(), vectors.values_list("pk", flat=True).first()
    return (*newest, model_name())


def read_issues(project: Project) -> Known:
    """Reads the project's issues, and keeps them for those who ask next: four queries."""
    mark = _mark(project)  # first: what changes meanwhile is read again
    titles = dict(Issue.objects.filter(project=project).exclude(state=State.MERGED).values_list("pk", "title"))
    members = _members(project, titles)
    known = Known(
        mark,
        time.monotonic(),
        tuple(titles),
        _centroids([[vector for _, _, vector in members[pk]] for pk in titles]),
        Wording([" ".join([title, *(text for _, text, _ in members[pk])]) for pk, title in titles.items()]),
        {pk: _typical(rows) for pk, rows in members.items() if rows},
    )
    _known.pop(project.pk, None)
    _known[project.pk] = known
    while len(_known) > PROJECTS:
        _known.pop(next(iter(_known)))
    return known


Member = tuple[int, str, Vectors]  # a failure's id, its masked text, and its vector of shape (d,)


def _members(project: Project, issues: Mapping[int, str]) -> defaultdict[int, list[Member]]:
    """By issue, its newest confirmed failures that have a vector."""
    rows = current_embeddings().filter(
        project=project, failure__withdrawn_at=None, failure__issue_memberships__until=None
    )
    placed = rows.annotate(issue=F("failure__issue_memberships__issue")).exclude(issue=None).order_by("-failure_id")
    found: defaultdict[int, list[Member]] = defaultdict(list)
    for issue, failure, text, vector in placed.values_list("issue", "failure_id", "text", "vector").iterator():
        if issue in issues and len(found[issue]) < MEMBERS:
            found[issue].append((failure, text, from_bytes([vector])[0]))
    return found


def _centroids(groups: Sequence[Sequence[Vectors]]) -> Vectors:
    width = next((len(group[0]) for group in groups if group), 0)
    means = [np.mean(group, axis=0) if group else np.zeros(width, dtype=np.float32) for group in groups]
    rows = np.array(means, dtype=np.float32).reshape(len(groups), width)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _typical(members: Sequence[Member]) -> tuple[int, ...]:
    order = by_centrality([text for _, text, _ in members], np.stack([vector for *_, vector in members]))
    return tuple(members[place][0] for place in order[:EXAMPLES])
