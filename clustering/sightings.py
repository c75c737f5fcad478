"""Gives the suspicious steps of sessions their vectors. The work is found by looking, newest sessions first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Project
from annotate.models import Failure, Review
from clustering.engine.embed import Vectors, from_bytes, get_embedder, to_bytes
from clustering.engine.steps import STEP_VERSION, comparable_step
from clustering.models import StepEmbedding, StepsRead
from clustering.queries import model_name, names_in
from traces.answers import complaint, in_words
from traces.models import AgentSession, Signal
from traces.queries import steps_by_session
from traces.records import AGENT, TOOL, StepFacts

# What is looked at: what came lately, and what people have read.
NEWEST = 2_000
AT_ONCE = 40
STEPS_PER_SESSION = 4
LIKE_ISSUE = "like_issue"
Place = tuple[int, str]  # a session's id and the key of one of its steps


def read_steps(project: Project, most: int = AT_ONCE) -> int:
    """Embeds what is suspicious in up to `most` sessions of the project; returns how many. Raises EmbedderBroken."""
    began = timezone.now()
    sessions = _waiting(project)[:most]
    texts = _texts(sessions)
    # The model works outside of any transaction: on SQLite a writer would keep everyone else waiting.
    vectors: Iterable[Vectors] = get_embedder(model_name()).embed(list(texts.values())) if texts else ()
    with transaction.atomic():
        _keep(project, dict(zip(texts, vectors, strict=True)))
        _mark(project, sessions, began)
    return len(sessions)


def _waiting(project: Project) -> list[AgentSession]:
    """Sessions without vectors of all that is suspicious in them as they are now, newest first."""
    settled = AgentSession.objects.filter(project=project, settled_revision__gte=1)
    newest = settled.filter(signal_count__gt=0).order_by("-pk").values_list("pk", flat=True)[:NEWEST]
    reviews = Review.objects.filter(project=project, withdrawn_at=None).order_by("-pk")
    wanted = {*newest, *reviews.values_list("session_id", flat=True)[:NEWEST]}
    told_since = Failure.objects.filter(session=OuterRef("pk"), created_at__gt=OuterRef("read_at"))
    done = current_reads().filter(~Exists(told_since), session__in=wanted)
    left = wanted - set(done.filter(settled_revision=F("session__settled_revision")).values_list("pk", flat=True))
    return list(settled.filter(pk__in=left).order_by("-pk"))


def current_reads() -> QuerySet[StepsRead]:
    """Sessions read with today's model and text."""
    return StepsRead.objects.filter(model_name=model_name(), text_version=STEP_VERSION)


def _texts(sessions: Sequence[AgentSession]) -> dict[Place, str]:
    """What stands for each suspicious step: four queries, however many sessions."""
    wanted = suspicious_steps([session.pk for session in sessions])
    steps = steps_by_session(list(wanted))
    texts: dict[Place, str] = {}
    for session, keys in wanted.items():
        names = names_in(step.arguments for step in steps[session])
        for place, step in enumerate(steps[session]):
            if step.key in keys:
                texts[session, step.key] = _text(step, _said_after(steps[session][place:]), names)
    return texts


def suspicious_steps(sessions: Collection[int], *, marked: bool = True) -> dict[int, set[str]]:
    """By session, the steps of its strongest signals and, where `marked`, those that people called the root."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    signals = Signal.objects.filter(session__in=sessions).exclude(step_key="").exclude(kind=LIKE_ISSUE)
    for session, key in signals.order_by("-strength", "pk").values_list("session_id", "step_key"):
        if len(found[session]) < STEPS_PER_SESSION:
            found[session].add(key)
    if marked:
        roots = Failure.objects.filter(session__in=sessions, withdrawn_at=None)
        for session, key in roots.values_list("session_id", "root_step"):
            found[session].add(key)
    return dict(found)


def _said_after(steps: Sequence[StepFacts]) -> str:
    """What was said in the first of these steps, or by the agent next after it."""
    return next((step.text for step in steps if step.text and (step is steps[0] or step.role == AGENT)), "")


def _text(step: StepFacts, said: str, names: Collection[str]) -> str:
    called = step.role == TOOL
    error = (step.error_message or complaint(step.result) or step.error_type) if called else ""
    answer = in_words(step.result) if called and not error else ""
    return comparable_step(step.kind, step.name, said, answer=answer, error=error, names=names)


def _keep(project: Project, vectors: Mapping[Place, Vectors]) -> None:
    StepEmbedding.objects.bulk_create(
        [
            StepEmbedding(
                project=project,
                session_id=session,
                step_key=key,
                model_name=model_name(),
                text_version=STEP_VERSION,
                vector=to_bytes(vector),
            )
            for (session, key), vector in vectors.items()
        ],
        update_conflicts=True,
        unique_fields=["session", "step_key", "model_name", "text_version"],
        update_fields=["vector"],
    )


def _mark(project: Project, sessions: Iterable[AgentSession], began: datetime) -> None:
    StepsRead.objects.bulk_create(
        [
            StepsRead(
                session=session,
                project=project,
                settled_revision=session.settled_revision,
                model_name=model_name(),
                text_version=STEP_VERSION,
                read_at=began,
            )
            for session in sessions
        ],
        update_conflicts=True,
        unique_fields=["session"],
        update_fields=["settled_revision", "model_name", "text_version", "read_at", "compared_with"],
    )


def vectors_of_steps(sessions: Collection[int]) -> dict[Place, Vectors]:
    """The stored vectors of these sessions' steps, each of shape (d,): one query."""
    rows = StepEmbedding.objects.filter(session__in=sessions, model_name=model_name(), text_version=STEP_VERSION)
    found = list(rows.order_by("pk").values_list("session_id", "step_key", "vector"))
    vectors = from_bytes([vector for *_, vector in found])
    return {(session, key): vectors[row] for row, (session, key, _) in enumerate(found)}
