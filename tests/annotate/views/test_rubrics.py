"""The pages about rubrics."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.actions.rubrics import Edition, create_rubric, edit_rubric
from annotate.models import Answer, Queue, QueueItem, Review, Rubric
from annotate.queries.rubrics import version_rows, wordings
from annotate.rubric_versions import Wording
from tests.annotate.views.pages import add_slot, said, url
from tests.builders import client_of, make_member, make_project, make_queue, make_review, make_session
from tests.counting import count_queries


def asks(*questions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    told = {
        "name": "Tone",
        "questions-TOTAL_FORMS": len(questions),
        "questions-INITIAL_FORMS": sum(1 for one in questions if one.get("key")),
    }
    for place, one in enumerate(questions):
        values = {"kind": "text", "lowest": 1, "highest": 5, "ORDER": place + 1, **one}
        told |= {f"questions-{place}-{name}": value for name, value in values.items()}
    return {**told, **fields}


KIND = {"text": "Was it kind?", "kind": "choice", "choices": "Kind\nRude", "is_required": "on", "guidance": "*Feel*."}
USE = {"text": "How useful?", "kind": "scale", "low_words": "useless", "high_words": "<b>x</b>"}


@pytest.fixture
def rubric(project: Project, lead: User) -> Rubric:
    options = [{"value": "kind", "label": "Kind"}, {"value": "rude", "label": "Rude"}]
    questions = [Wording("", "choice", "Was it kind?", options=options), Wording("", "text", "Why?")]
    return create_rubric(project=project, creator=lead, name="Tone", guidance="Be **fair**.", questions=questions)


UNTOUCHED = {"key": "was-it-kind", "text": "Was it kind?", "kind": "choice", "choices": "Kind\nRude"}
WHY = {"key": "why", "text": "Why?"}


def test_rubric_new_makes_the_first_version_in_the_order_chosen(lead_client: Client, project: Project) -> None:
    given = asks({**KIND, "ORDER": 2}, {**USE, "ORDER": 1}, {"text": "", "DELETE": "on"})
    answer = lead_client.post(url("rubric_new", project), {**given, "name": "Tone", "guidance": "Be fair."})

    assert answer.status_code == 302
    made = Rubric.objects.get(name="Tone")
    assert [(one.key, one.kind, one.options, one.is_required) for one in made.questions.all()] == [
        ("how-useful", "scale", {"lowest": 1, "highest": 5, "low_words": "useless", "high_words": "<b>x</b>"}, False),
        ("was-it-kind", "choice", [{"value": "kind", "label": "Kind"}, {"value": "rude", "label": "Rude"}], True),
    ]
    page = said(lead_client.get(url("rubric_page", project, made.pk)).content)
    assert "How useful? useless 1 2 3 4 5 &lt;b&gt;x&lt;/b&gt; Was it kind?" in page


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"text": ""}, "text"),
        ({**KIND, "choices": "Alone"}, "choices"),
        ({**USE, "highest": 1}, "highest"),
        ({**USE, "highest": "9" * 30}, "highest"),
        ({"text": "x", "kind": "no such"}, "kind"),
        ({"text": "x", "key": "no-such"}, "__all__"),
        ({"text": "x" * 301}, "text"),
    ],
)
def test_rubric_new_says_what_is_wrong(
    lead_client: Client, project: Project, question: dict[str, Any], field: str
) -> None:
    given = asks({"guidance": "so that it counts", **question})
    page = lead_client.post(url("rubric_new", project), {**given, "name": "Kept"})
    assert page.status_code == 422
    assert [list(errors) for errors in page.context["questions"].errors] == [[field]]
    assert page.context["form"]["name"].value() == "Kept"
    assert not Rubric.objects.filter(name="Kept").exists()


def test_rubric_edit_makes_the_next_version_and_moves_queues(
    lead_client: Client, project: Project, rubric: Rubric
) -> None:
    queue = make_queue(project)
    Queue.objects.filter(pk=queue.pk).update(rubric=rubric)
    page = lead_client.get(url("rubric_edit", project, rubric.pk))
    assert [one["text"].value() for one in page.context["questions"]] == ["Was it kind?", "Why?"]
    given = asks(UNTOUCHED, {**WHY, "text": "Why so?", "meaning": "meaning"}, USE)

    lead_client.post(
        url("rubric_edit", project, rubric.pk),
        {**given, "guidance": "Be **fair**.", "changed": "Sharper.", "queues": queue.pk},
    )

    made = Rubric.objects.get(name="Tone", version=2)
    assert [(one.key, one.since) for one in made.questions.all()] == [
        ("was-it-kind", 1),
        ("why", 2),
        ("how-useful", 2),
    ]
    assert (made.outcome_since, made.changed, Queue.objects.get().rubric) == (1, "Sharper.", made)
    page = lead_client.get(url("rubric_page", project, made.pk))
    assert "meaning The question itself: “Why so?”Why so ? meaning New question: “How useful?”" in said(page.content)
    assert "This is an older version." in said(lead_client.get(url("rubric_page", project, rubric.pk)).content)


def test_rubric_edit_asks_what_a_change_means(lead_client: Client, project: Project, rubric: Rubric) -> None:
    given = asks(UNTOUCHED, {**WHY, "text": "Why so?"})
    page = lead_client.post(url("rubric_edit", project, rubric.pk), {**given, "guidance": "Be fairer."})
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["changed", "means_more"]
    assert [list(errors) for errors in page.context["questions"].errors] == [[], ["meaning"]]

    # What can only mean something else is not asked about.
    other = asks({**UNTOUCHED, "choices": "Kind\nCold"}, WHY)
    lead_client.post(
        url("rubric_edit", project, rubric.pk), {**other, "guidance": "Be **fair**.", "changed": "Colder."}
    )
    assert Rubric.objects.get(version=2).questions.get(key="was-it-kind").since == 2


def test_rubric_edit_asks_nothing_of_texts_that_a_browser_sends_as_they_were(
    lead_client: Client, project: Project, lead: User
) -> None:
    why = Wording("", "text", "Why?", guidance="Say:\n\n- why")
    rubric = create_rubric(project=project, creator=lead, name="Tone", guidance="x", questions=[why])
    Rubric.objects.update(guidance="Be fair.\n\nBe kind.\n")  # as the first one of a project is written
    given = asks({**WHY, "guidance": "Say:\r\n\r\n- why"}, USE, guidance="Be fair.\r\n\r\nBe kind.", changed="More.")
    lead_client.post(url("rubric_edit", project, rubric.pk), given)
    made = Rubric.objects.get(version=2)
    assert [change.words for change in version_rows(made)[0].changes] == [
        "New question: “How useful?” (a scale from 1 (useless) to 5 (<b>x</b>))"
    ]


def test_rubric_edit_gives_all_versions_another_name(lead_client: Client, project: Project, rubric: Rubric) -> None:
    same = {**asks(UNTOUCHED, WHY), "guidance": "Be **fair**."}
    page = lead_client.post(url("rubric_edit", project, rubric.pk), {**same, "name": " "})
    assert list(page.context["form"].errors) == ["name", "changed"]

    page = lead_client.post(url("rubric_edit", project, rubric.pk), {**same, "name": "How it spoke"}, follow=True)
    assert page.status_code == 200
    assert list(Rubric.objects.values_list("name", "version", "changed").order_by("version")) == [
        ("How it spoke", 1, ""),
        ("How it spoke", 2, "Renamed from “Tone”."),
    ]
    assert "Renamed from “Tone”." in said(page.content)


def test_rubric_edit_of_an_older_version_leads_to_the_newest(
    lead_client: Client, lead: User, project: Project, rubric: Rubric
) -> None:
    newest = edit_rubric(rubric=rubric, editor=lead, edition=Edition("Fairer.", wordings(rubric)))
    answer = lead_client.get(url("rubric_edit", project, rubric.pk) + "?because_of=x")
    assert answer.headers["Location"] == url("rubric_edit", project, newest.pk) + "?because_of=x"
    late = lead_client.post(
        url("rubric_edit", project, rubric.pk),
        {**asks(UNTOUCHED, WHY), "guidance": "Late.", "means_more": "wording", "changed": "x"},
    )
    assert "Version 2 was made meanwhile" in said(late.content)


def test_rubric_edit_links_the_gold_judgement_that_it_follows(
    lead_client: Client, lead: User, project: Project, rubric: Rubric
) -> None:
    gold = make_review(make_session(project), lead, is_gold=True, reason="Tone is no failure.")
    foreign = make_review(make_session(make_project("other")), lead, is_gold=True)
    page = f"{url('rubric_edit', project, rubric.pk)}?because_of={gold.pk}"
    assert "“Tone is no failure.”" in said(lead_client.get(page).content)
    assert lead_client.get(page.replace(str(gold.pk), str(foreign.pk))).status_code == 404

    given = {**asks(UNTOUCHED, WHY), "guidance": "New.", "means_more": "meaning", "changed": "x"}
    answer = lead_client.post(page, given, follow=True)
    assert Rubric.objects.get(version=2).because_of == gold
    assert "Follows from what was settled of a session ." in said(answer.content)


def test_rubric_preview_shows_what_is_complete(lead_client: Client, project: Project, rubric: Rubric) -> None:
    given = asks({**UNTOUCHED, "ORDER": 2}, {**WHY, "ORDER": 1, "text": "Why so?"}, {**KIND, "choices": "Alone"})
    page = lead_client.post(url("rubric_preview", project), {**given, "guidance": "Be <script>fair</script>."})
    text = said(page.content)
    assert text.index("Why so?") < text.index("Was it kind?")
    assert "1 question is not complete yet" in text
    assert b"<script>" not in page.content
    assert lead_client.post(url("rubric_preview", project), {}).status_code == 200


def test_what_is_told_under_an_older_meaning_is_listed_and_queued(
    lead_client: Client, lead: User, project: Project, rubric: Rubric
) -> None:
    for number in range(3):
        review = make_review(make_session(project, f"s-{number}", title=f"Talk {number}"), lead)
        Review.objects.filter(pk=review.pk).update(rubric=rubric)
        if number:
            Answer.objects.create(review=review, question=rubric.questions.get(key="why"), value="x")
    edition = Edition("Other.", wordings(rubric), meant={"why"}, means_more=True)
    newest = edit_rubric(rubric=rubric, editor=lead, edition=edition)

    page = said(lead_client.get(url("rubric_page", project, newest.pk)).content)
    assert "The outcome 3 sessions judged before version 2 Why? 2 sessions judged before version 2" in page
    listed = said(lead_client.get(url("rubric_stale", project, newest.pk), {"question": "why"}).content)
    assert ("Talk 0" in listed, "Talk 1" in listed, "Talk 2" in listed) == (False, True, True)
    assert lead_client.get(url("rubric_stale", project, newest.pk), {"question": "x"}).status_code == 404
    done = lead_client.get(url("rubric_stale", project, newest.pk), {"question": "was-it-kind"})
    assert "Nothing is left" in said(done.content)

    answer = lead_client.post(url("rubric_again", project, newest.pk), {"question": ["why", "x"]}, follow=True)
    assert "2 sessions added." in said(answer.content)
    assert QueueItem.objects.filter(queue__name="Review again: Tone v2", queue__rubric=newest).count() == 2


def test_rubric_pages_ask_the_same_for_one_and_for_many(lead_client: Client, lead: User, project: Project) -> None:
    counts: list[int] = []
    for size in (2, 8):
        while Rubric.objects.filter(name="R0").count() < size:
            known = Rubric.objects.filter(name="R0").order_by("-version").first()
            if known is None:
                known = create_rubric(project=project, creator=lead, name="R0", guidance="0")
            edition = Edition(f"{known.version}", [*wordings(known), Wording("", "text", "New?")], means_more=True)
            edit_rubric(rubric=known, editor=lead, edition=edition)
            create_rubric(project=project, creator=lead, name=f"R{known.version}", guidance="")
        newest = Rubric.objects.filter(name="R0").latest("version")
        pages = (url("rubric_list", project), url("rubric_page", project, newest.pk))
        counts += [count_queries(lead_client, page) for page in pages]
    assert counts[:2] == counts[2:]


def test_queue_form_offers_the_newest_versions_and_the_one_in_use(
    lead_client: Client, lead: User, project: Project, rubric: Rubric
) -> None:
    queue = make_queue(project)
    Queue.objects.filter(pk=queue.pk).update(rubric=rubric)
    newest = edit_rubric(rubric=rubric, editor=lead, edition=Edition("Other.", wordings(rubric)))
    page = lead_client.get(url("queue_edit", project, queue.pk))
    field = page.context["form"].fields["rubric"]
    assert [words for _, words in field.choices] == ["Default, version 1", "Tone, version 2", "Tone, version 1"]
    assert page.context["form"]["rubric"].value() == rubric.pk

    form = page.context["form"]
    given = {name: form[name].value() for name in ("size_cap", "random_percent", "reviewers_per_session", "due_hours")}
    given |= {"name": "Named", "skip_policy": "others", "skips_to_lead": 2}
    lead_client.post(url("queue_edit", project, queue.pk), {**given, "rubric": newest.pk})
    assert Queue.objects.get(pk=queue.pk).rubric == newest
    lead_client.post(url("queue_new", project), {**given, "name": "New", "rubric": newest.pk})
    assert Queue.objects.get(name="New").rubric == newest
    assert lead_client.post(url("queue_new", project), {**given, "name": "N", "rubric": "9" * 30}).status_code == 422


def test_reviewers_are_told_what_is_new(client: Client, lead: User, project: Project, rubric: Rubric) -> None:
    queue = make_queue(project)
    newest = edit_rubric(
        rubric=rubric, editor=lead, edition=Edition("x", [], changed="Untrue is a failure.", queues=[queue.pk])
    )
    Queue.objects.filter(pk=queue.pk).update(rubric=newest)
    add_slot(queue)
    page = client.get(url("review_next", project, queue.pk), follow=True)
    assert "New in version 2 : Untrue is a failure." in said(page.content if not page.streaming else page.getvalue())
    assert "Asks Tone , version 2." in said(client.get(url("queue_page", project, queue.pk)).content)


def test_readers_see_rubrics_and_change_nothing(project: Project, rubric: Rubric) -> None:
    viewer = client_of(make_member(project, Role.VIEWER))
    assert viewer.get(url("rubric_list", project)).status_code == 200
    assert "Edit" not in said(viewer.get(url("rubric_page", project, rubric.pk)).content)
    for name in ("rubric_edit", "rubric_stale"):
        assert viewer.get(url(name, project, rubric.pk)).status_code == 404
