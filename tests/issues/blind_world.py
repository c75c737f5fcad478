"""A project in which a colleague has judged a session that others are still to judge alone, in every way there is."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from annotate.actions.types import edit_type, merge_types
from annotate.models import (
    Comment,
    Failure,
    FailureType,
    FailureTypeEvent,
    Mention,
    Outcome,
    Review,
    Slot,
    SlotState,
    Stratum,
)
from clustering.models import Layout
from issues.models import EventKind, Issue, IssueEvent, IssueMembership, Proposal, ProposalKind, Source
from tests.accounts.tenants import Tenant, make_tenant
from tests.builders import (
    NOON,
    make_failure,
    make_failure_type,
    make_member,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from tests.issues.makers import draw_map
from traces.models import AgentSession, Signal, ToolUse

# In all that the colleague said and what was made of it, and nowhere else.
MARKER = "xyzzy"
# All that only the withheld session has: a part of any count that speaks of no other session.
ALONE = {"workflow": "alone-flow", "release": "alone-1", "model": "alone-model", "environment": "alone-env"}
DAY = NOON + timedelta(days=1)
ISSUE, OPEN_ISSUE = 8, 7


class BlindWorld:
    """`ada` may take the last place on the session; `names` are what URLs name, of what is withheld where there is."""

    def __init__(self) -> None:
        self.tenant: Tenant = make_tenant("ours", issue_number=OPEN_ISSUE)
        self.project = self.tenant.project
        self.ada = make_member(self.project, Role.REVIEWER, "ada@example.com")
        self.bob: User = self.tenant.people[Role.REVIEWER]
        self.session = _session(self)
        self.queue = make_queue(self.project, "Blind", is_blind=True, reviewers_per_session=2)
        done = make_slot(
            self.queue, self.session, state=SlotState.SUBMITTED, reviewer=self.bob, ended_at=timezone.now()
        )
        done.item.stratum, done.item.selection_probability = Stratum.RANDOM, 0.5
        done.item.save()
        self.place: Slot = make_slot(self.queue, self.session, ordinal=2)
        self.review = make_review(self.session, self.bob, slot=done)
        self.names: dict[str, Any] = {
            **self.tenant.names,
            **_said(self),
            "session_id": self.session.pk,
            "queue_id": self.queue.pk,
            "slot_id": self.place.pk,
            "item_id": done.item_id,
            "review_id": self.review.pk,
        }

    def turn_around(self) -> None:
        """The colleague said the opposite: a success, without a failure and all that came of it."""
        Proposal.objects.filter(fingerprint__contains=MARKER).delete()
        IssueMembership.objects.filter(failure__session=self.session).delete()
        Issue.objects.filter(number=ISSUE, project=self.project).delete()
        IssueEvent.objects.filter(issue__project=self.project, kind=EventKind.ATTACHED).delete()
        Failure.objects.filter(session=self.session).delete()
        FailureTypeEvent.objects.filter(before__contains=MARKER).delete()
        FailureType.objects.filter(name__contains=MARKER).delete()
        Review.objects.filter(pk=self.review.pk).update(outcome=Outcome.SUCCESS)
        Comment.objects.filter(session=self.session).update(text="Nothing of note.")


def _session(world: BlindWorld) -> AgentSession:
    fields: dict[str, Any] = {"started_at": DAY, "tags": ["alone-tag"], "settled_revision": 1, "signal_count": 1}
    session = make_session(world.project, "s-alone", title="The one alone", user_ref="alone-user", **ALONE, **fields)
    make_talk(session)
    Signal.objects.create(session=session, kind="tool_error", strength=0.5, sentence="A tool failed.")
    ToolUse.objects.create(project=world.project, session=session, name="alone-tool", calls=1)
    return session


def _coin(world: BlindWorld, name: str) -> FailureType:
    return make_failure_type(world.project, f"{MARKER} {name}", coined_on=world.session)


def _merge(world: BlindWorld) -> None:
    """What a lead did to the types that the colleague made: their names lead to others, that others use, too.

    And types that a lead had made, which nobody but the colleague used.
    """
    lead = world.tenant.people[Role.LEAD]
    open_type = FailureType.objects.get(pk=world.tenant.names["type_id"])
    merged, renamed = (_coin(world, name) for name in ("merged", "renamed"))
    made, made_and_merged = (make_failure_type(world.project, name) for name in ("Made", "Made and merged"))
    for kind in (merged, renamed, made, made_and_merged):
        make_failure(world.review, f"{MARKER} note of a type", failure_type=kind)
    merge_types(into=open_type, type_ids=[merged.pk, made_and_merged.pk], actor=lead)
    edit_type(kind=renamed, actor=lead, name="Plain", description="", group="")
    other = Failure.objects.get(pk=world.tenant.names["failure_id"])
    make_failure(other.review, "Said of what all may see.", failure_type=renamed)


def _said(world: BlindWorld) -> dict[str, Any]:
    kind = _coin(world, "type")
    told = [
        make_failure(world.review, f"{MARKER} note {place}", expected=f"{MARKER} expected", failure_type=kind)
        for place in range(4)
    ]
    _merge(world)
    Layout.objects.filter(project=world.project).delete()
    visible = Failure.objects.get(pk=world.tenant.names["failure_id"])
    draw_map(world.project, {failure: (0.1 * place, 0.5) for place, failure in enumerate([visible, *told])})
    issue = Issue.objects.create(project=world.project, number=ISSUE, title=f"{MARKER} issue", owner=world.bob)
    other = Issue.objects.get(project=world.project, number=OPEN_ISSUE)
    for each, failure in ((issue, told[0]), (other, told[1])):
        row = {"source": Source.PERSON, "since": timezone.now(), "placed_by": world.bob}
        IssueMembership.objects.create(issue=each, failure=failure, **row)
        detail = {"failures": [failure.pk], "source": Source.PERSON, "reason": MARKER}
        IssueEvent.objects.create(issue=each, kind=EventKind.ATTACHED, actor=world.bob, detail=detail)
    proposal = Proposal.objects.create(
        project=world.project, title=f"{MARKER} proposal", cohesion=0.8, words=[MARKER], fingerprint=MARKER
    )
    proposal.failures.set([told[2].pk, world.tenant.names["failure_id"]])
    _propose_on_issues(world, issue, other, [visible, told[1]])
    comment = Comment.objects.create(
        project=world.project, session=world.session, author=world.bob, client_id=uuid.uuid4(), text=f"{MARKER} comment"
    )
    Mention.objects.create(comment=comment, user=world.ada)
    return {
        "number": ISSUE,
        "failure_id": told[0].pk,
        "type_id": kind.pk,
        "proposal_id": proposal.pk,
        "comment_id": comment.pk,
    }


def _propose_on_issues(world: BlindWorld, issue: Issue, other: Issue, told: list[Failure]) -> None:
    """What nobody may see whom one of the failures, or one of the issues, is withheld from."""
    for kind, subject, failures in (
        (ProposalKind.MERGE, other, told),
        (ProposalKind.SPLIT, other, told[1:]),
        (ProposalKind.ATTACH, issue, told[:1]),
    ):
        proposal = Proposal.objects.create(
            project=world.project,
            kind=kind,
            subject=subject,
            other=issue if kind == ProposalKind.MERGE else None,
            title=f"{MARKER} split" if kind == ProposalKind.SPLIT else "",
            cohesion=0.8,
            across=0.4,
            fingerprint=f"{MARKER} {kind}",
        )
        proposal.failures.set(failures)
