"""The issues and failure types that a note looks like, while it is typed: never waits for the model or a large read."""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from accounts.models import Project
from annotate.models import Failure, FailureType, FailureTypeEvent
from annotate.queries.blind import Sight
from annotate.queries.judgements import failure_types
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
# A type is wider than an issue: it takes more failures to tell what it is about.
MEMBERS, MEMBERS_OF_TYPE = 24, 100
EXAMPLES = 6
FEWEST_LETTERS = 6
PROJECTS = 16
# With news, and without. While people review there is news all the time, and reading takes the time of their requests.
SOONEST_AGAIN_S, AGAIN_AFTER_S = 30, 600
Mark = tuple[int | None, int | None, int | None, str]
IN_ISSUE = Q(failure__issue_memberships__until=None, failure__issue_memberships__issue__isnull=False)
OF_TYPE = Q(failure__failure_type__isnull=False)


@dataclass(frozen=True)
class Groups:
    """What notes are compared with, row by row: by shared words, or by meaning.

    `centroids`: unit rows, the mean of each one's newest failures; zeros where none has a vector.
    """

    ids: tuple[int, ...]
    wording: Wording
    centroids: Vectors

    def like(self, text: str, vector: Vectors | None) -> dict[int, float]:
        """By id how like it is, the nearest first, as far as it is no chance: by words where the text has no vector."""
        if self.speaks_to(vector):
            scores, least = self.centroids @ vector, LEAST
        else:
            scores, least = self.wording.compare(text), LEAST_BY_WORDS
        rows = [row for row in np.argsort(-scores, kind="stable")[:LOOKED_AT] if scores[row] >= least]
        return {self.ids[row]: float(scores[row]) for row in rows}

    def speaks_to(self, vector: Vectors | None) -> TypeGuard[Vectors]:
        """Whether a text with this vector is compared by meaning."""
        return vector is not None and self.centroids.size > 0


@dataclass(frozen=True)
class Known:
    """A project's living issues and failure types; `mark` says what they were read from.

    `examples`: by issue the ids of some of its failures, the most typical first.
    """

    mark: Mark
    read_at: float
    issues: Groups
    types: Groups
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
    """What is known so far; `types`: names; `is_coming`: ask again in a moment, there will be more."""

    near: list[Near]
    types: list[str]
    is_coming: bool


_known: dict[int, Known] = {}


def nearest_issues(project: Project, session: AgentSession, note: str, sight: Sight) -> Help:
    """The issues and failure types that a note about this session looks like, nearest first; at most seven queries.

    An example is never from the session itself, nor from one whose judgements the reader may not see.
    """
    known, embedder = known_issues(project), ready_embedder()
    if known is None or len(note.strip()) < FEWEST_LETTERS:
        return Help([], [], known is None and is_under_way(("issues", project.pk)))
    text = comparable(note, names=_names(session.pk, session.revision))
    vector = _vector(known, embedder, text)
    likeness = known.issues.like(text, vector)
    shown = _visible(project, list(likeness), sight)
    examples = _examples(known, shown, session, sight)
    by_meaning = known.issues.speaks_to(vector)
    near = [_near(issue, likeness[issue.pk], examples.get(issue.pk, ""), by_meaning=by_meaning) for issue in shown]
    return Help(near, _types(project, known.types.like(text, vector), sight), vector is None and is_coming())


def similar_issues(issue: Issue, sight: Sight) -> Help:
    """The issues that this one's newest failures look like, nearest first; at most five queries.

    By its title where these have no vectors. Nothing for who may not see all: likeness is made of everybody's words.
    """
    known = None if sight.is_partial else known_issues(issue.project)
    if known is None or issue.pk not in known.issues.ids:
        return Help([], [], known is None and is_under_way(("issues", issue.project_id)))
    centroid = known.issues.centroids[known.issues.ids.index(issue.pk)]
    vector = centroid if centroid.any() else None
    likeness = known.issues.like(issue.title, vector)
    shown = _visible(issue.project, [pk for pk in likeness if pk != issue.pk], sight)
    by_meaning = known.issues.speaks_to(vector)
    return Help([_near(other, likeness[other.pk], "", by_meaning=by_meaning) for other in shown], [], is_coming=False)


def _vector(known: Known, embedder: Embedder | None, text: str) -> Vectors | None:
    """The text's vector, shape (d,); None where there is no model, or nothing to compare with."""
    if embedder is None or not (known.issues.centroids.size or known.types.centroids.size):
        return None
    try:
        vector: Vectors = embedder.embed([text])[0]
    except EmbedderBroken:
        return None
    return vector


