"""Reads of clustering: which failures have a vector, which wait for one, and what their texts are made of."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Project
from annotate.models import Failure, FailureType
from clustering.engine.compare import join_types
from clustering.engine.embed import BUNDLED, Vectors, from_bytes
from clustering.engine.mask import TEXT_VERSION
from clustering.models import EmbedderFault, Embedding, Layout
from traces.models import Step, Transcript

NAME_LENGTH = range(3, 61)
MOST_NAMES = 400
MOST_IN_QUERY = 5000


def model_name() -> str:
    """The embedding model in use, by the name that is stored with each vector."""
    return settings.EMBEDDING_MODEL or BUNDLED


def current_embeddings() -> QuerySet[Embedding]:
    """The embeddings of today's model and text version: the only ones that may be compared."""
    return Embedding.objects.filter(model_name=model_name(), text_version=TEXT_VERSION)


def is_embedded() -> Exists:
    """For a query of failures: whether the present wording has a current vector."""
    return Exists(current_embeddings().filter(failure=OuterRef("pk"), failure_updated_at=OuterRef("updated_at")))


def waiting_for_embedding() -> QuerySet[Failure]:
    """Failures that are not withdrawn and whose present wording has no current vector, oldest first."""
    return Failure.objects.filter(~is_embedded(), withdrawn_at=None).order_by("id")


def find_fault() -> EmbedderFault | None:
    """Why the model in use does not work, or None."""
    return EmbedderFault.objects.filter(model_name=model_name()).first()


@dataclass(frozen=True)
class Embedded:
    """A failure with its masked text and its type ("": none); its vector is the same row of `Embeddings.vectors`."""

    failure_id: int
    text: str
    note: str
    failure_type: str = ""

    @property
    def content(self) -> str:
        """All that is compared, in words: failures of the same content cannot be told apart."""
        return content_of(self.text, self.failure_type)


def content_of(text: str, failure_type: str) -> str:
    """A masked text with the failure type that a person gave."""
    return f"[{failure_type}] {text}" if failure_type else text


@dataclass(frozen=True)
class Embeddings:
    """Failures and their vectors (text and type), row by row, ordered by failure. All of one project may meet."""

    rows: list[Embedded]
    vectors: Vectors


def read_embeddings(project: Project, failure_ids: Collection[int] | None = None) -> Embeddings:
    """The current embeddings of these failures (None: of all that are not withdrawn) of the project."""
    fields = ("failure_id", "text", "failure__note", "failure__failure_type__name", "vector")
    wanted = None if failure_ids is None else set(failure_ids)
    found = [
        row for row in _embeddings_of(project, failure_ids).values_list(*fields) if wanted is None or row[0] in wanted
    ]
    rows = [Embedded(failure_id, text, note, kind or "") for failure_id, text, note, kind, _ in found]
    known = sorted(FailureType.objects.filter(project=project).values_list("name", flat=True))
    vectors = from_bytes([vector for *_, vector in found])
    return Embeddings(rows, join_types(vectors, [row.failure_type for row in rows], known))


def read_contents(project: Project, failure_ids: Collection[int]) -> list[tuple[int, str]]:
    """(failure, content) of those of the failures that have a current embedding."""
    wanted = set(failure_ids)
    rows = _embeddings_of(project, failure_ids).values_list("failure_id", "text", "failure__failure_type__name")
    return [(failure_id, content_of(text, kind or "")) for failure_id, text, kind in rows if failure_id in wanted]


def _embeddings_of(project: Project, failure_ids: Collection[int] | None) -> QuerySet[Embedding]:
    found = current_embeddings().filter(project=project, failure__withdrawn_at=None).order_by("failure_id")
    return found.filter(failure_id__in=failure_ids) if is_few(failure_ids) else found


def is_few(ids: Collection[int] | None) -> TypeGuard[Collection[int]]:
    """Whether a query may name them all: databases bound how many values it carries. Past that, pick from all."""
    return ids is not None and len(ids) <= MOST_IN_QUERY


def read_places(project: Project) -> tuple[Layout, dict[int, tuple[float, float]]] | None:
    """The project's map and where each failure lies on it, x and y within -1 and 1; None before it is drawn."""
    layout = Layout.objects.filter(project=project, drawn_at__isnull=False).first()
    if layout is None:
        return None
    failures = np.frombuffer(bytes(layout.failures), dtype="<i8").tolist()
    places = np.frombuffer(bytes(layout.places), dtype="<f4").reshape(-1, 2).tolist()
    return layout, {failure: (x, y) for failure, (x, y) in zip(failures, places, strict=True)}


@dataclass(frozen=True)
class Surroundings:
    """What a failure's text is read against: its root step in words, and the names that its session's data hold."""

    step: str = ""
    names: frozenset[str] = frozenset()


def read_surroundings(failures: Iterable[Failure]) -> dict[int, Surroundings]:
    """By failure id. Two queries for all: the steps of their sessions, and the words of these."""
    failures = list(failures)
    steps: dict[int, list[Step]] = {failure.session_id: [] for failure in failures}
    for step in Step.objects.filter(session_id__in=steps).only("session_id", "key", "kind", "name", "error_type"):
        steps[step.session_id].append(step)
    names = dict.fromkeys(steps, frozenset[str]())
    for transcript in Transcript.objects.filter(session__in=steps).iterator():
        names[transcript.session_id] = names_in(words.arguments for words in transcript.words.values())
    return {
        failure.pk: Surroundings(_step_words(steps[failure.session_id], failure.root_step), names[failure.session_id])
        for failure in failures
    }


def _step_words(steps: list[Step], key: str) -> str:
    root = next((step for step in steps if step.key == key), None)
    return " ".join(word for word in (root.kind, root.name, root.error_type) if word) if root else ""


def names_in(arguments: Iterable[str]) -> frozenset[str]:
    """Values of calls that look like somebody's or something's name: they hold a capital or a digit."""
    found: set[str] = set()
    for text in arguments:
        for leaf in _leaves(_parsed(text)):
            if len(leaf) in NAME_LENGTH and leaf != leaf.lower() and len(found) < MOST_NAMES:
                found.add(leaf)
    return frozenset(found)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item.strip()
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
