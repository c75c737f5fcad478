"""Being measured at the browser: nothing tells before, and only the person and leads see it after."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Project, Role, User
from annotate.actions.calibrating import submit_calibration
from annotate.actions.taking import next_for
from annotate.models import CalibrationReview, Outcome, Queue, Review, Slot
from annotate.told import Told
from tests.annotate.measuring import make_read, settle_one
from tests.annotate.views.pages import judgement, page, url
from tests.builders import client_of, make_member, make_project, make_queue, make_slot

JSON = {"Accept": "application/json"}


@pytest.fixture
def queue(project: Project, bob: User, cyd: User, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """One session that a lead settled, and three that wait; it is always time to measure."""
    monkeypatch.setattr("annotate.actions.mixing.dealt", lambda *_: (0.0, 0.0))
    queue = make_queue(project, is_blind=True, gold_share=0.5)
    settle_one(queue, "gold", bob, cyd)
    for n in range(3):
        make_slot(queue, make_read(project, f"w-{n}"))
    return queue


def taken(client: Client, queue: Queue) -> Slot:
    response = client.get(url("review_next", queue.project, queue.pk))
    assert response.status_code == 302
    return Slot.objects.get(pk=int(re.findall(r"slots/(\d+)/", response["Location"])[0]))


def test_nothing_on_the_page_tells(client: Client, queue: Queue) -> None:
    slot = taken(client, queue)
    assert slot.item.is_measuring
    shown = page(client, "review_page", queue.project, slot.pk)
    assert "the tool failed" in shown
    assert "2 of 4" in shown
    for word in ("gold", "settled", "repeat", "calibrat", "measur", "Look at step 2", "lead"):
        assert word not in _without_names(shown).lower(), word


def _without_names(shown: str) -> str:
    """The page without what any session's page has: its head, its scripts, its shared dialogs and menus."""
    main = shown[shown.index("<main") : shown.index("</main>")]
    return re.sub(r'"[^"]*"', "", main.replace(">gold<", "><"))


def test_the_page_of_a_measuring_session_is_made_of_the_same_parts(client: Client, queue: Queue) -> None:
    measuring = page(client, "review_page", queue.project, taken(client, queue).pk)
    client.post(url("review_skip", queue.project, Slot.objects.measuring().get().pk), {"reason": "other"})
    working = page(client, "review_page", queue.project, taken(client, queue).pk)
    assert _shape(measuring) == _shape(working)


def _shape(shown: str) -> list[str]:
    """Its elements with the names of their classes; without what was decided meanwhile, and the reasons."""
    main = shown[shown.index('class="talk"') : shown.index("</main>")]
    return re.findall(r"<\w+", main)


def test_a_judgement_leads_on_and_is_taken_back_like_any_other(client: Client, queue: Queue, ada: User) -> None:
    slot = taken(client, queue)
    fields = judgement(lease_token=str(slot.lease_token))
    before = Review.objects.count()
    answer = client.post(url("review_submit", queue.project, slot.pk), fields, headers=JSON).json()
    assert set(answer) >= {"next", "decision", "told"}
    assert (answer["told"], Review.objects.count()) == ("", before)
    kept = CalibrationReview.objects.get()
    assert (kept.reviewer, kept.outcome, kept.failures[0]["note"]) == (ada, "failure", "It lied.")
    shown = page(client, "review_page", queue.project, slot.pk)
    assert "You have judged this session: failure." in shown
    client.post(url("review_undo", queue.project), {"decision": answer["decision"]}, headers=JSON)
    assert "It lied." in page(client, "review_page", queue.project, slot.pk)
    fields = judgement(lease_token=str(Slot.objects.get(pk=slot.pk).lease_token))
    client.post(url("review_submit", queue.project, slot.pk), fields, headers=JSON)
    assert CalibrationReview.objects.filter(withdrawn_at=None).count() == 1


def test_a_failure_told_beside_another_outcome_comes_back_there_too(client: Client, queue: Queue) -> None:
    slot = taken(client, queue)
    fields = judgement(outcome="unknown", lease_token=str(slot.lease_token))
    client.post(url("review_submit", queue.project, slot.pk), fields, headers=JSON)
    assert CalibrationReview.objects.get().failures == []
    client.post(url("review_undo", queue.project), headers=JSON)

    assert "It lied." in page(client, "review_page", queue.project, slot.pk)


def test_what_is_incomplete_is_refused_at_its_field(client: Client, queue: Queue) -> None:
    slot = taken(client, queue)
    fields = judgement(lease_token=str(slot.lease_token)) | {"failures-0-root_step": "nowhere"}
    answer = client.post(url("review_submit", queue.project, slot.pk), fields, headers=JSON)
    assert answer.status_code == 422
    assert not CalibrationReview.objects.exists()


