"""Issues merged and split over the API, and failures moved: by whom, with what answer, and what is refused."""

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, Scope, User
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.models import Decision, Issue, IssueMembership
from tests.builders import make_member, make_project
from tests.issues.calling import error_of, get, post, program, send, words_of
from tests.issues.makers import make_issue, make_told, withdraw

CAUSE = "API key test"


@pytest.fixture
def told(project: Project, lead: User) -> list[Failure]:
    return [make_told(project, lead, f"note {number}") for number in range(4)]


@pytest.fixture
def one(project: Project, told: list[Failure], lead: User) -> Issue:
    ids = [failure.pk for failure in told[:2]]
    return actions.create_from(project=project, failure_ids=ids, title="One", actor=lead)[0]


@pytest.fixture
def two(told: list[Failure], one: Issue, lead: User) -> Issue:
    return make_issue(told[2], lead, "Two")


def places() -> dict[int, int]:
    rows = IssueMembership.objects.filter(until=None)
    return dict(rows.values_list("failure_id", "issue__number"))


def test_issues_are_merged(api: Client, told: list[Failure], one: Issue, two: Issue) -> None:
    done = post(api, "issues/1/merge/", others=[2])
    assert {places()[failure.pk] for failure in told[:3]} == {1}
    assert (done["issue"]["number"], done["issue"]["failures"]) == (1, 3)
    decision = done["decision"]
    assert (decision["kind"], decision["said"]) == ("merge", "merge of ISS-2 into ISS-1")
    assert (decision["actor"], decision["cause"]) == (None, CAUSE)
    assert (decision["entered"], decision["left"], decision["may_undo"]) == (1, 1, True)
    assert Decision.objects.get(pk=decision["id"]).who == CAUSE


def test_the_number_of_a_merged_issue_leads_on(api: Client, one: Issue, two: Issue) -> None:
    assert get(api, "issues/2/")["merged_into"] is None
    post(api, "issues/1/merge/", others=[2])
    found = get(api, "issues/2/")
    assert (found["merged_into"], found["issue"]["number"], found["issue"]["merged_into"]) == (1, 1, None)
    assert found["issue"] == get(api, "issues/1/")["issue"]
    assert [row["merged_into"] for row in get(api, "issues/", state="merged")["results"]] == [1]
    asked = send(api, "issues/2/merge/", others=[1])
    assert error_of(asked) == (400, "issue")
    assert "go on with ISS-1" in words_of(asked)
    assert len(get(api, "failures/", issue=2)["results"]) == len(get(api, "failures/", issue=1)["results"]) == 3


def test_a_part_is_split_off(api: Client, told: list[Failure], one: Issue) -> None:
    done = post(api, "issues/1/split/", failures=[told[0].pk], title="A part")
    assert (done["issue"]["number"], done["issue"]["title"], done["issue"]["failures"]) == (2, "A part", 1)
    assert (done["decision"]["kind"], done["decision"]["cause"]) == ("split", CAUSE)
    assert places() == {told[0].pk: 2, told[1].pk: 1}


def test_a_part_is_given_to_another_issue(api: Client, told: list[Failure], one: Issue, two: Issue) -> None:
    assert post(api, "issues/1/split/", failures=[told[0].pk], into=2)["issue"]["number"] == 2
    assert places()[told[0].pk] == 2


def test_failures_are_put_moved_and_taken_out(api: Client, told: list[Failure], one: Issue, two: Issue) -> None:
    attached = post(api, "issues/2/failures/attach/", failures=[told[3].pk])
    assert (attached["decision"]["kind"], attached["issue"]["failures"], places()[told[3].pk]) == ("attach", 2, 2)
    moved = post(api, "issues/1/failures/move/", failures=[told[2].pk, told[3].pk])
    assert (moved["decision"]["kind"], moved["decision"]["entered"], moved["issue"]["failures"]) == ("move", 2, 4)
    taken = post(api, "issues/1/failures/detach/", failures=[told[3].pk])
    assert (taken["decision"]["kind"], taken["decision"]["left"], taken["decision"]["entered"]) == ("detach", 1, 0)
    assert taken["issue"]["failures"] == 3
    assert told[3].pk not in places()
    assert {decision.cause for decision in Decision.objects.filter(actor=None)} == {CAUSE}


CALLS: dict[str, dict[str, Any]] = {
    "issues/1/merge/": {"others": [2]},
    "issues/1/split/": {"failures": [0], "title": "A part"},
    "issues/1/failures/attach/": {"failures": [3]},
    "issues/2/failures/move/": {"failures": [0]},
    "issues/1/failures/detach/": {"failures": [0]},
}
every_call = pytest.mark.parametrize("path", CALLS)


def body(path: str, told: list[Failure]) -> dict[str, Any]:
    """What the call sends; failures are named by their place among those told."""
    asked = CALLS[path]
    return asked | {"failures": [told[place].pk for place in asked["failures"]]} if "failures" in asked else asked


@every_call
def test_a_call_that_is_sent_again_is_harmless(
    api: Client, told: list[Failure], one: Issue, two: Issue, path: str
) -> None:
    sent = body(path, told) | {"client_id": str(uuid.uuid4())}
    first = post(api, path, **sent)
    after, count = places(), Decision.objects.count()
    assert post(api, path, **sent) == first
    assert (places(), Decision.objects.count()) == (after, count)


@every_call
def test_a_call_may_come_again_after_a_failure_was_withdrawn(
    api: Client, told: list[Failure], one: Issue, two: Issue, path: str
) -> None:
    sent = body(path, told) | {"client_id": str(uuid.uuid4())}
    first = post(api, path, **sent)
    for failure in told:
        withdraw(failure)
    assert post(api, path, **sent)["decision"]["id"] == first["decision"]["id"]


