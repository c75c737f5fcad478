"""Builders of what the overview counts."""

from datetime import timedelta

from accounts.models import Project
from tests.builders import NOON, make_session
from traces.models import AgentSession, Signal, ToolUse


def add(project: Project, number: int, *kinds: str, days_ago: int = 0, **fields: object) -> AgentSession:
    """A session at noon with signals of these kinds."""
    values = {"started_at": NOON - timedelta(days=days_ago), "signal_count": len(kinds), **fields}
    session = make_session(project, f"s-{project.slug}-{number}", **values)
    Signal.objects.bulk_create(Signal(session=session, kind=kind, strength=0.5, sentence="x") for kind in kinds)
    return session


def use(session: AgentSession, name: str, calls: int = 1, errors: int = 0) -> ToolUse:
    return ToolUse.objects.create(project=session.project, session=session, name=name, calls=calls, errors=errors)