@pytest.fixture
def measured(queue: Queue, ada: User) -> CalibrationReview:
    """Ada found the settled failure, at the very step."""
    slot = next_for(queue=queue, user=ada)
    assert slot is not None
    told = [Told(root_step="k2", note="It lied.")]
    token = slot.lease_token
    assert token is not None
    return submit_calibration(
        slot=slot, reviewer=ada, client_id=token, outcome="failure", failures=told, lease_token=token
    )


def membership(project: Project, user: User) -> int:
    return Membership.objects.get(project=project, user=user).pk


def test_a_reviewer_sees_their_own_and_nobody_elses(
    client: Client, measured: CalibrationReview, ada: User, bob: User, lead: User
) -> None:
    project = measured.project
    for shown in (
        page(client, "calibration_page", project),
        page(client, "calibration_person", project, membership(project, ada)),
        page(client_of(lead), "calibration_person", project, membership(project, ada)),
    ):
        assert "too few: 1 of 1" in shown
        assert url("session_page", project, measured.session_id) in shown
    page(client, "calibration_person", project, membership(project, bob), status=404)
    assert "ada@example.com" not in page(client_of(bob), "calibration_page", project)
    page(client_of(bob), "calibration_person", project, membership(project, ada), status=404)
    page(client_of(make_member(project, Role.VIEWER)), "calibration_page", project, status=404)


def test_no_lead_of_another_project_sees_it(measured: CalibrationReview, ada: User) -> None:
    other = make_project("other")
    page(
        client_of(make_member(other, Role.LEAD)),
        "calibration_person",
        other,
        membership(measured.project, ada),
        status=404,
    )


def test_a_lead_sees_everybody_with_as_many_queries_for_one_as_for_many(
    measured: CalibrationReview, lead: User, queue: Queue, bob: User, cyd: User
) -> None:
    client = client_of(lead)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert str(measured.reviewer) in page(client, "calibration_page", queue.project)
        return len(queries)

    asked()
    once = asked()
    for n in range(6):
        settle_one(queue, f"more-{n}", bob, cyd, Outcome.SUCCESS)
        person = make_member(queue.project, Role.REVIEWER, f"more-{n}@example.com")
        slot = next_for(queue=queue, user=person)
        assert slot is not None
        given: dict[str, Any] = {"client_id": slot.lease_token, "outcome": "success", "lease_token": slot.lease_token}
        submit_calibration(slot=slot, reviewer=person, **given)
    assert asked() == once


def test_what_was_taken_back_since_counts_for_nothing(client: Client, measured: CalibrationReview) -> None:
    Review.objects.filter(is_gold=True).update(withdrawn_at=timezone.now())
    shown = page(client, "calibration_page", measured.project)
    assert "it was taken back since" in shown
    assert "too few" not in shown


def test_before_anybody_was_measured_the_page_says_what_to_do(client: Client, queue: Queue, lead: User) -> None:
    assert "Nothing to show yet" in page(client, "calibration_page", queue.project)
    assert "settle some disagreements" in page(client_of(lead), "calibration_page", queue.project)
    Queue.objects.update(gold_share=0)
    assert "set “settled sessions mixed in”" in page(client_of(lead), "calibration_page", queue.project)


def test_a_lead_says_how_much_is_mixed_in(queue: Queue, lead: User) -> None:
    fields = {
        "name": "Mixed", "size_cap": "1000", "random_percent": "20", "reviewers_per_session": "1", "due_hours": "24",
        "skip_policy": "others", "skips_to_lead": "2", "rubric": str(queue.rubric_id),
        "is_blind": "on", "gold_percent": "5", "repeat_percent": "10",
    }  # fmt: skip
    assert client_of(lead).post(url("queue_edit", queue.project, queue.pk), fields).status_code == 302
    queue.refresh_from_db()
    assert (queue.gold_share, queue.repeat_share) == (0.05, 0.1)
    shown = page(client_of(lead), "queue_edit", queue.project, queue.pk)
    assert re.search(r'name="gold_percent" value="5"', shown)
    fields["gold_percent"] = "51"
    assert client_of(lead).post(url("queue_edit", queue.project, queue.pk), fields).status_code == 422
    del fields["is_blind"]
    fields["gold_percent"] = "0"
    refused = client_of(lead).post(url("queue_edit", queue.project, queue.pk), fields)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["repeat_percent"]
    assert "Choose “Blind” below" in refused.content.decode()