@every_call
def test_what_came_with_something_else_before_is_refused(
    api: Client, told: list[Failure], one: Issue, two: Issue, path: str
) -> None:
    """It would be taken for done."""
    for other in CALLS.keys() - {path}:
        client_id = str(uuid.uuid4())
        with_id = body(other, told) | {"client_id": client_id}
        decision = post(api, other, **with_id)["decision"]
        before = places()
        assert error_of(send(api, path, **body(path, told), client_id=client_id)) == (400, "client_id")
        assert places() == before
        assert error_of(send(api, f"decisions/{decision['id']}/undo/", client_id=client_id)) == (400, "client_id")
        post(api, f"decisions/{decision['id']}/undo/")


@every_call
def test_a_key_that_only_reads_changes_nothing(
    project: Project, told: list[Failure], one: Issue, two: Issue, path: str
) -> None:
    before = places()
    assert send(program(project, Scope.READ, Scope.INGEST), path, **body(path, told)).status_code == 403
    assert places() == before


@every_call
def test_no_call_reaches_another_project(told: list[Failure], one: Issue, two: Issue, path: str) -> None:
    before = places()
    assert send(program(make_project("other")), path, **body(path, told)).status_code == 404
    assert places() == before


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("issues/1/merge/", "others"),
        ("issues/1/split/", "into"),
        ("issues/1/split/", "failures"),
        ("issues/1/failures/attach/", "failures"),
        ("issues/1/failures/move/", "failures"),
        ("issues/1/failures/detach/", "failures"),
    ],
)
def test_no_call_takes_rows_of_another_project(
    api: Client, told: list[Failure], one: Issue, path: str, field: str
) -> None:
    other = make_project("other")
    theirs = make_told(other, make_member(other, Role.LEAD))
    for number in range(1, 4):
        Issue.objects.create(project=other, number=number, title=f"Theirs {number}")
    actions.attach(issue=Issue.objects.get(project=other, number=3), failure_ids=[theirs.pk], actor=None)
    before = places()
    ours = told[3] if path.endswith(("attach/", "move/")) else told[0]
    bodies: dict[str, dict[str, Any]] = {"others": {"others": [3]}, "into": {"failures": [ours.pk], "into": 3}}
    sent = bodies.get(field, {"failures": [theirs.pk, ours.pk]})
    assert error_of(send(api, path, **sent)) == (400, field)
    assert places() == before
    with pytest.raises(Refused):
        actions.move_failures(failure_ids=[theirs.pk], target=one, actor=None)


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("issues/1/merge/", {}, "others"),
        ("issues/1/merge/", {"others": []}, "others"),
        ("issues/1/merge/", {"others": ["x"]}, "others.0"),
        ("issues/1/merge/", {"others": [1]}, "others"),
        ("issues/1/merge/", {"others": [2, 99]}, "others"),
        ("issues/1/merge/", {"others": [2**31]}, "others.0"),
        ("issues/1/merge/", {"others": 2}, "others"),
        ("issues/1/merge/", {"others": [2], "client_id": "x"}, "client_id"),
        ("issues/1/merge/", {"others": [2], "overrule": "perhaps"}, "overrule"),
        ("issues/1/split/", {"failures": [10**30]}, "failures.0"),
        ("issues/1/split/", {"failures": [2**63 - 1]}, "failures"),
        ("issues/1/split/", {"failures": [1] * 1001}, "failures"),
        ("issues/1/split/", {"failures": [0], "into": 1}, "into"),
        ("issues/1/split/", {"failures": [0], "into": 99}, "into"),
        ("issues/1/split/", {"failures": [0], "title": "Two"}, "title"),
        ("issues/1/split/", {"failures": [0], "title": "\0"}, "title"),
        ("issues/1/split/", {"failures": [0], "title": "x" * 201}, "title"),
        ("issues/1/split/", {"failures": [0, 1]}, "failures"),
        ("issues/1/split/", {"failures": [2]}, "failures"),
        ("issues/1/failures/attach/", {"failures": [0]}, "failures"),
        ("issues/1/failures/move/", {}, "failures"),
        ("issues/1/failures/detach/", {"failures": [3]}, "failures"),
    ],
)
def test_what_is_wrong_is_named(
    api: Client, told: list[Failure], one: Issue, two: Issue, path: str, sent: dict[str, Any], field: str
) -> None:
    """Failures below four are named by their place among those told."""
    before = places()
    failures = [told[pk].pk if isinstance(pk, int) and pk < len(told) else pk for pk in sent.get("failures", [])]
    assert error_of(send(api, path, **sent | ({"failures": failures} if "failures" in sent else {}))) == (400, field)
    assert (places(), Decision.objects.filter(actor=None).count()) == (before, 0)


def test_who_said_otherwise_is_named_and_may_be_overruled(
    api: Client, told: list[Failure], one: Issue, two: Issue, lead: User
) -> None:
    actions.split_issue(issue=one, failure_ids=[told[0].pk], actor=lead, title="A part")
    refused = send(api, "issues/1/merge/", others=[3])
    assert error_of(refused) == (400, "constraint")
    assert str(lead) in words_of(refused)
    assert "these are different (split of ISS-1)" in words_of(refused)
    assert post(api, "issues/1/merge/", others=[3], overrule=True)["issue"]["failures"] == 2


def test_what_a_program_taught_names_its_key(api: Client, told: list[Failure], one: Issue) -> None:
    post(api, "issues/1/split/", failures=[told[0].pk], title="A part")
    assert f"{CAUSE} said on" in words_of(send(api, "issues/1/merge/", others=[2]))
