"""What scores say, by what a project means by them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, Role
from tests.builders import client_of, make_member, make_project, make_session, make_steps
from traces.filters import SessionFilter
from traces.meanings import BAD, GOOD, NONE, Reading, middle_of, polarity_of, suggestion
from traces.models import AgentSession, Score, ScoreMeaning, StepKind
from traces.queries import conversation, meanings_of

CASES = [
    (GOOD, 1.0, "", GOOD),
    (GOOD, 0.0, "", BAD),
    (GOOD, 0.5, "", None),
    (GOOD, 0.0, "thumbs-up", BAD),
    (BAD, 0.9, "", BAD),
    (BAD, 0.1, "", GOOD),
    (NONE, 1.0, "good", None),
    (GOOD, None, " Thumbs-Up ", GOOD),
    (BAD, None, "pass", GOOD),
    (GOOD, None, "no", BAD),
    (BAD, None, "no", GOOD),
    (BAD, None, "yes", BAD),
    (GOOD, None, "polite", None),
    (GOOD, None, "", None),
]


@pytest.mark.parametrize(("polarity", "value", "label", "said"), CASES)
def test_score_says_what_its_name_means(polarity: str, value: float | None, label: str, said: str | None) -> None:
    score = Score(name="x", value=value, label=label)
    assert polarity_of(score, {"x": Reading(polarity)}) == said
    assert polarity_of(score, {"other": Reading(polarity)}) is None


@pytest.mark.parametrize(("value", "said"), [(1, BAD), (3, None), (4, GOOD)])
def test_middle_is_the_projects_own(value: float, said: str | None) -> None:
    assert polarity_of(Score(name="stars", value=value), {"stars": Reading(GOOD, 3)}) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("user_thumb", GOOD),
        ("user-feedback", GOOD),
        ("Correctness", GOOD),
        ("incorrect", BAD),
        ("Hallucination", BAD),
        ("toxicity_score", BAD),
        ("token_count", NONE),
        ("zzz", None),
    ],
)
def test_names_suggest_what_they_mean(name: str, said: str | None) -> None:
    found = suggestion(name, 0, 1)
    assert (found.polarity if found else None) == said


def test_labels_suggest_where_the_name_does_not() -> None:
    assert suggestion("zzz", None, None, ["Pass", "other"]) == Reading(GOOD)
    assert suggestion("zzz", None, None, ["other"]) is None


@pytest.mark.parametrize(
    ("seen", "middle"),
    [
        ((None, None), 0.5),
        ((0, 1), 0.5),
        ((-1, 1), 0),
        ((1, 4), 3),
        ((0, 5), 2.5),
        ((2, 9), 5),
        ((0, 88), 50),
        ((0, 300), 150),
    ],
)
def test_middle_is_that_of_the_scale(seen: tuple[float | None, float | None], middle: float) -> None:
    assert middle_of(*seen) == middle


def score(session: AgentSession | None, project: Project, number: int, **fields: Any) -> Score:
    return Score.objects.create(project=project, session=session, identity=f"score-{number}", **fields)


@pytest.mark.parametrize(("polarity", "value", "label", "said"), CASES)
def test_list_filters_by_what_scores_say(
    project: Project, polarity: str, value: float | None, label: str, said: str | None
) -> None:
    session = make_session(project)
    score(session, project, 1, name="x", value=value, label=label.strip().lower())
    ScoreMeaning.objects.create(project=project, name="x", polarity=polarity)
    other = make_project("other")
    score(make_session(other), other, 1, name="x", value=1, label="good")
    everything = AgentSession.objects.filter(project=project)
    found = {word for word in (GOOD, BAD) if SessionFilter({"feedback": word}, everything).qs.exists()}
    assert found == ({said} if said else set())
    assert not SessionFilter({"feedback": GOOD}, AgentSession.objects.filter(project=other)).qs.exists()


def test_scores_stand_at_the_steps_that_they_are_about(project: Project) -> None:
    session = make_session(project)
    places: dict[str, Any] = {"trace_id": "a" * 32, "span_id": "1" * 16}
    make_steps(
        session,
        (StepKind.USER, places),
        (StepKind.LLM, {**places, "response_id": "r-1"}),
        (StepKind.AGENT, {"trace_id": "b" * 32, "span_id": "1" * 16}),
    )
    score(session, project, 1, name="by key", step_key="k1")
    score(session, project, 2, name="by span", **places)
    score(session, project, 3, name="by span alone", span_id="1" * 16)
    score(session, project, 4, name="by answer", response_id="r-1")
    score(session, project, 5, name="of the trace", trace_id="a" * 32)
    score(session, project, 6, name="of the session", external_id="s-1")
    score(session, project, 7, name="of a step that is not there", step_key="k9")
    score(None, project, 8, name="still waiting", external_id="s-1")

    talk = conversation(session)
    assert {said.name: said.position for said in talk.scores} == {
        "by key": 1,
        "by span": 2,
        "by span alone": 2,
        "by answer": 2,
        "of the trace": None,
        "of the session": None,
        "of a step that is not there": None,
    }
    assert [[said.name for said in step.scores] for step in talk.steps] == [
        ["by key"],
        ["by span", "by span alone", "by answer"],
        [],
    ]
    assert [step.is_hidden for step in talk.steps] == [False, False, False]


def test_session_page_says_what_scores_say(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    make_steps(session, (StepKind.USER, {"text": "Hi"}), (StepKind.AGENT, {"text": "No."}))
    score(
        session, project, 1, name="thumb", value=0, label="down", step_key="k2", explanation="<b>rude</b>", author="u-9"
    )
    ScoreMeaning.objects.create(project=project, name="thumb", polarity=GOOD)
    page = lead_client.get(reverse("session_page", args=[project.slug, session.pk])).content.decode()
    assert page.count("says bad") == 2  # beside the conversation, and at the step
    assert "down · 0" in page
    assert "&lt;b&gt;rude&lt;/b&gt;" in page
    assert 'href="#step-2"' in page


# --- the page of meanings ---------------------------------------------------------------------------


@pytest.fixture
def url(project: Project) -> str:
    for number, (name, value) in enumerate(
        [("thumb", 1.0), ("thumb", 0.0), ("stars", 4.0), ("stars", 1.0), ("zzz", 7.0)]
    ):
        score(None, project, number, name=name, value=value)
    return reverse("score_meanings", args=[project.slug])


def form(*rows: tuple[str, str, str]) -> dict[str, str]:
    said = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        said |= {
            f"form-{number}-{field}": value for field, value in zip(("name", "polarity", "middle"), row, strict=True)
        }
    return said


def test_page_lists_every_name_with_its_range_and_a_suggestion(lead_client: Client, url: str) -> None:
    page = lead_client.get(url)
    rows = [(found.name, found.times, found.lowest, found.highest) for found, _ in page.context["rows"]]
    assert rows == [("stars", 2, 1.0, 4.0), ("thumb", 2, 0.0, 1.0), ("zzz", 1, 7.0, 7.0)]
    assert [found.name for found in page.context["suggested"]] == ["stars", "thumb"]
    assert [form["middle"].value() for _, form in page.context["rows"]] == [3.0, 0.5, 5.0]


def test_what_is_chosen_is_kept_and_can_be_unset(lead_client: Client, url: str, project: Project) -> None:
    rows = [("stars", GOOD, "2.5"), ("thumb", BAD, ""), ("zzz", "", "5"), ("made up", GOOD, "1")]
    assert lead_client.post(url, form(*rows)).status_code == 302
    meanings = {name: (found.polarity, found.middle) for name, found in meanings_of(project.pk).items()}
    assert meanings == {"stars": (GOOD, 2.5), "thumb": (BAD, 0.5)}
    lead_client.post(url, form(("stars", "", "2.5"), ("thumb", NONE, "0.5")))
    assert {name: found.polarity for name, found in meanings_of(project.pk).items()} == {"thumb": NONE}


def test_suggestions_are_taken_together_and_change_nothing_that_was_said(
    lead_client: Client, url: str, project: Project
) -> None:
    ScoreMeaning.objects.create(project=project, name="thumb", polarity=NONE)
    lead_client.post(url, {"suggested": "all"})
    meanings = {name: (found.polarity, found.middle) for name, found in meanings_of(project.pk).items()}
    assert meanings == {"thumb": (NONE, 0.5), "stars": (GOOD, 3.0)}


@pytest.mark.parametrize(
    "row", [("thumb", "great", "1"), ("thumb", GOOD, "x"), ("thumb", GOOD, "nan"), ("thumb", GOOD, "1e300")]
)
def test_nonsense_is_refused_with_the_field(lead_client: Client, url: str, project: Project, row: Any) -> None:
    page = lead_client.post(url, form(row))
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not meanings_of(project.pk)


def test_a_reviewer_does_not_find_the_page(url: str, project: Project) -> None:
    assert client_of(make_member(project, Role.REVIEWER)).get(url).status_code == 404


def test_page_without_scores_teaches_the_next_step(lead_client: Client, project: Project) -> None:
    assert "No scores yet" in lead_client.get(reverse("score_meanings", args=[project.slug])).content.decode()


def test_page_costs_the_same_queries_for_one_name_and_for_many(
    lead_client: Client, project: Project, django_assert_num_queries: Any
) -> None:
    url = reverse("score_meanings", args=[project.slug])
    score(None, project, 0, name="name 0", label="pass")
    lead_client.get(url)
    with CaptureQueriesContext(connection) as few:
        lead_client.get(url)
    for place in range(1, 30):
        score(None, project, place, name=f"name {place}", label="pass")
    with django_assert_num_queries(len(few)):
        lead_client.get(url)
