"""The map of all failures: what it is told, to whom, and what is done with what was chosen there."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Failure
from clustering.models import EmbedderFault, Layout
from clustering.queries import model_name
from issues.models import Constraint, ConstraintKind, Decision, DecisionKind, Issue, IssueMembership
from tests.builders import client_of, make_failure_type, make_member, make_project, make_queue, make_slot
from tests.counting import count_queries
from tests.issues.makers import draw_map, make_issue, make_told

pytestmark = pytest.mark.django_db


@pytest.fixture
def failures(project: Project, lead: User) -> list[Failure]:
    """Six in a row, the first two of a type."""
    kind = make_failure_type(project, "Invented")
    found = [
        make_told(project, lead, f"failure {place}", failure_type=kind if place < 2 else None) for place in range(6)
    ]
    draw_map(project, {failure: (place / 5, -place / 5) for place, failure in enumerate(found)})
    return found


@pytest.fixture
def issue(failures: list[Failure], lead: User) -> Issue:
    """Of the first one."""
    return make_issue(failures[0], lead, "Invents refunds")


def url(name: str, *args: int) -> str:
    return reverse(name, args=["acme", *args])


def read(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(url("map_points")).json()
    return answer


def place(client: Client, act: str, failures: list[Failure], **fields: Any) -> Any:
    chosen = ",".join(str(failure.pk) for failure in failures)
    return client.post(url("map_place"), {"act": act, "failures": chosen, "client_id": str(uuid.uuid4()), **fields})


def issue_of(failure: Failure) -> Issue | None:
    row = IssueMembership.objects.filter(failure=failure, until=None).select_related("issue").first()
    return row.issue if row else None


def test_points_are_columns(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    assert read(lead_client) == {
        "failures": [failure.pk for failure in failures],
        "x": [0, 6553, 13107, 19660, 26214, 32767],
        "y": [0, -6553, -13107, -19660, -26214, -32767],
        "issue": [0, -1, -1, -1, -1, -1],
        "type": [0, 0, -1, -1, -1, -1],
        "workflow": [0] * 6,
        "issues": [{"number": issue.number, "title": "Invents refunds", "state": "New"}],
        "types": ["Invented"],
        "workflows": ["refunds"],
        "missing": 0,
    }


def test_points_are_packed_for_whoever_unpacks(lead_client: Client, failures: list[Failure]) -> None:
    answer = lead_client.get(url("map_points"), headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"


def test_most_common_groups_come_first(lead_client: Client, lead: User, failures: list[Failure], issue: Issue) -> None:
    place(lead_client, "make", failures[2:5], title="Loops")
    told = read(lead_client)
    assert [each["title"] for each in told["issues"]] == ["Loops", "Invents refunds"]
    assert told["issue"] == [1, -1, 0, 0, 0, -1]


def test_newer_withdrawn_and_foreign_failures_are_no_points(
    lead_client: Client, project: Project, lead: User, failures: list[Failure]
) -> None:
    make_told(project, lead, "told since it was drawn")
    Failure.objects.filter(pk=failures[5].pk).update(withdrawn_at=timezone.now())
    theirs = make_told(make_project("umbrella"), make_member(make_project("u2"), Role.LEAD, "x@example.com"), "theirs")
    draw_map(theirs.project, {theirs: (0.0, 0.0)})
    told = read(lead_client)
    assert told["failures"] == [failure.pk for failure in failures[:5]]
    assert told["missing"] == 1


def test_points_and_page_ask_the_same_for_one_and_for_many(
    lead_client: Client, project: Project, lead: User, failures: list[Failure]
) -> None:
    def counted() -> list[int]:
        notes = {"failures": ",".join(map(str, read(lead_client)["failures"]))}
        pages = [("failure_map", None), ("map_points", None), ("map_notes", notes)]
        return [count_queries(lead_client, url(name), query) for name, query in pages]

    few = counted()
    for number, failure in enumerate(failures):
        make_issue(failure, lead, f"Issue {number}")
    Layout.objects.all().delete()
    more = [
        make_told(project, lead, f"more {number}", failure_type=make_failure_type(project, f"Type {number}"))
        for number in range(20)
    ]
    draw_map(project, dict.fromkeys([*failures, *more], (0.1, 0.2)))
    assert counted() == few


def test_notes_come_in_the_order_asked(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    asked = f"{failures[1].pk},{failures[0].pk},{failures[1].pk}"
    [second, first] = lead_client.get(url("map_notes"), {"failures": asked}).json()["notes"]
    assert (second["note"], second["issue"], second["type"]) == ("failure 1", "", "Invented")
    assert (first["note"], first["issue"]) == ("failure 0", f"ISS-{issue.number} Invents refunds")
    assert lead_client.get(url("map_notes")).json() == {"notes": []}
    assert first["url"] == reverse("session_page", args=["acme", failures[0].session_id]) + "#step-2"


@pytest.mark.parametrize("asked", ["x", "1;2", "-1", "1," * 3, ",".join(map(str, range(51))), "9" * 30])
def test_what_is_no_list_of_failures_is_refused(lead_client: Client, failures: list[Failure], asked: str) -> None:
    answer = lead_client.get(url("map_notes"), {"failures": asked})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "text/plain")
    assert answer.content.decode().startswith("Failures: ")


def test_chosen_ones_become_an_issue(lead_client: Client, failures: list[Failure]) -> None:
    answer = place(lead_client, "make", failures[1:4], title="Loops on search")
    made = Issue.objects.get(title="Loops on search")
    assert answer.status_code == 200
    assert "3 failures made into" in answer.content.decode()
    assert answer.headers["HX-Trigger"] == '{"map-changed": {}}'
    assert [issue_of(failure) for failure in failures[:5]] == [None, made, made, made, None]


def test_part_of_an_issue_is_split_off(lead_client: Client, failures: list[Failure]) -> None:
    place(lead_client, "make", failures[:4], title="Two things")
    answer = place(lead_client, "make", failures[:2], title="One of them")
    assert "2 failures split off ISS-1 as" in answer.content.decode()
    assert Decision.objects.latest("pk").kind == DecisionKind.SPLIT
    assert Constraint.objects.filter(kind=ConstraintKind.APART).exists()
    assert [found.title for found in map(issue_of, failures[:4]) if found] == [
        "One of them",
        "One of them",
        "Two things",
        "Two things",
    ]


def test_whole_issue_with_others_is_not_split(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    place(lead_client, "make", failures[:2], title="Both")
    assert Decision.objects.latest("pk").kind == DecisionKind.CREATE


@pytest.mark.parametrize("named", ["{number}", "ISS-{number}", "ISS-{number} Invents refunds", "invents  refunds"])
def test_chosen_ones_move_to_an_issue(lead_client: Client, failures: list[Failure], issue: Issue, named: str) -> None:
    answer = place(lead_client, "move", failures[3:5], issue=named.format(number=issue.number))
    assert "2 failures moved to" in answer.content.decode()
    assert [issue_of(failure) for failure in failures[3:5]] == [issue, issue]


def test_form_sent_twice_counts_once(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        place(lead_client, "move", failures[3:5], issue=str(issue.number), client_id=key)
    assert Decision.objects.filter(kind=DecisionKind.MOVE).count() == 1


def test_what_was_done_is_undone_and_done_again(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    place(lead_client, "move", failures[3:5], issue=str(issue.number))
    for words, expected in (("Undone.", None), ("Done again.", issue), ("Undone.", None)):
        answer = lead_client.post(url("map_undo", Decision.objects.latest("pk").pk))
        assert words in " ".join(answer.content.decode().split())
        assert issue_of(failures[3]) == expected
    refused = lead_client.post(url("map_undo", Decision.objects.filter(kind=DecisionKind.MOVE).get().pk))
    assert refused.status_code == 422
    assert "undid this already" in refused.content.decode()


def test_contradiction_names_who_said_what_and_can_be_overruled(
    lead_client: Client, lead: User, failures: list[Failure]
) -> None:
    place(lead_client, "make", failures[:4], title="Two things")
    place(lead_client, "make", failures[:2], title="One of them")
    answer = place(lead_client, "move", failures[:2], issue="Two things")
    assert answer.status_code == 422
    assert f"{lead} said on" in answer.content.decode()
    assert "data-overrule" in answer.content.decode()
    assert place(lead_client, "move", failures[:2], issue="Two things", overrule="on").status_code == 200
    assert [found.title for found in map(issue_of, failures[:2]) if found] == ["Two things", "Two things"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": "make", "title": " "}, "An issue needs a title."),
        ({"act": "move", "issue": "no such"}, "There is no such issue"),
        ({"act": "move", "issue": "99999999999999999999"}, "There is no such issue"),
        ({"act": "burn"}, "Act:"),
        ({"failures": "0"}, "None of these failures"),
        ({"failures": "a"}, "Failures: Send the ids"),
        ({"failures": ",".join(map(str, range(2001)))}, "Choose at most 2,000 failures"),
        ({"client_id": "x"}, "Client id:"),
    ],
)
def test_nonsense_is_refused_in_words(
    lead_client: Client, failures: list[Failure], fields: dict[str, str], words: str
) -> None:
    sent = {"act": "make", "title": "T", "failures": str(failures[0].pk), "client_id": str(uuid.uuid4()), **fields}
    answer = lead_client.post(url("map_place"), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Issue.objects.exists()


def test_failures_of_others_cannot_be_placed(lead_client: Client, failures: list[Failure], issue: Issue) -> None:
    theirs = make_told(make_project("umbrella"), make_member(make_project("u2"), Role.LEAD, "x@example.com"), "theirs")
    elsewhere = make_issue(theirs, theirs.review.reviewer, "Theirs")
    assert place(lead_client, "move", [theirs], issue=str(issue.number)).status_code == 422
    assert place(lead_client, "move", failures[3:4], issue="Theirs").status_code == 422
    assert (issue_of(theirs), issue_of(failures[3])) == (elsewhere, None)
    assert lead_client.post(url("map_undo", Decision.objects.get(project=theirs.project).pk)).status_code == 404


def test_reviewers_look_and_leads_place(project: Project, failures: list[Failure]) -> None:
    client = client_of(make_member(project, Role.REVIEWER))
    page = client.get(url("failure_map")).content.decode()
    assert "map-canvas" in page
    assert url("map_place") not in page
    assert place(client, "make", failures[:2], title="Mine").status_code == 404


def hide(project: Project, lead: User, failures: list[Failure]) -> None:
    """The lead may yet be given the session of these themselves, in a blind queue."""
    queue = make_queue(project, "Blind", is_blind=True)
    queue.takers.add(lead)
    for failure in failures:
        make_slot(queue, failure.session)


def test_who_is_to_judge_a_session_sees_nothing_said_of_it(
    project: Project, failures: list[Failure], issue: Issue
) -> None:
    ada = make_member(project, Role.LEAD, "ada@example.com")
    hide(project, ada, failures[:2])
    client = client_of(ada)
    told = read(client)
    assert told["failures"] == [failure.pk for failure in failures[2:]]
    assert (told["types"], told["issues"], told["missing"]) == ([], [], 0)
    asked = {"failures": f"{failures[0].pk},{failures[2].pk}"}
    assert [each["note"] for each in client.get(url("map_notes"), asked).json()["notes"]] == ["failure 2"]
    assert "Left out of what stands here" in client.get(url("failure_map")).content.decode()
    place(client, "make", failures[1:4], title="What I may see")
    made = Issue.objects.get(title="What I may see")
    assert [issue_of(failure) for failure in failures[1:4]] == [None, made, made]
    assert place(client, "move", failures[4:5], issue=str(issue.number)).status_code == 422


def page(client: Client, **query: str) -> str:
    return " ".join(client.get(url("failure_map"), query).content.decode().split())


def test_empty_map_says_what_would_be_there(lead_client: Client, project: Project, lead: User) -> None:
    assert "No failures yet" in page(lead_client)
    failure = make_told(project, lead)
    assert "Not enough to draw yet" in page(lead_client)
    for number in range(4):
        make_told(project, lead, f"note {number}", session=failure.session)
    assert "The map is being drawn" in page(lead_client)
    EmbedderFault.objects.create(model_name=model_name(), reason="It is broken.")
    assert "The map waits" in page(lead_client)


def test_page_that_waits_is_told_when_the_map_is_there(lead_client: Client, project: Project, lead: User) -> None:
    failure = make_told(project, lead)
    waiting = lead_client.get(url("failure_map"), headers={"hx-request": "true"})
    assert (waiting.status_code, waiting.headers.get("HX-Refresh")) == (204, None)
    draw_map(project, {failure: (0.0, 0.0)})
    there = lead_client.get(url("failure_map"), headers={"hx-request": "true"})
    assert there.headers["HX-Refresh"] == "true"


def test_colour_stands_in_the_address(lead_client: Client, failures: list[Failure]) -> None:
    assert '<option value="state" selected>' in page(lead_client, by="state")
    assert '<option value="issue" selected>' in page(lead_client, by="password")


def test_board_leads_to_the_map(lead_client: Client) -> None:
    assert url("failure_map") in lead_client.get(url("issue_board")).content.decode()
