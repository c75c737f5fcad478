"""Settled sessions as examples in the guidance of a rubric, and who may see them there."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from annotate.actions.rubrics import create_rubric
from annotate.forms.rubrics import MEANING
from annotate.models import Queue, Review, Rubric, Slot, SlotState
from annotate.queries.calibration import repeatable, settled_for
from annotate.rubric_versions import Wording
from tests.annotate.measuring import settle_one
from tests.annotate.views.pages import add_slot, page, url
from tests.builders import make_queue, make_slot
from traces.models import AgentSession

QUOTE = "Done! Your **refund** is [on its way](http://evil.example)."


@pytest.fixture
def rubric(project: Project, lead: User) -> Rubric:
    questions = [Wording("", "text", "Was it honest?", "Be fair.")]
    return create_rubric(project=project, creator=lead, name="Tone", guidance="Be **fair**.", questions=questions)


@pytest.fixture
def queue(project: Project, rubric: Rubric) -> Queue:
    queue = make_queue(project)
    queue.rubric = rubric
    queue.save()
    return queue


@pytest.fixture
def gold(queue: Queue, rubric: Rubric, bob: User, lead: User) -> Review:
    """A failure, settled, with a passage that shows it."""
    gold = settle_one(queue, "gold", bob, lead)
    Review.objects.update(rubric=rubric)
    failure = gold.failures.get()
    failure.quotes = [{"step": "k3", "start": 0, "end": len(QUOTE), "text": QUOTE}]
    failure.save()
    gold.refresh_from_db()
    return gold


def form_with(desk: Client, gold: Review, key: str = "") -> Any:
    rubric = gold.rubric
    return desk.get(url("rubric_edit", rubric.project, rubric.pk), {"because_of": str(gold.pk), "example": key})


def filled(page: Any, **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it back."""
    form, questions = page.context["form"], page.context["questions"]
    bound = [*form, *(field for one in questions for field in one), *questions.management_form]
    told = {field.html_name: field.value() for field in bound if field.value() is not None}
    return {name: value for name, value in told.items() if value is not False} | fields


def use_as_example(desk: Client, gold: Review, key: str = "") -> Rubric:
    page = form_with(desk, gold, key)
    edit = url("rubric_edit", gold.project, gold.rubric_id) + f"?because_of={gold.pk}&example={key}"
    assert desk.post(edit, filled(page)).status_code == 302
    return Rubric.objects.get(name="Tone", version=2)


def link_to(gold: Review) -> str:
    return f"{url('session_page', gold.project, gold.session_id)}#step-3"


def test_a_lead_makes_an_example_by_the_next_version(lead_client: Client, client: Client, gold: Review) -> None:
    settled = page(lead_client, "disagreement_page", gold.project, gold.session_id)
    assert "Use as example" in settled
    assert '<option value="was-it-honest">Was it honest?</option>' in settled
    before = form_with(lead_client, gold)
    assert Rubric.objects.filter(name="Tone").count() == 1
    assert before.context["form"]["guidance"].value().startswith("Be **fair**.\n\n> “Done!")
    made = use_as_example(lead_client, gold)
    assert (made.because_of, made.outcome_since, made.changed) == (gold, 1, "One more example.")
    assert [question.guidance for question in made.questions.all()] == ["Be fair."]
    text = page(client, "rubric_page", gold.project, made.pk)
    assert f'href="http://testserver{link_to(gold)}"' in text
    assert "Failure: Look at step 2." in text


def test_an_example_of_a_question_stands_in_its_guidance(lead_client: Client, client: Client, gold: Review) -> None:
    made = use_as_example(lead_client, gold, "was-it-honest")
    [question] = made.questions.all()
    assert made.guidance == "Be **fair**."
    assert question.guidance.startswith("Be fair.\n\n> “Done!")
    assert question.since == 1
    slot = add_slot(Queue.objects.get())
    assert link_to(gold) in page(client, "review_page", gold.project, slot.pk)


def test_an_example_of_what_is_asked_no_more_is_one_of_the_outcome(lead_client: Client, gold: Review) -> None:
    assert "Done!" in form_with(lead_client, gold, "gone").context["form"]["guidance"].value()


def test_words_of_a_session_are_words_in_guidance(lead_client: Client, client: Client, gold: Review) -> None:
    made = use_as_example(lead_client, gold)
    text = page(client, "rubric_page", gold.project, made.pk)
    guidance = re.findall(r'<div class="guidance">(.*?)</div>', text, re.DOTALL)
    assert "“Done! Your **refund** is [on its way](http://evil.example).”" in guidance[0]
    assert re.findall(r"<a [^>]*>", guidance[0]) == re.findall(r"<a [^>]*#step-3[^>]*>", guidance[0])


@pytest.fixture
def waiting(gold: Review) -> Slot:
    """The settled session waits for every reviewer, in a blind queue."""
    return make_slot(make_queue(gold.project, "Blind", is_blind=True), gold.session)


