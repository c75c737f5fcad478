"""Groups failures by what was written about them. It proposes; who asked decides."""

import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Project
from clustering.engine import describe, mechanisms
from clustering.engine.linkage import cohesion
from clustering.engine.links import NONE, Links
from clustering.models import GroupingRun, RunScope, RunState
from clustering.queries import Embeddings, read_embeddings


@dataclass(frozen=True)
class Group:
    """Failures that say the same thing. `notes`: as written, most typical first; `texts`: masked, sorted."""

    failure_ids: tuple[int, ...]
    notes: tuple[str, ...]
    texts: tuple[str, ...]
    words: tuple[str, ...]
    cohesion: float


def group_failures(
    project: Project,
    failure_ids: Collection[int],
    links_of: Callable[[Sequence[int]], Links] = lambda _: NONE,
    mark: Hashable = 0,
) -> tuple[GroupingRun, list[Group]]:
    """Groups those of the failures that have a current vector, and keeps a record of the run.

    `links_of`: what people taught of the failures that it is given, as pairs of their places there. `mark` stands for
    what they had decided when that was looked at.
    """
    found = read_embeddings(project, failure_ids)
    mechanism = mechanisms.current()
    links = links_of([row.failure_id for row in found.rows])
    grouping = mechanism.group([row.content for row in found.rows], found.vectors, links)
    counts = describe.count_words(row.text for row in found.rows)
    groups = [describe_group(found, rows, counts) for rows in grouping.groups]
    run = GroupingRun.objects.create(
        project=project,
        mechanism=mechanism.name,
        state=RunState.DONE,
        failure_count=len(found.rows),
        group_count=len(groups),
        input_hash=hash_input([(row.failure_id, row.content) for row in found.rows], mark),
        finished_at=timezone.now(),
    )
    return run, groups


def hash_input(rows: Collection[tuple[int, str]], mark: Hashable = 0) -> str:
    """What a run was about: the failures and their contents, in any order, and what people had decided."""
    return hashlib.sha256(repr((mark, sorted(rows))).encode()).hexdigest()


def was_grouped(project: Project, input_hash: str) -> bool:
    """Whether the project's last run over the pool was about just this."""
    last = GroupingRun.objects.filter(project=project, scope=RunScope.POOL).order_by("-id").first()
    return last is not None and last.input_hash == input_hash and last.mechanism == mechanisms.CURRENT


def describe_group(found: Embeddings, rows: tuple[int, ...], counts: Mapping[str, int]) -> Group:
    """What these rows have in common. `counts`: how many of all have each word."""
    texts = [found.rows[row].text for row in rows]
    order = describe.by_centrality(texts, found.vectors[list(rows)])
    return Group(
        failure_ids=tuple(found.rows[rows[index]].failure_id for index in order),
        notes=tuple(found.rows[rows[index]].note for index in order),
        texts=tuple(sorted(texts)),
        words=tuple(describe.distinguishing_words(texts, counts, len(found.rows))),
        cohesion=cohesion(found.vectors[list(rows)]),
    )
