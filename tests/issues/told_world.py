"""A session that two people judged, for what is told of it over the API."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.models import Project, Role, User
from annotate.actions.gold import settle
from annotate.models import Failure, Outcome, SlotState
from annotate.queries.gold import gold_of
from issues.models import Issue
from tests.builders import (
    make_failure,
    make_failure_type,
    make_member,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from tests.issues.calling import get
from tests.issues.makers import make_issue
from traces.models import AgentSession


@dataclass
class World:
    """A failure in an issue, told by Ada; Bea judged the session, too, and told another, which is in no issue."""

    project: Project
    lead: User
    failure: Failure
    others: Failure
    issue: Issue

    @property
    def session(self) -> AgentSession:
        return self.failure.session

    def settle(self, outcome: Outcome = Outcome.SUCCESS, **given: Any) -> None:
        standing = gold_of(self.session)
        settle(
            session=self.session,
            lead=self.lead,
            client_id=uuid.uuid4(),
            outcome=outcome,
            reason="Seen it.",
            instead_of=standing.pk if standing else None,
            **given,
        )


def make_world(project: Project, lead: User) -> World:
    ada, bea = (make_member(project, Role.REVIEWER, f"{name}@example.com") for name in ("ada", "bea"))
    session = make_session(project, "ada@private.example.com")
    make_talk(session)
    queue = make_queue(project, reviewers_per_session=2)
    told = [
        make_failure(
            make_review(
                session,
                person,
                slot=make_slot(queue, session, ordinal=place, state=SlotState.SUBMITTED, reviewer=person),
            ),
            f"As {person.email} saw it.",
            failure_type=make_failure_type(project, f"Type of {person.email}"),
        )
        for place, person in enumerate((ada, bea), start=1)
    ]
    failure, others = told
    return World(project, lead, failure, others, make_issue(failure, lead))


def rows(api: Client, **query: Any) -> dict[int, Any]:
    """The failures of one page, by id."""
    return {row["id"]: row for row in get(api, "failures/", **query)["results"]}
