"""Fills an installation with rows as weeks of use would leave them, by bulk inserts. Runs inside its Django."""

import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import wraps
from itertools import islice
from typing import Any, NamedTuple, ParamSpec

import numpy as np
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django_filters import ChoiceFilter

from accounts.keys import hash_of, new_key, prefix_of
from accounts.models import ApiKey, Membership, Project, Role, Scope, User
from annotate.models import Failure, FailureType, Outcome, Queue, QueueItem, Review, Rubric, Severity, Slot
from clustering.engine.embed import to_bytes
from clustering.engine.mask import TEXT_VERSION
from clustering.models import Embedding
from clustering.queries import model_name
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Proposal, Source
from traces.filters import SORTS, SessionFilter
from traces.models import AgentSession, Score, SessionStatus, Signal, Step, StepKind, StepRole, Transcript
from traces.words import Words, pack_words, unpack_words

P = ParamSpec("P")
PASSWORD = "correct horse battery"  # noqa: S105 - of made-up people, gone with the folder
READABLE = 1_500


class Length(NamedTuple):
    """How long a session is: its steps, and how many times as much as usual each of them says."""

    steps: int
    times: int = 1


SHORT, LONG, HEAVY, ENDLESS = Length(20), Length(200), Length(200, 3), Length(6_000)
# The oldest of those that can be read; the rest are short.
LONGER = [*[LONG] * 20, HEAVY, ENDLESS]
QUEUED = 10_000
REVIEWERS = 8
ISSUES = 1_000
PROPOSALS, PROPOSED, ALONE = 30, 12, 40
DIMENSIONS = 384
BATCH = 1_000
DAYS = 60
ROUND = (
    (StepKind.USER, StepRole.USER),
    (StepKind.LLM, StepRole.INTERNAL),
    (StepKind.TOOL, StepRole.TOOL),
    (StepKind.AGENT, StepRole.AGENT),
)
WORKFLOWS = [
    f"{name} agent" for name in ("refund", "billing", "shipping", "account", "search", "booking", "returns", "sales")
]
WORDS = (
    *("order", "refund", "customer", "token", "expired", "policy", "address", "invoice", "the", "a", "of", "to"),
    *("and", "was", "not", "retried", "promised", "delivery", "warehouse", "please", "confirm", "amount", "card"),
    *("window", "thirty", "days", "failed", "tool", "answered", "nothing", "again", "wrong", "item", "parcel"),
)
RELEASES = [f"2.{minor}.0" for minor in range(6)]
MODELS = ["gpt-5-mini", "gpt-5", "claude-sonnet-4-5", "gemini-2.5-flash"]
FORMATS = ["openinference", "genai", "langfuse", "ours"]
TAGS = ["prod", "web", "phone", "trial", "gold"]
# A value that a handful of sessions have is what a list without the right index is slowest to find.
RARE = "rare"
RARE_EVERY = 20_000
# States as a board has them: most issues live, some done.
STATES = [State.NEW, State.OPEN, State.OPEN, State.IN_PROGRESS, State.RESOLVED, State.IGNORED]


def make_project() -> dict[str, str]:
    """A project with nothing in it, and a key with every scope."""
    project = Project.objects.create(name="Bench", slug="bench")
    return {"key": _key(project)}


def _key(project: Project) -> str:
    secret = new_key()
    scopes = [scope.value for scope in Scope]
    ApiKey.objects.create(
        project=project, name="bench", prefix=prefix_of(secret), key_hash=hash_of(secret), scopes=scopes
    )
    return secret


