"""Two whole tenants for the sweep: one row of each kind that a URL may name, and a marker in all their words."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import DjangoDbBlocker

from accounts.actions import invite
from accounts.models import ApiKey, Membership, Project, Role, Scope, User
from annotate.models import Comment, Queue, Slot, SlotState
from clustering.models import GroupingRun
from common.compression import compress
from ingest.models import ModelPrice, RawBatch, RedactionRule, Upload
from issues.models import (
    Decision,
    DecisionKind,
    EventKind,
    Issue,
    IssueComment,
    IssueEvent,
    IssueMembership,
    Proposal,
    Release,
    Source,
)
from tests.builders import (
    make_failure,
    make_failure_type,
    make_key,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from tests.issues.makers import draw_map
from traces.models import AgentSession, SavedView


@dataclass
class Tenant:
    """A project, its people by role, and what its URLs name: `names[kwarg]` is a value of this tenant's own."""

    project: Project
    marker: str
    people: dict[Role, User]
    names: dict[str, Any] = field(default_factory=dict)


def make_tenant(slug: str, *, issue_number: int, project: Project | None = None) -> Tenant:
    """A tenant with everything in it. Issue numbers count per project, so that each tenant needs its own."""
    marker = f"{slug}-secret"
    project = project or make_project(slug, name=f"Project {marker}", is_demo=True)
    tenant = Tenant(project, marker, {role: make_member(project, role) for role in Role})
    tenant.names = {"slug": slug} | _of_accounts(tenant) | _of_work(tenant, issue_number) | _of_intake(tenant)
    return tenant


@contextmanager
def standing_tenants(blocker: DjangoDbBlocker) -> Iterator[tuple[Tenant, Tenant]]:
    """Two of them for all tests of a module, which undo what they write: making them takes longer than to ask."""
    with blocker.unblock(), transaction.atomic():
        yield make_tenant("ours", issue_number=7), make_tenant("theirs", issue_number=11)
        transaction.set_rollback(True)


def _of_accounts(tenant: Tenant) -> dict[str, Any]:
    admin = tenant.people[Role.ADMIN]
    invitation, token = invite(
        project=tenant.project, email=f"new@{tenant.marker}.example.com", role=Role.VIEWER, inviter=admin
    )
    make_key(tenant.project)
    return {
        "membership_id": Membership.objects.get(user=tenant.people[Role.REVIEWER]).pk,
        "invitation_id": invitation.pk,
        "owner_id": tenant.people[Role.LEAD].pk,
        "key_id": ApiKey.objects.filter(project=tenant.project).latest("pk").pk,
        "token": token,
        "uidb64": urlsafe_base64_encode(force_bytes(admin.pk)),
        "reset_token": default_token_generator.make_token(admin),
    }


