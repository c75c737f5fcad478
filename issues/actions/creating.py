"""Issues made by hand."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts.models import Project, User
from annotate.models import Failure
from common.errors import Refused
from issues.actions._ringing import place_soon
from issues.actions.placing import NOBODY_MOVES, apart_from_left, members_left
from issues.deciding import find_sent, make_decision, open_issue, teach, transfer
from issues.lifecycle import State
from issues.models import Decision, DecisionKind, Issue, IssueMembership, Source, lock_project


def create_issue(*, failure: Failure, title: str, actor: User) -> Issue:
    """Makes an issue by hand from one failure, which leaves the issue that it was in."""
    return create_from(project=failure.project, failure_ids=[failure.pk], title=title, actor=actor, overrule=True)[0]


@transaction.atomic
def create_from(
    *,
    project: Project,
    failure_ids: Collection[int],
    title: str,
    actor: User,
    state: State = State.NEW,
    cause: str = "",
    overrule: bool = False,
    client_id: UUID | None = None,
) -> tuple[Issue, Decision]:
    """Makes an issue of failures, which leave the issues that they were in.

    Teaches that they are different from those who stay there. Raises Refused where all were withdrawn, for a title
    that is taken, and naming who said what where that forbids it.
    """
    lock_project(project.pk)
    if sent := find_sent(project, DecisionKind.CREATE, client_id):
        return sent.made.get(), sent
    decision = make_decision(project, DecisionKind.CREATE, actor=actor, cause=cause, client_id=client_id)
    issue = open_issue(decision=decision, title=title, failure_ids=failure_ids, state=state)
    before = members_left(project, failure_ids)
    moved = transfer(decision, failure_ids, issue, source=Source.PERSON)
    placed = IssueMembership.objects.place(issue, failure_ids, source=Source.PERSON, actor=actor, decision=decision)
    if not (moved or placed):
        raise Refused(NOBODY_MOVES, field="failures")
    teach(decision, apart=apart_from_left(before), moved=[*moved, *placed], overrule=overrule)
    place_soon(project.pk)
    return issue, decision