def _at_once(fill: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """One transaction, and then what autovacuum does by itself in a database that was not filled a moment ago."""

    @wraps(fill)
    def filled(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        with transaction.atomic():
            known = fill(*args, **kwargs)
        if connection.vendor == "postgresql":
            connection.cursor().execute("VACUUM ANALYZE")
        return known

    return filled


@_at_once
def fill(sessions: int, failures: int) -> dict[str, Any]:
    """All that `pages.py` measures on; what it needs to know of it."""
    dice = random.Random(7)
    project = Project.objects.create(name="Bench", slug="bench")
    people = _people(project)
    session_ids = _sessions(project, sessions, dice)
    queue = _queue(project, session_ids, dice)
    _failures(project, people, session_ids, failures, dice)
    largest = Issue.objects.get(project=project, number=1)
    return {
        "key": _key(project),
        "emails": [person.email for person in people],
        "password": PASSWORD,
        "queue": queue.pk,
        "short": session_ids[-1],
        "long": _longer(session_ids, LONG),
        "heavy": _longer(session_ids, HEAVY),
        "heavy_slot": Slot.objects.get(item__session=_longer(session_ids, HEAVY)).pk,
        "heavy_steps": HEAVY.steps,
        "endless": _longer(session_ids, ENDLESS),
        "issue": largest.number,
        "issue_failures": largest.memberships.count(),
    }


@_at_once
def fill_lists(sessions: int) -> dict[str, Any]:
    """All that `reads.py` measures on; what it needs to know of it, and by what lists can be filtered and sorted."""
    dice = random.Random(7)
    project = Project.objects.create(name="Bench", slug="bench")
    [reader] = _people(project, 1)
    session_ids = _sessions(project, sessions, dice)
    _insert(_score_rows(project, session_ids), Score)
    return {
        "key": _key(project),
        "email": reader.email,
        "password": PASSWORD,
        "short": session_ids[-1],
        "long": _longer(session_ids, LONG),
        "sorts": list(SORTS),
        "choices": {
            name: [value for value, _ in one.extra["choices"]] if isinstance(one, ChoiceFilter) else []
            for name, one in SessionFilter.base_filters.items()
        },
    }


def _people(project: Project, count: int = REVIEWERS) -> list[User]:
    people = [User.objects.create_user(f"lead{n}@bench.example", PASSWORD) for n in range(count)]
    Membership.objects.bulk_create(Membership(project=project, user=person, role=Role.LEAD) for person in people)
    return people


def _insert(rows: Iterable[Model], kind: type[Model]) -> None:
    """Row by row from a generator, so that 100,000 of them are never all in memory."""
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        kind._default_manager.bulk_create(batch, batch_size=BATCH)  # noqa: SLF001 - Django's own way


def _ids(kind: type[Model], project: Project) -> list[int]:
    return list(kind._default_manager.filter(project=project).order_by("pk").values_list("pk", flat=True))  # noqa: SLF001 - as above


def _talker(dice: random.Random) -> Callable[[int], str]:
    """Gives texts of about so many words, out of a thousand prepared ones."""
    prepared = [" ".join(dice.choices(WORDS, k=200)) for _ in range(1_000)]
    return lambda words: dice.choice(prepared)[: words * 7]


# --- sessions -------------------------------------------------------------------------------------


def _sessions(project: Project, count: int, dice: random.Random) -> list[int]:
    """Rows of sessions with signals; the newest `READABLE` have their steps, too, some of them `LONGER`."""
    _insert(_session_rows(project, count, dice), AgentSession)
    ids = _ids(AgentSession, project)
    _insert(_signal_rows(project), Signal)
    _insert(_step_rows(ids[-READABLE:]), Step)
    _insert(_transcript_rows(ids[-READABLE:], _talker(dice)), Transcript)
    return ids


def _length(place: int) -> Length:
    """Of the session at this place among those that can be read."""
    return LONGER[place] if 0 <= place < len(LONGER) else SHORT


def _longer(session_ids: list[int], length: Length) -> int:
    """The first session of this length."""
    return session_ids[-READABLE + LONGER.index(length)]


def _session_rows(project: Project, count: int, dice: random.Random) -> Iterator[AgentSession]:
    now, talk = timezone.now(), _talker(dice)
    for n in range(count):
        began = now - timedelta(days=DAYS) * (1 - n / count)
        errors = dice.choice((0, 0, 0, 1, 2))
        signals = 1 if n % 3 == 0 else 0
        rare = RARE if n % RARE_EVERY == 0 else ""
        yield AgentSession(
            project=project,
            external_id=f"bench-{n:07}",
            workflow=rare or dice.choice(WORKFLOWS),
            release=rare or RELEASES[n * len(RELEASES) // count],
            environment=rare or ("production" if n % 10 else "staging"),
            user_ref=f"user-{dice.randrange(count // 3 + 1)}",
            model=rare or dice.choice(MODELS),
            source_format=rare or dice.choice(FORMATS),
            tags=[rare] if rare else dice.sample(TAGS, 2),
            status=SessionStatus.ERROR if errors else SessionStatus.OK,
            title=talk(12),
            last_answer=talk(20),
            started_at=began,
            ended_at=began + timedelta(minutes=3),
            last_received_at=began,
            closed=True,
            settled_revision=1,
            step_count=_length(n - (count - READABLE)).steps,
            tool_call_count=5,
            error_count=errors,
            tokens_in=9_000,
            tokens_out=700,
            cost_usd=dice.random() / 50,
            latency_ms=dice.randrange(5_000, 200_000),
            signal_count=signals,
            signal_weight=signals * 0.7,
        )


def _signal_rows(project: Project) -> Iterator[Signal]:
    marked = AgentSession.objects.filter(project=project, signal_count=1).values_list("pk", flat=True)
    sentence = "A tool failed and the agent said that all was well."
    for pk in marked.iterator(chunk_size=BATCH):
        yield Signal(session_id=pk, kind="hidden_tool_error", step_key="k3", strength=0.7, sentence=sentence)


def _score_rows(project: Project, session_ids: list[int]) -> Iterator[Score]:
    """Every session has one; a handful have a rare one, too."""
    for n, session_id in enumerate(session_ids):
        for name in ("helpful", RARE) if n % RARE_EVERY == 0 else ("helpful",):
            yield Score(project=project, session_id=session_id, identity=f"{name} {n}", name=name, value=n % 2)


def _step_rows(session_ids: list[int]) -> Iterator[Step]:
    for place, session_id in enumerate(session_ids):
        for n in range(1, 1 + _length(place).steps):
            kind, role = ROUND[(n - 1) % len(ROUND)]
            name = "lookup_order" if kind == StepKind.TOOL else ""
            yield Step(session_id=session_id, position=n, key=f"k{n}", kind=kind, role=role, name=name, latency_ms=800)


def _transcript_rows(session_ids: list[int], talk: Callable[[int], str]) -> Iterator[Transcript]:
    for place, session_id in enumerate(session_ids):
        steps, times = _length(place)
        words = {f"k{n}": _words(n, talk, times) for n in range(1, 1 + steps)}
        yield Transcript(session_id=session_id, payload=pack_words(words, ["lookup_order"]))


def _words(n: int, talk: Callable[[int], str], times: int) -> Words:
    """About 1 KB, or so many times as much: speech in Markdown, calls with JSON in and out."""
    if ROUND[(n - 1) % len(ROUND)][0] != StepKind.TOOL:
        said = (f"{talk(40)}\n\n- **{talk(5)}**\n- `{talk(3)}`\n\n{talk(60)}" for _ in range(times))
        return Words(text="\n\n".join(said))
    lines = [{"sku": i, "text": talk(12)} for i in range(10 * times)]
    return Words(
        arguments=json.dumps({"order_id": n, "reason": talk(10)}),
        result=json.dumps({"status": "found", "lines": lines}),
    )


def conversations(count: int) -> list[dict[str, Any]]:
    """What the newest `count` sessions say, step by step, for a product that shows conversations and knows no tools."""
    found = Transcript.objects.order_by("-pk").values_list("payload", flat=True)[:count]
    return [{"conversation": _turns(unpack_words(payload))} for payload in found]


def _turns(words: Mapping[str, Words]) -> list[dict[str, str]]:
    in_order = ((n, words[f"k{n}"]) for n in range(1, 1 + len(words)))
    return [{"author": ROUND[(n - 1) % len(ROUND)][1], "text": "\n".join(filter(None, said))} for n, said in in_order]


# --- judgements -----------------------------------------------------------------------------------


def _queue(project: Project, session_ids: list[int], dice: random.Random) -> Queue:
    """One queue with a free slot for each of the newest sessions; those that have steps come first."""
    rubric = Rubric.objects.create(project=project, name="Default")
    queue = Queue.objects.create(project=project, name="Everything", rubric=rubric)
    with_steps = set(session_ids[-READABLE + len(LONGER) :])
    queued = session_ids[-QUEUED:]
    priority = {pk: dice.random() / 2 + (0.5 if pk in with_steps else 0) for pk in queued}
    _insert((QueueItem(queue=queue, session_id=pk, priority=priority[pk]) for pk in queued), QueueItem)
    items = QueueItem.objects.filter(queue=queue).values_list("pk", "priority")
    _insert([Slot(queue=queue, item_id=pk, priority=weight) for pk, weight in items], Slot)
    return queue


def _failures(project: Project, people: list[User], session_ids: list[int], count: int, dice: random.Random) -> None:
    """Failures with vectors: all but those of the pool in one of 1,000 issues, the first issues the largest."""
    rubric = Rubric.objects.get(project=project)
    types = FailureType.objects.bulk_create(FailureType(project=project, name=f"Type {n}") for n in range(30))
    now, talk = timezone.now(), _talker(dice)
    moments = [now - timedelta(days=DAYS) * (1 - n / count) for n in range(count)]
    judged = [session_ids[n * len(session_ids) // count] for n in range(count)]
    reviews = (
        Review(
            project=project,
            session_id=judged[n],
            reviewer=dice.choice(people),
            rubric=rubric,
            client_id=uuid.uuid4(),
            outcome=Outcome.FAILURE,
            opened_at=moments[n],
            submitted_at=moments[n] + timedelta(minutes=2),
        )
        for n in range(count)
    )
    _insert(reviews, Review)
    review_ids = _ids(Review, project)
    failures = (
        Failure(
            project=project,
            session_id=judged[n],
            review_id=review_ids[n],
            root_step="k3",
            surfaced_step="k4",
            note=f"{talk(15)} {n}",
            failure_type=dice.choice(types),
            severity=dice.choice(Severity.values),
            expected=talk(8),
            created_at=moments[n],
            updated_at=moments[n],
        )
        for n in range(count)
    )
    _insert(failures, Failure)
    ids = _ids(Failure, project)
    _embed(project)
    _place(project, ids, dice)


def _embed(project: Project) -> None:
    """A unit vector at random for each: their size and number matter here, not their meaning."""
    dice = np.random.default_rng(7)
    found = Failure.objects.filter(project=project).values_list("pk", "note", "updated_at")
    _insert((_embedding(project, dice, *row) for row in found.iterator(chunk_size=BATCH)), Embedding)


def _embedding(project: Project, dice: np.random.Generator, pk: int, note: str, updated_at: Any) -> Embedding:
    vector = dice.standard_normal(DIMENSIONS).astype(np.float32)
    return Embedding(
        project=project,
        failure_id=pk,
        model_name=model_name(),
        text_version=TEXT_VERSION,
        text=note,
        vector=to_bytes(vector / np.linalg.norm(vector)),
        failure_updated_at=updated_at,
    )


def _place(project: Project, failure_ids: list[int], dice: random.Random) -> None:
    issues = Issue.objects.bulk_create(
        Issue(
            project=project, number=n, title=f"Failure mode {n}", state=dice.choice(STATES[1:3] if n == 1 else STATES)
        )
        for n in range(1, ISSUES + 1)
    )
    pool = PROPOSALS * PROPOSED + ALONE
    placed, free = failure_ids[:-pool], failure_ids[-pool:]
    weights = [1 / (rank + 10) for rank in range(ISSUES)]
    chosen = dice.choices(issues, weights, k=len(placed))
    since = timezone.now()
    _insert(
        (
            IssueMembership(issue=issue, failure_id=pk, source=Source.MATCH, score=0.8, since=since)
            for issue, pk in zip(chosen, placed, strict=True)
        ),
        IssueMembership,
    )
    _propose(project, free)


def _propose(project: Project, free: list[int]) -> None:
    for n in range(PROPOSALS):
        proposal = Proposal.objects.create(
            project=project,
            title=f"Perhaps one failure mode {n}",
            words=["refund", "token"],
            cohesion=0.7,
            fingerprint=f"{n:064}",
        )
        proposal.failures.set(free[n * PROPOSED : (n + 1) * PROPOSED])
