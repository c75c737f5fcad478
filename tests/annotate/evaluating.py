"""Sessions that a machine scored and a person judged."""

import uuid
from datetime import datetime
from typing import Any

from accounts.models import Project, User
from annotate.models import Outcome
from tests.builders import NOON, make_review, make_session
from traces.models import AgentSession, AnnotatorKind, Score


def score(session: AgentSession, value: float | None, **fields: Any) -> Score:
    values = {"name": "helpful", "annotator_kind": AnnotatorKind.LLM, "identity": uuid.uuid4().hex, **fields}
    return Score.objects.create(project=session.project, session=session, value=value, **values)


def scored(
    project: Project, reader: User, value: float | None, outcome: Outcome, *, started_at: datetime = NOON, **fields: Any
) -> AgentSession:
    session = make_session(project, f"scored-{uuid.uuid4().hex}", started_at=started_at)
    make_review(session, reader, outcome)
    score(session, value, **fields)
    return session
