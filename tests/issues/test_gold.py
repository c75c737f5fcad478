"""What a settlement does above annotate: memberships, counts, the export, and what a session's page says."""

import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Project, Role, Scope, User
from annotate.actions.gold import settle, unsettle
from annotate.models import Failure, Outcome, Review
from annotate.queries.twice import Chosen
from demo.removal import delete_project
from issues.models import Issue, IssueMembership
from issues.proposing import release_withdrawn
from issues.queries import counted_issues
from issues.queries.agreement import agreement_on_issues
from tests.annotate.judging import answer, ask
from tests.builders import (
    NOON,
    client_of,
    make_failure,
    make_key,
    make_member,
    make_queue,
    make_review,
    make_session,
    make_talk,
)
from tests.issues.makers import make_issue, make_told


def settled(failure: Failure, lead: User, outcome: Outcome = Outcome.SUCCESS, **given: Any) -> Review:
    values = {"client_id": uuid.uuid4(), "outcome": outcome, "reason": "Seen it.", **given}
    return settle(session=failure.session, lead=lead, **values)


def members(issue: Issue) -> int:
    found: Any = counted_issues(issue.project).get(pk=issue.pk)
    return int(found.failures)


def test_an_overruled_failure_counts_nowhere_and_has_its_place_again_when_unsettled(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    gold = settled(failure, lead)
    release_withdrawn(project)
    assert members(issue) == 0
    assert IssueMembership.objects.standing().count() == 0
    unsettle(session=failure.session, lead=lead, gold_id=gold.pk)
    release_withdrawn(project)
    assert members(issue) == 1


def test_an_overruled_failure_that_its_reviewer_took_back_leaves_for_good(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    settled(failure, lead)
    Review.objects.filter(pk=failure.review_id).update(withdrawn_at=NOON)
    release_withdrawn(project)
    assert not IssueMembership.objects.filter(until=None).exists()


def test_a_project_with_settlements_can_be_deleted_whole(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    make_failure(failure.review, "Another.")
    settled(failure, lead, Outcome.FAILURE, adopted=[failure.pk])
    delete_project(project)
    assert not Review.objects.exists()


def rows(project: Project) -> dict[int, dict[str, Any]]:
    key = make_key(project, Scope.READ)
    answer = Client().get("/api/v1/failures/", headers={"Authorization": f"Bearer {key}"})
    return {row["id"]: row for row in answer.json()["results"]}


def test_the_export_says_what_a_lead_adopted_overruled_and_told(
    project: Project, issue: Issue, failure: Failure, lead: User
) -> None:
    other = make_failure(failure.review, "Another.")
    gold = settled(failure, lead, Outcome.FAILURE, adopted=[failure.pk])
    own = make_failure(gold, "My own.")
    found = rows(project)
    assert [(found[each.pk]["adopted"], found[each.pk]["overruled"]) for each in (failure, other, own)] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert (found[other.pk]["withdrawn"], found[failure.pk]["issue"]["number"]) == (True, issue.number)
    told = found[own.pk]["review"]
    assert (told["is_gold"], told["reason"], found[failure.pk]["review"]["is_gold"]) == (True, "Seen it.", False)
    unsettle(session=failure.session, lead=lead, gold_id=gold.pk)
    again = rows(project)
    assert (again[failure.pk]["adopted"], again[other.pk]["overruled"]) == (False, False)
    assert again[failure.pk]["updated_at"] > found[failure.pk]["updated_at"]


def test_the_export_carries_what_was_settled_with_every_failure_of_the_session(
    project: Project, failure: Failure, lead: User, lead_client: Client
) -> None:
    polite = ask(project, "polite")
    ask(project, "quick")
    answer(polite, [failure.review], "pass")
    gold = settled(failure, lead, Outcome.FAILURE, adopted=[failure.pk], answers={"polite": "fail"})
    found = rows(project)[failure.pk]
    assert found["review"]["answers"] == {"polite": "pass"}
    assert found["settlement"].pop("settled_at") == gold.submitted_at.isoformat().replace("+00:00", "Z")
    assert found["settlement"] == {
        "review": gold.pk,
        "outcome": "failure",
        "settled_by": lead.email,
        "reason": "Seen it.",
        "rubric": "Default",
        "rubric_version": 1,
        "answers": {"polite": "fail"},
    }
    address = reverse("session_judgements", args=[project.slug, failure.session_id])
    assert "<dd>Fail</dd>" in lead_client.get(address).content.decode()
    unsettle(session=failure.session, lead=lead, gold_id=gold.pk)
    assert rows(project)[failure.pk]["settlement"] is None
    assert "<dd>Fail</dd>" not in lead_client.get(address).content.decode()


def test_a_sessions_page_says_first_what_was_settled(
    project: Project, failure: Failure, lead: User, lead_client: Client
) -> None:
    address = reverse("session_judgements", args=[project.slug, failure.session_id])
    page = reverse("disagreement_page", args=[project.slug, failure.session_id])
    assert f'href="{page}">Settle it</a>' in lead_client.get(address).content.decode()
    settled(failure, lead)
    text = lead_client.get(address).content.decode()
    assert text.index("settled by a lead") < text.index("Seen it.") < text.index("Claimed a refund")
    assert "Overruled: it counts for nothing" in text
    assert "Settle it anew" in text
    reader = client_of(make_member(project, Role.VIEWER))
    assert "Settle it" not in reader.get(address).content.decode()


def test_agreement_on_issues_compares_what_each_ones_failures_are_in(
    project: Project, lead: User, lead_client: Client
) -> None:
    ada = make_member(project, Role.REVIEWER, "ada@example.com")
    issues = [make_issue(make_told(project, lead, f"Seed {n}"), lead, f"Issue {n}") for n in range(2)]
    for n in range(12):
        session = make_session(project, f"twice-{n}")
        make_talk(session)
        told = [make_failure(make_review(session, person)) for person in (lead, ada)]
        places = [issues[n % 2], issues[(n % 2) if n else 1]]
        for failure, issue in zip(told, places, strict=True):
            IssueMembership.objects.create(issue=issue, failure=failure, source="person", since=NOON)
    measure = agreement_on_issues(project)
    found = measure.agreement
    assert (measure.key, found.units, found.share.agreed, found.share.pairs) == ("issue", 12, 11, 12)
    assert found.alpha is not None
    assert 0.5 < found.alpha < 1
    assert agreement_on_issues(project, Chosen(queue=make_queue(project))).agreement.units == 0
    text = lead_client.get(reverse("agreement_of_issues", args=[project.slug])).content.decode()
    assert text.strip().startswith("<tr")
    assert f"<strong>{found.alpha:.2f}</strong>" in text
