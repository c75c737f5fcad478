"""What leads do with rubrics."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Project, User
from annotate.actions.rubrics import Edition, create_rubric, edit_rubric, review_again
from annotate.models import Answer, Question, Queue, QueueItem, Review, Rubric
from annotate.queries.blind import Sight
from annotate.queries.rubrics import rubric_rows, stale_labels, version_rows, wordings
from annotate.rubric_versions import Wording
from common.errors import Refused
from tests.builders import NOON, make_project, make_queue, make_review, make_session

KIND = Wording("", "pass_fail", "Was it kind?")
WHY = Wording("", "text", "Why?", guidance="In a sentence.")


@pytest.fixture
def rubric(project: Project, lead: User) -> Rubric:
    return create_rubric(project=project, creator=lead, name="Tone", guidance="Be fair.", questions=[KIND, WHY])


def edit(rubric: Rubric, lead: User, **fields: Any) -> Rubric:
    values = {"guidance": rubric.guidance, "questions": wordings(rubric), **fields}
    return edit_rubric(rubric=rubric, editor=lead, edition=Edition(**values))


def judge(project: Project, person: User, rubric: Rubric, name: str, answered: str = "", **fields: Any) -> Review:
    session = project.sessions.filter(external_id=name).first() or make_session(project, name)
    review = make_review(session, person, **fields)
    Review.objects.filter(pk=review.pk).update(rubric=rubric)
    if answered:
        Answer.objects.create(review=review, question=rubric.questions.get(key=answered), value="pass")
    return review


def told(rubric: Rubric) -> dict[str, list[str]]:
    names = dict(rubric.project.sessions.values_list("pk", "external_id"))
    return {label.key: [names[pk] for pk in label.sessions] for label in stale_labels(rubric)}


def test_create_rubric_begins_with_version_1(project: Project, lead: User, rubric: Rubric) -> None:
    assert (rubric.version, rubric.outcome_since, rubric.created_by) == (1, 1, lead)
    assert list(rubric.questions.values_list("key", "position", "since")) == [("was-it-kind", 1, 1), ("why", 2, 1)]
    for name in ("tone", " "):
        with pytest.raises(Refused) as refusal:
            create_rubric(project=project, creator=lead, name=name, guidance="")
        assert refusal.value.field == "name"
    create_rubric(project=make_project("other"), creator=lead, name="Tone", guidance="")


def test_edit_rubric_makes_a_version_and_leaves_the_old_one(project: Project, lead: User, rubric: Rubric) -> None:
    moved, kept = make_queue(project, "Moved"), make_queue(project, "Kept")
    Queue.objects.filter(pk__in=[moved.pk, kept.pk]).update(rubric=rubric)
    elsewhere = make_queue(project, "Asks another")
    review = judge(project, lead, rubric, "s-1", "why")
    kind, why = wordings(rubric)
    new = Wording("", "scale", "Was it kind?", options={"lowest": 1, "highest": 5, "low_words": "", "high_words": ""})

    made = edit(
        rubric,
        lead,
        questions=[replace(why, text="Why so?"), new],
        meant={"why"},
        changed="Kindness is a scale.",
        queues=[moved.pk, elsewhere.pk],
    )

    assert (made.version, made.outcome_since, made.changed, made.guidance) == (2, 1, "Kindness is a scale.", "Be fair.")
    assert list(made.questions.values_list("key", "text", "kind", "since")) == [
        ("why", "Why so?", "text", 2),
        ("was-it-kind-2", "Was it kind?", "scale", 2),
    ]
    assert wordings(Rubric.objects.get(pk=rubric.pk)) == [kind, why]
    assert Review.objects.get(pk=review.pk).rubric == rubric
    asks = dict(Queue.objects.values_list("name", "rubric__version"))
    assert (asks["Moved"], asks["Kept"], Queue.objects.get(name="Asks another").rubric.name) == (2, 1, "Default")


def test_edit_rubric_keeps_what_did_not_change_its_meaning(lead: User, rubric: Rubric) -> None:
    kind, why = wordings(rubric)
    made = edit(rubric, lead, questions=[replace(kind, text="Was it friendly?"), why], means_more=True)
    assert (made.outcome_since, [question.since for question in made.questions.all()]) == (2, [1, 1])


def test_edit_rubric_refuses_an_old_version_and_no_change(lead: User, rubric: Rubric) -> None:
    with pytest.raises(Refused, match="says already"):
        edit(rubric, lead)
    edit(rubric, lead, guidance="Be fairer.")
    with pytest.raises(Refused, match="Version 2 was made meanwhile"):
        edit(rubric, lead, guidance="Be kind.")
    with pytest.raises(Refused, match="at most 30"):
        edit(Rubric.objects.get(version=2), lead, questions=[KIND] * 31)


def test_a_renamed_rubric_keeps_its_reviews_labels_and_queues(
    project: Project, lead: User, ada: User, rubric: Rubric
) -> None:
    queue = make_queue(project)
    Queue.objects.update(rubric=rubric)
    judge(project, ada, rubric, "old", "why")
    second = edit(rubric, lead, guidance="Be kind.", meant={"why"})
    third = edit(second, lead, name=" How it  spoke ", changed="Clearer.", queues=[queue.pk])

    assert (third.name, third.version, third.changed) == ("How it spoke", 3, "Renamed from “Tone”. Clearer.")
    assert [(row.rubric.name, row.reviews) for row in version_rows(third)] == [
        ("How it spoke", 0),
        ("How it spoke", 0),
        ("How it spoke", 1),
    ]
    assert told(third) == {"why": ["old"]}
    assert Queue.objects.get(pk=queue.pk).rubric == third
    with pytest.raises(Refused, match="renamed meanwhile"):
        edit(second, lead, guidance="Late.")


def test_a_rubric_takes_the_name_of_no_other(project: Project, lead: User, rubric: Rubric) -> None:
    create_rubric(project=project, creator=lead, name="Safety", guidance="")
    with pytest.raises(Refused) as refusal:
        edit(rubric, lead, name="safety")
    assert refusal.value.field == "name"
    assert not Rubric.objects.filter(name="Tone", version=2).exists()
    assert edit(rubric, lead, name="TONE").name == "TONE"


def test_stale_labels_are_those_that_nobody_gave_anew(project: Project, lead: User, ada: User, rubric: Rubric) -> None:
    judge(project, ada, rubric, "old", "why")
    judge(project, ada, rubric, "kind only", "was-it-kind")
    judge(project, ada, rubric, "both", "why")
    judge(project, ada, rubric, "taken back", "why", withdrawn_at=NOON)
    assert told(rubric) == {}
    second = edit(rubric, lead, guidance="Be fairer.", meant={"why"})
    judge(project, ada, second, "in time", "why")
    assert told(second) == {"why": ["old", "both"]}
    third = edit(second, lead, guidance="Be kind.", means_more=True)
    judge(project, lead, third, "both", "why")
    assert told(third) == {"": ["old", "kind only", "in time"], "why": ["old"]}
    # Labels of another rubric are another thing.
    judge(project, ada, create_rubric(project=project, creator=lead, name="Other", guidance=""), "elsewhere")
    assert told(third) == {"": ["old", "kind only", "in time"], "why": ["old"]}
    nothing = Sight(project.sessions.values("pk"))  # type: ignore[arg-type]  # ids of sessions as of slots
    assert stale_labels(third, nothing) == []


def test_review_again_makes_one_queue_by_hand_for_a_version(project: Project, lead: User, rubric: Rubric) -> None:
    sessions = [make_session(project, f"s-{number}").pk for number in range(3)]
    queue, added = review_again(rubric=rubric, session_ids=sessions[:2], actor=lead)
    Queue.objects.filter(pk=queue.pk).update(is_open=False)
    again, more = review_again(rubric=rubric, session_ids=sessions, actor=lead)

    assert (queue, added.new, more.new, more.already_in) == (again, 2, 1, 2)
    queue.refresh_from_db()
    assert (queue.name, queue.rubric, queue.is_open) == ("Review again: Tone v1", rubric, True)
    assert (queue.fills_itself, queue.random_share) == (False, 0)
    assert set(QueueItem.objects.values_list("session", "stratum")) == {(pk, "hand") for pk in sessions}
    other = make_queue(project, "Review again: Tone v2")
    second = edit(rubric, lead, guidance="x")
    with pytest.raises(Refused, match="a queue of this name"):
        review_again(rubric=second, session_ids=sessions, actor=lead)
    assert not QueueItem.objects.filter(queue=other).exists()


def test_rubric_rows_and_versions_count_what_stands(project: Project, lead: User, ada: User, rubric: Rubric) -> None:
    judge(project, ada, rubric, "a")
    judge(project, ada, rubric, "b", withdrawn_at=NOON)
    second = edit(rubric, lead, guidance="Be fairer.", means_more=True)
    judge(project, ada, second, "c")

    _, row = rubric_rows(project)
    assert (row.rubric, row.questions, row.reviews, row.queues) == (second, 2, 2, [])
    rows = version_rows(second)
    assert [(each.rubric.version, each.reviews, [change.words for change in each.changes]) for each in rows] == [
        (2, 1, ["What counts as a success and a failure"]),
        (1, 1, []),
    ]
    assert rows[0].changes[0].is_meaning


def test_questions_are_rows_of_their_version(rubric: Rubric, lead: User) -> None:
    edit(rubric, lead, guidance="x")
    assert Question.objects.count() == 4
