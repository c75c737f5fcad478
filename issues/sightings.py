"""Looks for known issues in sessions that nobody has read. A sighting is a signal: it asks for a review, no more.

Each issue with enough confirmed sessions learns what its root steps look like; one that would be wrong too often stays
silent. Sessions that people have reviewed are not touched, so that what reviews later say of sightings is honest.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from accounts.models import Project
from annotate.models import Outcome, Review
from clustering.engine.embed import Vectors, from_bytes, to_bytes
from clustering.engine.recognise import FEWEST_POSITIVES, VERSION, Confirmed, Recogniser, learn
from clustering.queries import model_name
from clustering.sightings import LIKE_ISSUE, NEWEST, current_reads, read_steps, suspicious_steps, vectors_of_steps
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Recognition
from traces.actions import write_signals
from traces.records import Found

# Issues that are over: one that looks like them has come back.
OVER = frozenset({State.RESOLVED, State.VERIFIED})
# Learning again after every review would change nothing but the load.
REVIEWS_AT_ONCE = 10
STRENGTH, STRENGTH_IF_OVER = 0.8, 1.0


@dataclass(frozen=True)
class Watched:
    """An issue that may be recognised: its confirmed failures as session and root step."""

    issue: Issue
    roots: dict[int, set[str]]


def look_out(project: Project) -> int:
    """One slice of the work: embeds, learns where something changed, compares. Returns how many sessions it met."""
    watched = watched_issues(project)
    if watched and (read := read_steps(project)):
        return read
    known = _up_to_date(project, watched) if watched else {}
    return _compare(project, known, _mark_of(known))


def watched_issues(project: Project) -> list[Watched]:
    """The living issues with enough confirmed sessions to learn from: two queries."""
    issues = Issue.objects.living().filter(project=project).exclude(state=State.IGNORED).order_by("number")
    rows = IssueMembership.objects.standing().filter(issue__in=issues)
    roots: defaultdict[int, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for issue, session, step in rows.values_list("issue_id", "failure__session_id", "failure__root_step"):
        roots[issue][session].add(step)
    return [Watched(one, dict(roots[one.pk])) for one in issues if len(roots[one.pk]) >= FEWEST_POSITIVES]


def _up_to_date(project: Project, watched: list[Watched]) -> dict[int, Recognition]:
    """By issue its newest recognition, learned again where its members changed or enough was reviewed."""
    others = _reviewed(project)
    rows = Recognition.objects.filter(issue__project=project).select_related("issue").order_by("pk")
    newest = {row.issue_id: row for row in rows}
    stale = [one for one in watched if not _is_fresh(newest.get(one.issue.pk), _source(one, others))]
    if stale:
        vectors, suspicious = vectors_of_steps(others | _sessions(stale)), suspicious_steps(others, marked=False)
        for one in stale:
            learned = learn(*_examples(one, others, suspicious, vectors))
            newest[one.issue.pk] = _store(one, learned, _source(one, others))
    return {one.issue.pk: newest[one.issue.pk] for one in watched}


def _sessions(watched: Iterable[Watched]) -> set[int]:
    return {session for one in watched for session in one.roots}


def _reviewed(project: Project) -> set[int]:
    """The sessions of the newest reviews that decided something."""
    standing = Review.objects.filter(project=project, withdrawn_at=None).exclude(outcome=Outcome.UNKNOWN)
    return set(standing.order_by("-pk").values_list("session_id", flat=True)[:NEWEST])


def _source(one: Watched, reviewed: Collection[int]) -> str:
    """A hash of what it would learn from; reviews of other sessions count by the ten."""
    members = sorted((session, *sorted(steps)) for session, steps in one.roots.items())
    told = repr((VERSION, model_name(), members, len(reviewed) // REVIEWS_AT_ONCE))
    return hashlib.sha256(told.encode()).hexdigest()


def _is_fresh(row: Recognition | None, source: str) -> bool:
    return row is not None and row.learned_from == source


def _examples(
    one: Watched,
    reviewed: Collection[int],
    suspicious: Mapping[int, set[str]],
    vectors: Mapping[tuple[int, str], Vectors],
) -> tuple[list[Confirmed], list[Vectors]]:
    """Its own sessions, and the reviewed ones without it."""

    def rows(session: int, steps: Iterable[str]) -> Vectors:
        found = [vectors[session, step] for step in sorted(steps) if (session, step) in vectors]
        return np.stack(found) if found else np.zeros((0, 0), dtype=np.float32)

    own = [Confirmed(rows(pk, steps), rows(pk, suspicious.get(pk, ()))) for pk, steps in sorted(one.roots.items())]
    others = [rows(pk, suspicious.get(pk, ())) for pk in sorted(set(reviewed) - set(one.roots))]
    return [each for each in own if len(each.roots)], others


def _store(one: Watched, learned: Recogniser | None, source: str) -> Recognition:
    """A row also where too little is known: silent, so that it is not tried again before something changes."""
    told = learned or Recogniser(np.zeros(0, dtype=np.float32), 0.0, 1.0, 0.0, 0.0, len(one.roots), 0)
    return Recognition.objects.create(
        issue=one.issue,
        version=VERSION,
        model_name=model_name(),
        weights=to_bytes(told.weights),
        bias=told.bias,
        threshold=told.threshold,
        precision=told.precision,
        recall=told.recall,
        positives=told.positives,
        negatives=told.negatives,
        is_good=told.is_good,
        learned_from=source,
    )


def _mark_of(known: Mapping[int, Recognition]) -> str:
    """What sessions are marked with that were compared with these, the issues' states included."""
    told = repr(sorted((row.pk, row.is_good, row.issue.state in OVER) for row in known.values()))
    return hashlib.sha256(told.encode()).hexdigest()


