"""Quotes, conditions and answers as the review page takes them, with its script and without."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, User
from annotate.models import Answer, Draft, Failure, FailureType, Question, Queue, Review, Rubric
from tests.annotate.views.pages import add_slot, judgement, url
from tests.builders import make_project

QUOTE = {"step": "k3", "start": 0, "end": 5, "text": "Done!"}
CONDITION = {"kind": "must_call", "target": "refund", "detail": ""}
JSON = {"Accept": "application/json"}


@pytest.fixture
def rubric(queue: Queue) -> Rubric:
    options = [{"value": "money", "label": "Money"}, {"value": "time", "label": "<Time>"}]
    rows: list[dict[str, Any]] = [
        {
            "key": "tone",
            "kind": "scale",
            "options": {"lowest": 1, "highest": 5, "low_words": "bad"},
            "is_required": True,
        },
        {"key": "areas", "kind": "choices", "options": options},
        {"key": "more", "kind": "text", "guidance": "**Short**, please. <script>alert(1)</script>"},
    ]
    for place, row in enumerate(rows):
        Question.objects.create(rubric=queue.rubric, position=place, text=f"What {row['key']}?", **row)
    return queue.rubric


def told(**fields: Any) -> dict[str, Any]:
    return judgement(
        **{"failures-0-quotes": json.dumps([QUOTE]), "failures-0-assertions": json.dumps([CONDITION]), **fields}
    )


def errors_of(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def test_all_that_is_told_is_kept(client: Client, project: Project, queue: Queue, rubric: Rubric) -> None:
    slot = add_slot(queue)
    sent = told(answer_tone="4", answer_areas=["time", "money"], answer_more=" Yes. ", rubric=str(rubric.pk))
    client.post(url("review_submit", project, slot.pk), sent)

    failure = Failure.objects.get()
    assert (failure.quotes, failure.assertions) == ([QUOTE], [CONDITION])
    assert dict(Answer.objects.values_list("question__key", "value")) == {
        "tone": 4,
        "areas": ["money", "time"],
        "more": "Yes.",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"failures-0-quotes": "{"}, "failures-0-quotes"),
        ({"failures-0-quotes": "[" * 100_000}, "failures-0-quotes"),
        ({"failures-0-quotes": '[{"step": "k3"}]'}, "failures-0-quotes"),
        ({"failures-0-quotes": json.dumps([{**QUOTE, "start": 1}])}, "failures-0-quotes"),
        ({"failures-0-quotes": json.dumps([{**QUOTE, "text": "Done\0"}])}, "failures-0-quotes"),
        ({"failures-0-assertions": '[{"kind": "must_sing", "target": "x"}]'}, "failures-0-assertions"),
        ({"failures-0-assertions": '[{"kind": "must_call", "target": "", "detail": "x"}]'}, "failures-0-assertions"),
        ({"answer_tone": "9"}, "answer_tone"),
        ({"answer_tone": ""}, "answer_tone"),
        ({"answer_areas": ["money", "peace"]}, "answer_areas"),
        ({"answer_more": "x" * 5_001}, "answer_more"),
    ],
)
def test_what_is_wrong_is_named_at_its_field_and_nothing_is_lost(
    client: Client, project: Project, queue: Queue, rubric: Rubric, fields: dict[str, Any], field: str
) -> None:
    slot = add_slot(queue)
    sent = told(**{"answer_tone": "4", "answer_more": "Kept.", **fields})

    assert set(errors_of(client.post(url("review_submit", project, slot.pk), sent, headers=JSON))) == {field}
    page = client.post(url("review_submit", project, slot.pk), sent).content.decode()
    assert ("It lied." in page, "<script>alert(1)" in page) == (True, False)
    assert "answer_more" in fields or "Kept." in page
    assert Review.objects.count() == 0


def test_every_missing_answer_is_named_at_once(client: Client, project: Project, queue: Queue, rubric: Rubric) -> None:
    Question.objects.update(is_required=True)
    slot = add_slot(queue)

    errors = errors_of(client.post(url("review_submit", project, slot.pk), judgement(outcome="success"), headers=JSON))
    assert errors == {f"answer_{key}": f"Answer this too: What {key}?" for key in ("tone", "areas", "more")}
    client.post(url("review_submit", project, slot.pk), judgement(outcome="unknown"))
    assert Review.objects.get().outcome == "unknown"


def test_a_page_that_showed_an_older_version_is_judged_by_that(
    client: Client, project: Project, queue: Queue, rubric: Rubric
) -> None:
    slot = add_slot(queue)
    newer = Rubric.objects.create(project=project, name=rubric.name, version=2)
    Question.objects.create(rubric=newer, key="new", position=1, kind="text", text="New?", is_required=True)
    Queue.objects.update(rubric=newer)
    sent = judgement(answer_tone="4", rubric=str(rubric.pk))

    client.post(url("review_submit", project, slot.pk), sent)
    review = Review.objects.get()
    assert (review.rubric, review.answers.get().question.key) == (rubric, "tone")


def test_a_page_that_showed_another_rubric_is_judged_by_that(
    client: Client, project: Project, queue: Queue, rubric: Rubric
) -> None:
    slot = add_slot(queue)
    another = Rubric.objects.create(project=project, name="Safety")
    Question.objects.create(rubric=another, key="safe", position=1, kind="text", text="Safe?", is_required=True)
    Queue.objects.update(rubric=another)
    client.post(url("review_submit", project, slot.pk), judgement(answer_tone="4", rubric=str(rubric.pk)))

    review = Review.objects.get()
    assert (review.rubric, review.answers.get().question.key) == (rubric, "tone")


@pytest.mark.parametrize("named", ["", "nonsense", "0", "9" * 30, "theirs"])
def test_a_rubric_that_is_none_of_the_project_is_not_judged_by(
    client: Client, project: Project, queue: Queue, rubric: Rubric, named: str
) -> None:
    theirs = Rubric.objects.create(project=make_project("other"), name=rubric.name)
    slot = add_slot(queue)
    key = str(theirs.pk) if named == "theirs" else named
    client.post(url("review_submit", project, slot.pk), judgement(answer_tone="4", rubric=key))

    assert Review.objects.get().rubric == rubric


def test_a_draft_keeps_it_and_the_page_shows_it_again(
    client: Client, project: Project, queue: Queue, rubric: Rubric
) -> None:
    slot = add_slot(queue)
    client.get(url("review_page", project, slot.pk))
    content = {
        "outcome": "failure",
        "failures": [{"note": "It lied.", "quotes": [QUOTE], "assertions": [CONDITION]}],
        "answers": {"tone": "4", "areas": ["time"], "more": "Yes."},
    }
    client.post(url("review_draft", project, slot.pk), {"version": "1", "content": json.dumps(content)})
    assert Draft.objects.get().content == content

    page = client.get(url("review_page", project, slot.pk))
    text = page.content.decode() if not page.streaming else b"".join(page).decode()
    assert json.loads(page.context["failures"][0]["quotes"].value() or "[]") == [QUOTE]
    for checked in ('value="4"', 'value="time"'):
        [node] = [node for node in text.split("<input") if checked in node and 'name="answer_' in node]
        assert "checked" in node
    assert "Yes.</textarea>" in text
    assert "<strong>Short</strong>, please." in text
    assert "&lt;Time&gt;" in text


def test_the_judged_page_shows_the_questions_that_were_answered(
    client: Client, project: Project, queue: Queue, rubric: Rubric
) -> None:
    slot = add_slot(queue)
    client.post(url("review_submit", project, slot.pk), judgement(answer_tone="4"))
    newer = Rubric.objects.create(project=project, name=rubric.name, version=2)
    Queue.objects.update(rubric=newer)

    page = client.get(url("review_page", project, slot.pk))
    assert [field.value() for field in page.context["judgement"].questions] == ["4", None, None]


def test_the_guidance_is_of_the_version_whose_questions_are_shown(
    client: Client, project: Project, queue: Queue, rubric: Rubric
) -> None:
    Rubric.objects.update(guidance="Be fair.", changed="Fairness.")
    judged, waiting = add_slot(queue), add_slot(queue, "s-2")
    client.post(url("review_submit", project, judged.pk), judgement(answer_tone="4"))
    newer = Rubric.objects.create(
        project=project, name=rubric.name, version=2, guidance="Be strict.", changed="Strictness."
    )
    Queue.objects.update(rubric=newer)

    def guided(answer: Any) -> tuple[bool, ...]:
        text = answer.getvalue().decode()
        return tuple(words in text for words in ("Be fair.", ": Fairness.", "Be strict.", ": Strictness."))

    assert guided(client.get(url("review_page", project, judged.pk))) == (True, True, False, False)
    assert guided(client.get(url("review_page", project, waiting.pk))) == (False, False, True, True)
    refused = client.post(url("review_submit", project, waiting.pk), judgement(rubric=str(rubric.pk)))
    assert (refused.status_code, guided(refused)) == (422, (True, True, False, False))


def test_the_page_offers_standing_types_with_the_names_that_lead_to_them(
    client: Client, project: Project, queue: Queue, ada: User
) -> None:
    target = FailureType.objects.create(
        project=project, name="Silent failure", group="Honesty", description="No word of the error."
    )
    between = FailureType.objects.create(project=project, name="Hidden", merged_into=target)
    FailureType.objects.create(project=project, name="Hides errors", merged_into=between)
    FailureType.objects.create(project=make_project("other"), name="Theirs")

    types = client.get(url("review_page", project, add_slot(queue).pk)).context["types"]
    assert types == [("Silent failure", "Honesty", 0, "Hidden\nHides errors", "No word of the error.")]


def test_the_page_offers_the_tools_that_were_called(client: Client, project: Project, queue: Queue) -> None:
    assert client.get(url("review_page", project, add_slot(queue).pk)).context["tool_names"] == ["refund"]