def _of_work(tenant: Tenant, issue_number: int) -> dict[str, Any]:
    reviewer = tenant.people[Role.REVIEWER]
    session = make_session(
        tenant.project, f"s-{tenant.marker}", workflow=tenant.marker, title=tenant.marker, settled_revision=1
    )
    make_talk(session)
    queue = make_queue(tenant.project, f"Queue {tenant.marker}")
    slot = _leased_slot(queue, tenant)
    review = make_review(session, reviewer, slot=_submitted_slot(queue, tenant, session))
    failure_type = make_failure_type(tenant.project, f"Type {tenant.marker}")
    failure = make_failure(review, f"It went wrong: {tenant.marker}", failure_type=failure_type)
    issue = Issue.objects.create(project=tenant.project, number=issue_number, title=f"Issue {tenant.marker}")
    membership = IssueMembership.objects.create(
        issue=issue, failure=failure, source=Source.PERSON, since=timezone.now(), placed_by=reviewer
    )
    decision = Decision.objects.create(
        project=tenant.project, kind=DecisionKind.CREATE, actor=reviewer, cause=tenant.marker
    )
    event = IssueEvent.objects.create(issue=issue, kind=EventKind.CREATED, actor=reviewer, decision=decision)
    words = {"author": reviewer, "client_id": uuid.uuid4(), "text": f"I say {tenant.marker}"}
    remark = IssueComment.objects.create(issue=issue, **words)
    draw_map(tenant.project, {failure: (0.0, 0.0)})
    run = GroupingRun.objects.create(project=tenant.project, mechanism="test")
    proposal = _proposal(tenant, run, reviewer)
    return {
        "session_id": session.pk,
        "queue_id": queue.pk,
        "slot_id": slot.pk,
        "item_id": slot.item_id,
        "review_id": review.pk,
        "rubric_id": queue.rubric_id,
        "type_id": failure_type.pk,
        "failure_id": failure.pk,
        "number": issue.number,
        "issue_membership_id": membership.pk,
        "event_id": event.pk,
        "decision_id": decision.pk,
        "remark_id": remark.pk,
        "release_id": Release.objects.create(project=tenant.project, name=tenant.marker, first_seen=timezone.now()).pk,
        "run_id": run.pk,
        "proposal_id": proposal.pk,
        "comment_id": _comment(tenant, session, reviewer).pk,
        "person_id": reviewer.pk,
        "view_id": SavedView.objects.create(project=tenant.project, owner=reviewer, name=tenant.marker).pk,
    }


def _of_intake(tenant: Tenant) -> dict[str, Any]:
    project, marker = tenant.project, tenant.marker
    batch = RawBatch.objects.create(
        project=project,
        door="sessions",
        state="failed",
        reason=marker,
        body=compress(b"{}"),
        sha256="0" * 64,
        received_at=timezone.now(),
    )
    return {
        "batch_id": batch.pk,
        "upload_id": Upload.objects.create(project=project, file_name=f"{marker}.json", state="failed", size=1).pk,
        "rule_id": RedactionRule.objects.create(project=project, name=marker, pattern="x+").pk,
        "price_id": ModelPrice.objects.create(project=project, model=marker, usd_in=1, usd_out=1).pk,
    }


def _comment(tenant: Tenant, session: AgentSession, author: User) -> Comment:
    return Comment.objects.create(
        project=tenant.project,
        session=session,
        author=author,
        client_id=uuid.uuid4(),
        text=f"Is it so? {tenant.marker}",
        for_lead=True,
    )


def _leased_slot(queue: Queue, tenant: Tenant) -> Slot:
    waiting = make_session(tenant.project, f"w-{tenant.marker}", title=tenant.marker, settled_revision=1)
    make_talk(waiting)
    return make_slot(queue, waiting, **leased_by(tenant.people[Role.REVIEWER]))


def leased_by(reviewer: User) -> dict[str, Any]:
    """The fields of a slot that somebody has just opened."""
    now = timezone.now()
    lease_until = now + timedelta(hours=1)
    return {"state": SlotState.LEASED, "reviewer": reviewer, "opened_at": now, "lease_until": lease_until}


def _submitted_slot(queue: Queue, tenant: Tenant, session: Any) -> Slot:
    return make_slot(queue, session, state=SlotState.SUBMITTED, reviewer=tenant.people[Role.REVIEWER])


def _proposal(tenant: Tenant, run: GroupingRun, reviewer: User) -> Proposal:
    proposal = Proposal.objects.create(
        project=tenant.project, run=run, title=f"Proposal {tenant.marker}", cohesion=0.8, fingerprint=tenant.marker
    )
    for number in range(3):
        session = make_session(tenant.project, f"p-{number}-{tenant.marker}", title=tenant.marker, settled_revision=1)
        make_talk(session)
        proposal.failures.add(make_failure(make_review(session, reviewer), f"Pooled {number}: {tenant.marker}"))
    return proposal


def key_without(project: Project, *missing: Scope) -> str:
    """A key that may do everything but `missing`."""
    secret = make_key(project)
    key = ApiKey.objects.filter(project=project).latest("pk")
    key.scopes = [scope.value for scope in Scope if scope not in missing]
    key.save()
    return secret