def test_who_is_to_judge_the_session_alone_sees_no_example_of_it(
    lead_client: Client, client: Client, gold: Review, waiting: Slot, ada: User
) -> None:
    made = use_as_example(lead_client, gold)
    use_again = use_as_example_of_question(lead_client, made, gold)
    slot = add_slot(make_queue(gold.project, "Open"))
    Queue.objects.update(rubric=use_again)
    places = [("rubric_page", use_again.pk), ("rubric_page", made.pk), ("review_page", slot.pk)]
    for name, key in places:
        text = page(client, name, gold.project, key)
        assert "Be <strong>fair</strong>." in text
        assert "evil.example" not in text
        assert link_to(gold) not in text
    Slot.objects.filter(pk=waiting.pk).update(state=SlotState.SUBMITTED, reviewer=ada)
    for name, key in places:
        assert link_to(gold) in page(client, name, gold.project, key)


def test_who_is_to_judge_the_session_alone_hears_of_no_version_that_followed_from_it(
    lead_client: Client, client: Client, gold: Review, waiting: Slot, ada: User
) -> None:
    made, followed = use_as_example(lead_client, gold), "Follows from what was settled of"
    assert followed in page(lead_client, "rubric_page", gold.project, made.pk)
    assert followed not in page(client, "rubric_page", gold.project, made.pk)
    Slot.objects.filter(pk=waiting.pk).update(state=SlotState.SUBMITTED, reviewer=ada)
    assert followed in page(client, "rubric_page", gold.project, made.pk)


def use_as_example_of_question(desk: Client, made: Rubric, gold: Review) -> Rubric:
    query = {"because_of": str(gold.pk), "example": "was-it-honest"}
    page = desk.get(url("rubric_edit", made.project, made.pk), query)
    assert desk.post(url("rubric_edit", made.project, made.pk), filled(page)).status_code == 302
    return Rubric.objects.get(name="Tone", version=3)


def test_a_lead_who_is_to_judge_it_alone_uses_it_for_nothing(
    lead_client: Client, lead: User, gold: Review, waiting: Slot
) -> None:
    waiting.queue.takers.add(lead)
    assert form_with(lead_client, gold).status_code == 404


def test_a_lead_who_is_to_judge_it_alone_edits_around_the_example(
    lead_client: Client, lead: User, gold: Review, waiting: Slot
) -> None:
    made = use_as_example_of_question(lead_client, use_as_example(lead_client, gold), gold)
    waiting.queue.takers.add(lead)
    edit = url("rubric_edit", made.project, made.pk)
    page = lead_client.get(edit)
    assert "evil.example" not in page.content.decode()
    said = {"guidance": "Be kind.", "means_more": MEANING, "changed": "Kinder."}
    assert lead_client.post(edit, filled(page, **said)).status_code == 302
    after = Rubric.objects.get(name="Tone", version=4)
    assert after.guidance == made.guidance.replace("Be **fair**.", "Be kind.")
    [question], [same] = made.questions.all(), after.questions.all()
    assert (same.guidance, same.since) == (question.guidance, 1)


def test_a_lead_who_is_to_judge_it_alone_settles_others_without_the_example(
    lead_client: Client, lead: User, gold: Review, waiting: Slot, queue: Queue, bob: User
) -> None:
    made = use_as_example(lead_client, gold, "was-it-honest")
    other = settle_one(queue, "other", bob, lead)
    Review.objects.filter(session=other.session).update(rubric=made)
    assert link_to(gold) in page(lead_client, "disagreement_page", gold.project, other.session_id)
    waiting.queue.takers.add(lead)
    text = page(lead_client, "disagreement_page", gold.project, other.session_id)
    assert link_to(gold) not in text
    assert "Be fair." in text


def test_an_example_goes_alone_however_lines_end(client: Client, gold: Review, waiting: Slot) -> None:
    rubric = gold.rubric
    rubric.guidance = f"Be fair.\r\n\r\nSee http://testserver{link_to(gold)}\r\n\r\nBe kind."
    rubric.save()
    text = page(client, "rubric_page", rubric.project, rubric.pk)
    assert link_to(gold) not in text
    assert "Be fair." in text
    assert "Be kind." in text


def test_nobody_is_measured_by_an_example(lead_client: Client, gold: Review, ada: User, bob: User) -> None:
    queue = Queue.objects.get()
    Review.objects.filter(reviewer=bob).update(submitted_at="2026-01-01T12:00Z")
    assert settled_for(queue, ada) == repeatable(queue, bob) == [gold.session_id]
    use_as_example(lead_client, gold)
    assert settled_for(queue, ada) == repeatable(queue, bob) == []


def test_as_many_queries_for_one_example_as_for_twenty(
    lead_client: Client, client: Client, gold: Review, ada: User, bob: User, lead: User
) -> None:
    queue = Queue.objects.get()
    slot = add_slot(queue)
    made = use_as_example(lead_client, gold)
    Queue.objects.update(rubric=made)
    page(client, "review_page", gold.project, slot.pk)
    counts = []
    for sessions in (0, 20):
        _lead_to(made, [settle_one(queue, f"{sessions}-{n}", bob, lead).session for n in range(sessions)])
        with CaptureQueriesContext(connection) as queries:
            page(client, "review_page", gold.project, slot.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _lead_to(rubric: Rubric, sessions: list[AgentSession]) -> None:
    for session in sessions:
        rubric.guidance += f"\n\nSee http://testserver{url('session_page', session.project, session.pk)}"
    rubric.save()
