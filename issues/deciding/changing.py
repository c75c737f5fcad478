"""Decisions, and what they change of issues themselves: remembered with what was before, so that it can be undone."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from common.errors import Refused
from issues.lifecycle import Act, State, target_of
from issues.models import Decision, DecisionKind, EventKind, Issue, IssueEvent

NOTHING: Mapping[str, Any] = MappingProxyType({})


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


def find_sent(project: Project, kind: DecisionKind, client_id: UUID | None) -> Decision | None:
    """The decision that this form made when it was sent before, or None. The project is locked.

    Raises Refused where it came with another form: that decision would be no answer.
    """
    sent = None if client_id is None else Decision.objects.filter(project=project, client_id=client_id).first()
    if sent is not None and sent.kind != kind:
        raise Refused(f"This was sent before, and did something else: {sent.said}. Send a new id.", field="client_id")
    return sent


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
    act: Act,
    source: State,
    actor: User | None,
    cause: str = "",
    since: datetime | None = None,
    fields: Mapping[str, Any] = NOTHING,
    told: Mapping[str, Any] = NOTHING,
    evidence: Mapping[str, Any] = NOTHING,
) -> Decision | None:
    """Does the act to the issue that stands in `source`, with these fields and a line of history of what is `told`.

    `evidence` is kept with the decision. Compare-and-set: None for who lost, and nothing has changed; they do nothing
    more. Who judged by evidence says `since` when they saw it stand there: an issue that came there anew has other
    evidence.
    """
    target = target_of(act, source)
    if target is None:
        return None
    values = {"state": target.value, "stood_since": timezone.now(), **fields}
    standing = Issue.objects.filter(pk=issue.pk, state=source, withdrawn_at=None)
    if since is not None:
        standing = standing.filter(stood_since=since)
    with transaction.atomic():
        before = standing.select_for_update(no_key=True).values(*values).first()
        if before is None or not standing.update(updated_at=timezone.now(), **values):
            return None
        change = {"issue": issue.pk, "before": _plain_all(before), "after": _plain_all(values)}
        words = f"ISS-{issue.number} from {source.label.lower()} to {target.label.lower()}"
        detail = {"said": words, "act": act.value, "changes": [change], **evidence}
        decision = make_decision(issue.project, DecisionKind.STATE, actor=actor, cause=cause, **detail)
        note(decision, issue, EventKind.MOVED, from_state=source.value, to_state=target.value, **told)
    return decision


def _plain_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}
