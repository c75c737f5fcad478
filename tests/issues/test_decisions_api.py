"""The history of decisions over the API: what each moved, what may be undone and done again, and what was taught."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, Scope, User
from annotate.models import Failure
from issues import actions
from issues.models import Decision, DecisionKind, Issue, IssueMembership
from tests.builders import make_member, make_project
from tests.issues.calling import error_of, get, post, program, send, words_of
from tests.issues.makers import TOKEN, make_issue, make_told, run, tell_all


@pytest.fixture
def pair(project: Project, lead: User) -> tuple[Issue, Issue]:
    one, two = (make_told(project, lead, f"note {number}") for number in range(2))
    return make_issue(one, lead, "One"), make_issue(two, lead, "Two")


@pytest.fixture
def merge(pair: tuple[Issue, Issue], lead: User) -> Decision:
    return actions.merge_issues(into=pair[0], others=[pair[1]], actor=lead)


def places() -> dict[int, int]:
    return dict(IssueMembership.objects.filter(until=None).values_list("failure_id", "issue__number"))


def listed(api: Client, **query: Any) -> list[Any]:
    results: list[Any] = get(api, "decisions/", **query)["results"]
    return results


def test_a_history_says_who_did_what_and_why(api: Client, merge: Decision, lead: User) -> None:
    newest, *_ = listed(api)
    created_at = newest.pop("created_at")
    assert created_at == merge.created_at.isoformat().replace("+00:00", "Z")
    assert newest == {
        "id": merge.pk,
        "kind": "merge",
        "said": "merge of ISS-2 into ISS-1",
        "actor": lead.email,
        "cause": "",
        "client_id": None,
        "undoes": None,
        "undone_by": None,
        "may_undo": True,
        "hindrance": "",
        "entered": 1,
        "left": 1,
        "score": None,
    }


def test_an_issue_has_its_own_history(api: Client, merge: Decision, project: Project, lead: User) -> None:
    make_issue(make_told(project, lead, "note 3"), lead, "Three")
    assert [row["said"] for row in listed(api, issue=1)] == ["merge of ISS-2 into ISS-1", "making of ISS-1"]
    assert [row["said"] for row in listed(api, issue=2)] == ["merge of ISS-2 into ISS-1", "making of ISS-2"]
    assert listed(api, issue=99) == []
    assert [row["said"] for row in listed(api, kind="create", issue=3)] == ["making of ISS-3"]


def test_what_joined_by_itself_says_how_sure_the_machine_was(api: Client, project: Project, lead: User) -> None:
    first, second = tell_all(project, lead, TOKEN[:2])
    make_issue(first, lead)
    run(project)
    row = IssueMembership.objects.get(failure=second, until=None)
    [joined] = listed(api, kind="join")
    assert joined["score"] == row.score is not None
    assert (joined["actor"], joined["cause"] != "") == (None, True)
    detail = get(api, f"decisions/{joined['id']}/")
    assert detail["entered"] == [
        {
            "failure": second.pk,
            "issue": 1,
            "source": "match",
            "score": row.score,
            "margin": row.margin,
            "mechanism": row.mechanism,
        }
    ]
    assert detail["left"] == []


def test_a_decision_is_told_with_what_it_moved(api: Client, merge: Decision, pair: tuple[Issue, Issue]) -> None:
    [moved] = IssueMembership.objects.filter(closed_by=merge)
    told = get(api, f"decisions/{merge.pk}/")
    assert [(row["failure"], row["issue"], row["source"]) for row in told["entered"]] == [
        (moved.failure_id, 1, "person")
    ]
    assert told["left"] == [{"failure": moved.failure_id, "issue": 2}]
    assert told["decision"] == listed(api)[0]


def test_only_so_many_of_its_failures_are_told(
    api: Client, pair: tuple[Issue, Issue], monkeypatch: pytest.MonkeyPatch, project: Project, lead: User
) -> None:
    monkeypatch.setattr("issues.queries.decisions.MOST_ROWS", 2)
    ids = [failure.pk for failure in tell_all(project, lead, ["again"] * 3)]
    decision = actions.attach(issue=pair[0], failure_ids=ids, actor=lead)
    told = get(api, f"decisions/{decision.pk}/")
    assert ([row["failure"] for row in told["entered"]], told["decision"]["entered"]) == (ids[:2], 3)


def test_a_decision_is_undone_and_done_again(api: Client, merge: Decision) -> None:
    merged = places()
    undo = post(api, f"decisions/{merge.pk}/undo/")["decision"]
    assert (undo["kind"], undo["undoes"], undo["said"]) == ("undo", merge.pk, "undo of merge of ISS-2 into ISS-1")
    assert (undo["actor"], undo["cause"]) == (None, "API key test")
    assert set(places().values()) == {1, 2}
    row = next(row for row in listed(api) if row["id"] == merge.pk)
    assert (row["undone_by"], row["may_undo"]) == (undo["id"], False)
    assert row["hindrance"] == "API key test undid this already."
    again = post(api, f"decisions/{merge.pk}/redo/")["decision"]
    assert (places(), again["undoes"]) == (merged, undo["id"])
    post(api, f"decisions/{again['id']}/undo/")
    assert set(places().values()) == {1, 2}


@pytest.mark.parametrize("act", ["undo", "redo"])
def test_an_undo_that_is_sent_again_is_harmless(api: Client, merge: Decision, lead: User, act: str) -> None:
    if act == "redo":
        actions.undo(decision=merge, actor=lead)
    client_id = str(uuid.uuid4())
    first = post(api, f"decisions/{merge.pk}/{act}/", client_id=client_id)
    after = places()
    assert post(api, f"decisions/{merge.pk}/{act}/", client_id=client_id) == first
    assert places() == after


def test_what_cannot_be_undone_says_why(api: Client, merge: Decision, project: Project, lead: User) -> None:
    third = make_issue(make_told(project, lead, "note 3"), lead, "Three")
    later = actions.merge_issues(into=third, others=[Issue.objects.get(number=1)], actor=lead)
    why = "ISS-1 was merged into ISS-3 since. Undo that first."
    assert {row["id"]: row["hindrance"] for row in listed(api, kind="merge")} == {merge.pk: why, later.pk: ""}
    refused = send(api, f"decisions/{merge.pk}/undo/")
    assert (refused.status_code, words_of(refused)) == (400, why)
    assert "Nobody has undone this" in words_of(send(api, f"decisions/{merge.pk}/redo/"))
    assert error_of(send(api, f"decisions/{merge.pk}/undo/", client_id="x")) == (400, "client_id")


@pytest.mark.parametrize("path", ["decisions/{}/", "decisions/{}/undo/", "decisions/{}/redo/"])
def test_no_call_reaches_a_decision_of_another_project(merge: Decision, path: str) -> None:
    stranger, method = program(make_project("other")), "post" if "do/" in path else "get"
    for key in (merge.pk, 10**30):
        assert getattr(stranger, method)(f"/api/v1/{path.format(key)}").status_code == 404
    assert listed(stranger) == listed(stranger, issue=1) == get(stranger, "constraints/")["results"] == []
    assert not Decision.objects.filter(kind=DecisionKind.UNDO).exists()


@pytest.mark.parametrize("act", ["undo", "redo"])
def test_a_key_that_only_reads_undoes_nothing(project: Project, merge: Decision, lead: User, act: str) -> None:
    if act == "redo":
        actions.undo(decision=merge, actor=lead)
    before = places()
    assert send(program(project, Scope.READ), f"decisions/{merge.pk}/{act}/").status_code == 403
    assert places() == before


def test_decisions_and_constraints_are_paged(api: Client, project: Project, lead: User) -> None:
    for number in range(3):
        ids = [failure.pk for failure in tell_all(project, lead, ["again"] * 2)]
        issue, _ = actions.create_from(project=project, failure_ids=ids, title=f"Issue {number}", actor=lead)
        actions.detach_failures(issue=issue, failure_ids=ids[:1], actor=lead)
    for path in ("decisions/", "constraints/"):
        whole = [row["id"] for row in get(api, path)["results"]]
        assert whole == sorted(whole, reverse=True)
        pages = [get(api, path, limit=2)]
        while pages[-1]["next"]:
            pages.append(get(api, path, limit=2, cursor=pages[-1]["next"]))
        assert [row["id"] for page in pages for row in page["results"]] == whole
        assert len(pages) == (len(whole) + 1) // 2


def test_the_same_queries_serve_1_and_50_decisions(api: Client, project: Project, lead: User) -> None:
    paths = ("decisions/", "constraints/")
    for path in paths:
        get(api, path)  # notes the key's use, at most once a minute
    counts = []
    for size in (1, 25):
        for number in range(size):
            first, second = (make_told(project, make_member_once(project), f"note {n}") for n in range(2))
            one, two = (make_issue(each, lead, f"{size} {number} {each.pk}") for each in (first, second))
            decision = actions.merge_issues(into=one, others=[two], actor=lead)
            actions.undo(decision=actions.undo(decision=decision, actor=lead), actor=lead)
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                get(api, path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def make_member_once(project: Project) -> User:
    return User.objects.filter(email="rita@example.com").first() or make_member(
        project, Role.REVIEWER, "rita@example.com"
    )


def test_constraints_say_what_holds_and_who_said_so(
    api: Client, failure: Failure, project: Project, lead: User
) -> None:
    other = make_told(project, lead, "note 2")
    issue, _ = actions.create_from(project=project, failure_ids=[failure.pk, other.pk], title="Both", actor=lead)
    split = actions.split_issue(issue=issue, failure_ids=[other.pk], actor=lead, title="A part")[1]
    [found] = get(api, "constraints/")["results"]
    assert found.pop("created_at")
    assert found == {
        "id": found["id"],
        "kind": "apart",
        "failures": sorted([failure.pk, other.pk]),
        "actor": lead.email,
        "cause": "",
        "decision": split.pk,
        "said": "split of ISS-1",
        "ended_by": None,
    }
    for query in ({"failure": failure.pk}, {"failure": other.pk}, {"kind": "apart"}, {"standing": "true"}):
        assert len(get(api, "constraints/", **query)["results"]) == 1, query
    for query in ({"failure": 10**9}, {"kind": "together"}, {"standing": "false"}):
        assert get(api, "constraints/", **query)["results"] == [], query
    undone = post(api, f"decisions/{split.pk}/undo/")["decision"]
    assert get(api, "constraints/")["results"] == []
    assert [row["ended_by"] for row in get(api, "constraints/", standing="false")["results"]] == [undone["id"]]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("decisions/", {"actor__password": "x"}),
        ("decisions/", {"issue": "first"}),
        ("decisions/", {"issue": str(2**31)}),
        ("decisions/", {"kind": "murder"}),
        ("decisions/", {"kind": "\0"}),
        ("decisions/", {"cursor": "x"}),
        ("decisions/", {"cursor": "9" * 30}),
        ("decisions/", {"limit": "0"}),
        ("constraints/", {"taught_by__actor": "1"}),
        ("constraints/", {"failure": "9" * 30}),
        ("constraints/", {"kind": "near"}),
        ("constraints/", {"standing": "perhaps"}),
        ("constraints/", {"cursor": "-1"}),
    ],
)
def test_what_is_wrong_is_named(api: Client, path: str, query: dict[str, str]) -> None:
    assert error_of(api.get(f"/api/v1/{path}", query)) == (400, next(iter(query)))