def _compare(project: Project, known: Mapping[int, Recognition], mark: str) -> int:
    """Writes or takes back the signal of each session that was not compared with these yet."""
    reads = current_reads().filter(project=project).exclude(compared_with=mark).order_by("-pk")
    sessions = set(reads.values_list("pk", flat=True)[:NEWEST])
    reviewed = Review.objects.filter(session__in=sessions, withdrawn_at=None).values_list("session_id", flat=True)
    unread = sessions - set(reviewed)
    if unread:
        write_signals(kind=LIKE_ISSUE, version=VERSION, found=_sightings(unread, [*known.values()]))
    current_reads().filter(pk__in=sessions).update(compared_with=mark)
    return len(sessions)


def _sightings(sessions: Collection[int], known: Collection[Recognition]) -> dict[int, Found | None]:
    """For each session its clearest sighting."""
    steps: defaultdict[int, list[tuple[str, Vectors]]] = defaultdict(list)
    for (session, key), vector in vectors_of_steps(sessions).items():
        steps[session].append((key, vector))
    good = [(row, _recogniser(row)) for row in known if row.is_good]
    return {session: _clearest(steps[session], good) for session in sessions}


def _recogniser(row: Recognition) -> Recogniser:
    return Recogniser(
        from_bytes([row.weights])[0],
        row.bias,
        row.threshold,
        row.precision,
        row.recall,
        row.positives,
        row.negatives,
    )


def _clearest(steps: list[tuple[str, Vectors]], known: Collection[tuple[Recognition, Recogniser]]) -> Found | None:
    """The step that comes farthest above the threshold of an issue; None where none does."""
    best: tuple[float, str, Recognition] | None = None
    for row, recogniser in known:
        if not steps:
            break
        scores = recogniser.score(np.stack([vector for _, vector in steps]))
        place = int(scores.argmax())
        above = float(scores[place]) - recogniser.threshold
        if above >= 0 and (best is None or above > best[0]):
            best = (above, steps[place][0], row)
    return None if best is None else _found(best[1], best[2])


def _found(step: str, row: Recognition) -> Found:
    issue, over = row.issue, row.issue.state in OVER
    name = f"ISS-{issue.number} “{issue.title}”"
    since = f", which is {State(issue.state).label.lower()}: has it come back?" if over else "."
    return Found(
        LIKE_ISSUE, step, STRENGTH_IF_OVER if over else STRENGTH, f"Looks like {name}{since}", f"ISS-{issue.number}"
    )
