"""Plain builders of rows. Each makes just what its name says and nothing that was not asked for."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.keys import hash_of, new_key, prefix_of
from accounts.models import ApiKey, Membership, Project, Role, Scope, User
from annotate.models import Failure, FailureType, Outcome, Queue, QueueItem, Review, Rubric, Slot
from traces.models import AgentSession, Step, StepKind, StepRole, Transcript
from traces.words import Words, pack_words

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ROLE_OF_KIND = {StepKind.USER: StepRole.USER, StepKind.AGENT: StepRole.AGENT, StepKind.TOOL: StepRole.TOOL}


def make_project(slug: str = "acme", **fields: Any) -> Project:
    return Project.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)


PASSWORD = "correct horse battery"


def make_user(email: str = "ada@example.com", **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, **fields)


def make_member(project: Project, role: Role = Role.LEAD, email: str = "") -> User:
    user = make_user(email or f"{role.value}@{project.slug}.example.com")
    Membership.objects.create(project=project, user=user, role=role)
    return user


def client_of(user: User) -> Client:
    """A browser in which this person has logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make_key(project: Project, *scopes: Scope) -> str:
    """The secret itself, as a client would send it."""
    secret = new_key()
    ApiKey.objects.create(
        project=project,
        name="test",
        prefix=prefix_of(secret),
        key_hash=hash_of(secret),
        scopes=[s.value for s in scopes or Scope],
    )
    return secret


def make_session(project: Project, external_id: str = "s-1", **fields: Any) -> AgentSession:
    values = {"workflow": "refunds", "release": "1.0", "started_at": NOON, "last_received_at": NOON, **fields}
    return AgentSession.objects.create(project=project, external_id=external_id, **values)


def make_steps(session: AgentSession, *steps: tuple[StepKind, dict[str, Any]]) -> list[Step]:
    """Steps 1, 2, … with keys k1, k2, … and the role that goes with their kind; words among their fields are told."""
    rows = [
        Step(
            session=session,
            position=position,
            key=f"k{position}",
            kind=kind,
            role=ROLE_OF_KIND.get(kind, StepRole.INTERNAL),
            started_at=NOON + timedelta(seconds=position),
            **{name: value for name, value in fields.items() if name not in Words._fields},
        )
        for position, (kind, fields) in enumerate(steps, start=1)
    ]
    told = {
        row.key: Words(**{name: value for name, value in fields.items() if name in Words._fields})
        for row, (_, fields) in zip(rows, steps, strict=True)
    }
    tell(session, told, [row.name for row in rows])
    return Step.objects.bulk_create(rows)


def tell(session: AgentSession, words: dict[str, Words], names: Iterable[str] = ()) -> None:
    """What the session's steps say from now on, by their keys."""
    Transcript(session=session, payload=pack_words(words, names)).save()


def make_talk(session: AgentSession) -> list[Step]:
    """A short conversation with a failed tool that the agent does not admit."""
    return make_steps(
        session,
        (StepKind.USER, {"text": "Please refund order A-1."}),
        (
            StepKind.TOOL,
            {"name": "refund", "arguments": '{"order": "A-1"}', "is_error": True, "error_message": "401 token expired"},
        ),
        (StepKind.AGENT, {"text": "Done! Your refund is on its way."}),
    )


def make_queue(project: Project, name: str = "Everything", **fields: Any) -> Queue:
    rubric, _ = Rubric.objects.get_or_create(project=project, name="Default", version=1)
    return Queue.objects.create(project=project, name=name, rubric=rubric, **fields)


def make_slot(queue: Queue, session: AgentSession, **fields: Any) -> Slot:
    item, _ = QueueItem.objects.get_or_create(queue=queue, session=session)
    return Slot.objects.create(queue=queue, item=item, **fields)


def make_review(session: AgentSession, reviewer: User, outcome: Outcome = Outcome.FAILURE, **fields: Any) -> Review:
    rubric, _ = Rubric.objects.get_or_create(project=session.project, name="Default", version=1)
    values = {"client_id": uuid.uuid4(), "submitted_at": timezone.now(), "session_revision": session.revision, **fields}
    return Review.objects.create(
        project=session.project, session=session, reviewer=reviewer, rubric=rubric, outcome=outcome, **values
    )


def make_failure(review: Review, note: str = "Claimed a refund that failed.", **fields: Any) -> Failure:
    now = timezone.now()
    values = {"root_step": "k2", "created_at": now, "updated_at": now, **fields}
    return Failure.objects.create(project=review.project, session=review.session, review=review, note=note, **values)


def make_failure_type(project: Project, name: str = "Silent failure", **fields: Any) -> FailureType:
    return FailureType.objects.create(project=project, name=name, **fields)
