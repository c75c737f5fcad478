"""The page of a session: its conversation, the words that it cuts, and what the agent saw at a step."""

import pytest
from django.test import Client

from accounts.models import Project
from tests.builders import make_project, make_session, make_steps, make_talk
from tests.counting import count_queries
from traces.models import Score, Signal, StepKind, Transcript
from traces.records import ToolSchema
from traces.words import pack_words

LIST = "/p/acme/sessions/"


def test_session_page_reads_as_a_conversation(lead_client: Client, project: Project) -> None:
    session = make_session(project, title="Please refund")
    make_talk(session)
    Signal.objects.create(session=session, kind="tool_error", step_key="k2", strength=0.5, sentence="It expired.")
    Score.objects.create(project=project, session=session, identity="1", name="helpful", value=0.25, label="poor")
    html = lead_client.get(f"{LIST}{session.pk}/").content.decode()
    for expected in (
        'id="step-2"',
        'data-step="k2"',
        'href="#step-2"',
        "It expired.",
        "error: 401 token expired",
        "order=A-1",
        "Done! Your refund is on its way.",
        "helpful",
    ):
        assert expected in html


def test_session_page_holds_a_place_for_what_people_said(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    html = lead_client.get(f"{LIST}{session.pk}/").content.decode()
    assert f'hx-get="{LIST}{session.pk}/judgements/"' in html


def test_session_page_of_a_session_without_steps_says_so(lead_client: Client, project: Project) -> None:
    html = lead_client.get(f"{LIST}{make_session(project).pk}/").content.decode()
    assert "none of its steps yet" in html


def test_session_page_of_another_project_is_not_found(lead_client: Client) -> None:
    theirs = make_session(make_project("other"))
    assert lead_client.get(f"{LIST}{theirs.pk}/").status_code == 404
    assert lead_client.get(f"/p/other/sessions/{theirs.pk}/").status_code == 404


LONG = "<script>alert(1)</script> " * 3_000


@pytest.mark.parametrize(
    ("kind", "field", "part"),
    [
        (StepKind.USER, "text", "text"),
        (StepKind.AGENT, "text", "text"),
        (StepKind.LLM, "text", "text"),
        (StepKind.TOOL, "arguments", "arguments"),
        (StepKind.TOOL, "result", "result"),
    ],
)
def test_what_a_session_page_cuts_can_be_read_to_its_end(
    lead_client: Client, project: Project, kind: StepKind, field: str, part: str
) -> None:
    session = make_session(project)
    make_steps(session, (StepKind.USER, {"text": "Hi"}), (kind, {field: LONG}))
    url = f"{LIST}{session.pk}/steps/2/{part}/"
    html = lead_client.get(f"{LIST}{session.pk}/").content.decode()
    assert (html.count('class="whole"'), f'href="{url}"' in html, "Show all 78,000 characters" in html) == (
        1,
        True,
        True,
    )
    answer = lead_client.get(url)
    assert answer.content.decode() == LONG
    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_session_page_that_cuts_nothing_leads_to_no_words_beside_it(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    assert 'class="whole"' not in lead_client.get(f"{LIST}{session.pk}/").content.decode()


@pytest.mark.parametrize("which", ["0/text", "4/text", "99999/text", "1/key", "1/html", "1/__class__"])
def test_words_that_no_step_has_are_not_found(lead_client: Client, project: Project, which: str) -> None:
    session = make_session(project)
    make_talk(session)
    assert lead_client.get(f"{LIST}{session.pk}/steps/{which}/").status_code == 404


def test_words_of_another_project_are_not_found(lead_client: Client) -> None:
    theirs = make_session(make_project("other"))
    make_talk(theirs)
    assert lead_client.get(f"{LIST}{theirs.pk}/steps/1/text/").status_code == 404
    assert lead_client.get(f"/p/other/sessions/{theirs.pk}/steps/1/text/").status_code == 404


def test_the_words_of_a_step_need_the_same_queries_for_1_step_and_for_200(
    lead_client: Client, project: Project
) -> None:
    def queries(external_id: str, steps: int) -> int:
        session = make_session(project, external_id)
        make_steps(session, *[(StepKind.TOOL, {"name": "a", "result": LONG})] * steps)
        return count_queries(lead_client, f"{LIST}{session.pk}/steps/{steps}/result/")

    assert queries("short", 1) == queries("long", 200)


@pytest.mark.parametrize("field", ["text", "name", "arguments", "result", "error_message", "error_type", "key"])
@pytest.mark.parametrize("kind", [StepKind.USER, StepKind.AGENT, StepKind.TOOL, StepKind.LLM])
def test_session_page_escapes_every_field(lead_client: Client, project: Project, kind: StepKind, field: str) -> None:
    session = make_session(project)
    hostile = "\"><img src=x onerror='alert(1)'><script>alert(1)</script>"
    [step] = make_steps(session, (kind, {"is_error": True} | ({} if field == "key" else {field: hostile})))
    if field == "key":
        step.key = hostile
        step.save()
    Signal.objects.create(session=session, kind="x", step_key=step.key, strength=1, sentence=hostile)
    html = lead_client.get(f"{LIST}{session.pk}/").content.decode()
    assert "<img" not in html
    assert "<script>" not in html


def test_session_page_needs_the_same_queries_for_1_step_and_for_200(lead_client: Client, project: Project) -> None:
    def queries(external_id: str, steps: int) -> int:
        session = make_session(project, external_id)
        make_steps(session, *[(StepKind.TOOL, {"name": "a"})] * steps)
        for number in range(steps):
            Signal.objects.create(session=session, kind="x", step_key=f"k{number + 1}", strength=1, sentence="x")
        return count_queries(lead_client, f"{LIST}{session.pk}/")

    assert queries("short", 1) == queries("long", 200)


def test_what_the_agent_saw_is_told_for_a_step(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    html = lead_client.get(f"{LIST}{session.pk}/steps/3/saw/").content.decode()
    assert "Please refund order A-1." in html
    assert "Done! Your refund" not in html


@pytest.mark.parametrize("position", [0, 4, 99999])
def test_what_the_agent_saw_at_no_step_is_not_found(lead_client: Client, project: Project, position: int) -> None:
    session = make_session(project)
    make_talk(session)
    assert lead_client.get(f"{LIST}{session.pk}/steps/{position}/saw/").status_code == 404


def test_what_the_agent_saw_escapes_what_sessions_say(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    hostile = "<script>alert(1)</script>"
    make_steps(
        session, (StepKind.TOOL, {"name": hostile, "arguments": hostile, "result": hostile}), (StepKind.AGENT, {})
    )
    tools = {hostile: ToolSchema(hostile, (hostile,), (hostile,))}
    Transcript.objects.update(payload=pack_words({}, tools=tools, prompts={"k1": hostile}))
    html = lead_client.get(f"{LIST}{session.pk}/steps/2/saw/").content.decode()
    assert html.count("&lt;script&gt;") >= 4
    assert "<script" not in html


def test_what_the_agent_saw_needs_the_same_queries_for_1_step_and_for_200(
    lead_client: Client, project: Project
) -> None:
    def queries(external_id: str, steps: int) -> int:
        session = make_session(project, external_id)
        make_steps(session, *[(StepKind.TOOL, {"name": "a"})] * steps)
        return count_queries(lead_client, f"{LIST}{session.pk}/steps/{steps}/saw/")

    assert queries("short", 1) == queries("long", 200)
