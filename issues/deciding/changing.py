"""Decisions, and what they change of issues themselves: remembered with what was before, so that it can be undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from issues.lifecycle import State
from issues.models import Decision, DecisionKind, EventKind, Issue, IssueEvent


def make_decision(
    project: Project,
    kind: DecisionKind,
    *,
    actor: User | None = None,
    cause: str = "",
    client_id: UUID | None = None,
    undoes: Decision | None = None,
    **detail: Any,
) -> Decision:
    """A decision of the project; `detail` as `Decision` describes it."""
    return Decision.objects.create(
        project=project, kind=kind, actor=actor, cause=cause, client_id=client_id, undoes=undoes, detail=detail
    )


def find_sent(project: Project, client_id: UUID | None) -> Decision | None:
    """The decision that this form made when it was sent before, or None. The project is locked."""
    return None if client_id is None else Decision.objects.filter(project=project, client_id=client_id).first()


def note(decision: Decision, issue: Issue, kind: EventKind, **detail: Any) -> IssueEvent:
    """One line of the issue's history, by whoever decided."""
    return IssueEvent.objects.note(issue, kind, actor=decision.actor, decision=decision, **detail)


def change_issue(decision: Decision, issue: Issue, **fields: Any) -> bool:
    """Gives these fields of the issue other values; returns whether they were other. Foreign keys by `…_id`."""
    before = {name: plain(getattr(issue, name)) for name in fields}
    after = {name: plain(value) for name, value in fields.items()}
    if before == after:
        return False
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save(update_fields=[*fields, "updated_at"])
    remember(decision, "changes", {"issue": issue.pk, "before": before, "after": after})
    return True


def remember(decision: Decision, what: str, entry: Mapping[str, Any]) -> None:
    """Adds to a list in the decision's detail."""
    decision.detail.setdefault(what, []).append(dict(entry))
    decision.save(update_fields=["detail"])


def plain(value: Any) -> Any:
    """A field's value as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime) else value


def shift_state(
    *,
    issue: Issue,
    source: State,
    target: State,
    actor: User | None,
    cause: str = "",
    fields: Mapping[str, Any],
    told: Mapping[str, Any],
) -> Decision | None:
    """Moves the issue from `source` to `target`, with these fields and a line of history that says what is `told`.

    Compare-and-set: None for who lost, and nothing has changed; they do nothing more.
    """
    with transaction.atomic():
        before = Issue.objects.values(*fields).get(pk=issue.pk)
        changed = Issue.objects.filter(pk=issue.pk, state=source)
        if not changed.update(state=target, updated_at=timezone.now(), **fields):
            return None
        change = {
            "issue": issue.pk,
            "before": {"state": source.value} | {name: plain(value) for name, value in before.items()},
            "after": {"state": target.value} | {name: plain(value) for name, value in fields.items()},
        }
        words = f"ISS-{issue.number} from {source.label.lower()} to {target.label.lower()}"
        decision = make_decision(
            issue.project, DecisionKind.STATE, actor=actor, cause=cause, said=words, changes=[change]
        )
        note(decision, issue, EventKind.MOVED, from_state=source.value, to_state=target.value, **told)
    return decision