def _near(issue: Issue, likeness: float, example: str, *, by_meaning: bool) -> Near:
    sessions: int = getattr(issue, "sessions", 0)
    if not by_meaning:
        return Near(issue, None, "similar words", sessions, example)
    return Near(issue, round(100 * likeness), likeness_in_words(likeness), sessions, example)


def _visible(project: Project, wanted: Sequence[int], sight: Sight) -> list[Issue]:
    """Those of the issues that the reader may see, in the order given."""
    found = {issue.pk: issue for issue in counted_issues(project, sight).filter(pk__in=wanted, withdrawn_at=None)}
    living = [found[pk] for pk in wanted if pk in found and found[pk].state != State.MERGED]
    return living[:SHOWN]


def _types(project: Project, wanted: Collection[int], sight: Sight) -> list[str]:
    """The names of those of the failure types that the reader may see, in the order given."""
    seen: Any = failure_types(project, sight).filter(pk__in=wanted)
    if sight.is_partial:
        seen = seen.filter(uses__gt=0)  # else it is like the note for what is withheld
    names = dict(seen.order_by().values_list("pk", "name"))
    return [names[pk] for pk in wanted if pk in names][:SHOWN]


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
    """What this process knows of the project; None before it has read it. What is out of date is read again.

    Reading goes on beside: until it is done, what was known before answers.
    """
    known = _known.get(project.pk)
    if known is None or _is_old(known, project):
        beside(("issues", project.pk), lambda: read_issues(project))
    return known


def _is_old(known: Known, project: Project) -> bool:
    age = time.monotonic() - known.read_at
    return age > AGAIN_AFTER_S or (age > SOONEST_AGAIN_S and known.mark != _mark(project))


def _mark(project: Project) -> Mark:
    """What changes with every decision, every failure that got its vector, and the model: three looks at an index."""
    events = IssueEvent.objects.filter(issue__project=project).order_by("-pk")
    of_types = FailureTypeEvent.objects.filter(failure_type__project=project).order_by("-pk")
    vectors = Embedding.objects.filter(project=project).order_by("-pk")
    newest = [rows.values_list("pk", flat=True).first() for rows in (events, of_types, vectors)]
    return newest[0], newest[1], newest[2], model_name()


def read_issues(project: Project) -> Known:
    """Reads the project's issues and failure types, and keeps them for those who ask next: seven queries."""
    mark = _mark(project)  # first: what changes meanwhile is read again
    issues = Issue.objects.living().filter(project=project)
    titles = {pk: (title,) for pk, title in issues.values_list("pk", "title")}
    placed = _members(project, IN_ISSUE, F("failure__issue_memberships__issue"), MEMBERS)
    types = FailureType.objects.filter(project=project, merged_into=None)
    named = {pk: words for pk, *words in types.values_list("pk", "name", "description")}
    typed = _members(project, OF_TYPE, F("failure__failure_type"), MEMBERS_OF_TYPE)
    examples = {pk: _typical(placed[pk]) for pk in titles if pk in placed}
    known = Known(mark, time.monotonic(), _groups(titles, placed), _groups(named, typed), examples)
    _known.pop(project.pk, None)
    _known[project.pk] = known
    while len(_known) > PROJECTS:
        _known.pop(next(iter(_known)))
    return known


Member = tuple[int, str, Vectors]  # a failure's id, its masked text, and its vector of shape (d,)


def _members(project: Project, which: Q, group: F, most: int) -> dict[int, list[Member]]:
    """By group, its newest failures that stand and have a vector: at most so many of each."""
    standing = current_embeddings().filter(which, project=project, failure__withdrawn_at=None).annotate(group=group)
    place = Window(RowNumber(), partition_by=F("group"), order_by="-failure_id")
    newest = standing.annotate(place=place).filter(place__lte=most).values("pk")  # sorted without the vectors
    rows = standing.filter(pk__in=newest).order_by("-failure_id")
    found: defaultdict[int, list[Member]] = defaultdict(list)
    for key, failure, text, vector in rows.values_list("group", "failure_id", "text", "vector").iterator():
        found[key].append((failure, text, from_bytes([vector])[0]))
    return dict(found)


def _groups(words: Mapping[int, Sequence[str]], members: Mapping[int, Sequence[Member]]) -> Groups:
    """Those of `words` (by id what they are called), with what is in them."""
    texts = [" ".join([*told, *(text for _, text, _ in members.get(pk, ()))]) for pk, told in words.items()]
    vectors = [[vector for *_, vector in members.get(pk, ())] for pk in words]
    return Groups(tuple(words), Wording(texts), _centroids(vectors))


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
