"""Failures, issues and proposals over the API."""

import csv
import io
import json
from base64 import b64encode
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Scope, User
from annotate.actions.types import merge_types
from annotate.models import Answer, Failure, Outcome, Question, Stratum
from issues.models import Issue
from issues.sampling import part_of
from tests.builders import (
    NOON,
    make_failure,
    make_failure_type,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from tests.issues.calling import error_of, get, program, send
from tests.issues.makers import make_issue, make_told, tell_all, withdraw

QUOTE = {"step": "k3", "start": 0, "end": 5, "text": "Done!"}
ASSERTION = {"kind": "must_call", "target": "refund", "detail": "once"}


def text_of(response: Any) -> str:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response).decode()


@pytest.fixture
def told(project: Project, lead: User) -> Failure:
    """A failure with everything that a failure can have."""
    session = make_session(project, "s-1", model="m-1", environment="prod")
    make_talk(session)
    slot = make_slot(make_queue(project), session)
    slot.item.stratum, slot.item.selection_probability = Stratum.RANDOM, 0.25000000018626451
    slot.item.save()
    review = make_review(session, lead, slot=slot, submitted_at=NOON)
    question = Question.objects.create(rubric=review.rubric, key="tone", position=1, kind="scale", text="Tone?")
    Answer.objects.create(review=review, question=question, value=4)
    return make_failure(
        review,
        failure_type=make_failure_type(project),
        surfaced_step="k3",
        expected="Say so.",
        severity="high",
        quotes=[QUOTE],
        assertions=[ASSERTION],
    )


def test_a_failure_is_told_whole(api: Client, told: Failure, lead: User) -> None:
    issue = make_issue(told, lead)
    row = get(api, "failures/")["results"][0]
    since = row["membership"].pop("since")
    assert row.pop("updated_at") >= since
    assert row.pop("created_at") == told.created_at.isoformat().replace("+00:00", "Z")
    assert row == {
        "id": told.pk,
        "note": "Claimed a refund that failed.",
        "expected": "Say so.",
        "failure_type": "Silent failure",
        "severity": "high",
        "withdrawn": False,
        "overruled": False,
        "adopted": False,
        "settlement": None,
        "verdicts": [
            {
                "review": told.review_id,
                "reviewer": lead.email,
                "outcome": "failure",
                "submitted_at": "2026-11-02T12:00:00Z",
                "rubric": "Default",
                "rubric_version": 1,
            }
        ],
        "agreement": None,
        "split": part_of("acme", told.session_id, [issue.number]),
        "quotes": [QUOTE],
        "assertions": [ASSERTION],
        "session": {
            "id": told.session_id,
            "external_id": "s-1",
            "workflow": "refunds",
            "release": "1.0",
            "environment": "prod",
            "model": "m-1",
            "started_at": "2026-11-02T12:00:00Z",
        },
        "review": {
            "id": told.review_id,
            "outcome": "failure",
            "reviewer": lead.email,
            "submitted_at": "2026-11-02T12:00:00Z",
            "is_gold": False,
            "reason": "",
            "answers": {"tone": 4},
            "rubric": "Default",
            "rubric_version": 1,
        },
        "root_step": {"key": "k2", "position": 2, "kind": "tool", "name": "refund"},
        "surfaced_step": {"key": "k3", "position": 3, "kind": "agent", "name": ""},
        "issue": {"number": issue.number, "title": issue.title, "state": "new"},
        "membership": {"source": "person", "score": None},
        "selection_probability": 0.25,
        "stratum": "random",
        "weight": None,
    }


def test_a_withdrawn_failure_is_told_without_its_issue(api: Client, told: Failure, lead: User) -> None:
    make_issue(told, lead)
    withdraw(told)
    row = get(api, "failures/")["results"][0]
    assert (row["withdrawn"], row["issue"], row["membership"]) == (True, None, None)


def test_cursors_walk_every_failure_once(api: Client, project: Project, lead: User) -> None:
    made = {failure.pk for failure in tell_all(project, lead, ["again"] * 5)}
    Failure.objects.update(updated_at=NOON)
    seen: list[int] = []
    cursor: Any = ""
    while cursor is not None:
        page = get(api, "failures/", limit=2, cursor=cursor)
        seen += [row["id"] for row in page["results"]]
        cursor = page["next"]
    assert seen == sorted(made)


def test_the_same_queries_serve_1_and_50_failures(api: Client, project: Project, lead: User) -> None:
    get(api, "failures/")  # notes the key's use, at most once a minute
    counts = []
    for size in (1, 49):
        for failure in tell_all(project, lead, ["again"] * size):
            make_issue(failure, lead, f"Issue {failure.pk}")
        for path in ("failures/", "issues/"):
            with CaptureQueriesContext(connection) as queries:
                get(api, path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_filters_choose(api: Client, told: Failure, project: Project, lead: User) -> None:
    issue = make_issue(told, lead)
    session = make_session(project, "other", workflow="orders", release="9")
    plain = make_failure(make_review(session, lead, Outcome.UNKNOWN), severity="low")

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in get(api, "failures/", **query)["results"]]

    for query in (
        {"workflow": "refunds"},
        {"release": "1.0"},
        {"failure_type": "silent FAILURE"},
        {"severity": "high"},
        {"issue": issue.number},
        {"outcome": "failure"},
    ):
        assert found(**query) == [told.pk], query
    assert found(issue="none") == found(severity="low") == [plain.pk]
    withdraw(plain)
    assert (found(withdrawn="true"), found(withdrawn="false")) == ([plain.pk], [told.pk])
    assert found(reviewer=lead.email.upper()) == [told.pk, plain.pk]
    assert found(reviewer="nobody@example.com") == found(issue=999) == []


def test_the_name_of_a_merged_failure_type_finds_what_it_gave_away(
    api: Client, told: Failure, project: Project, lead: User
) -> None:
    assert told.failure_type
    into = make_failure_type(project, "Not admitted")
    merge_types(into=into, type_ids=[told.failure_type.pk], actor=lead)
    for name in ("silent failure", "Not admitted"):
        [row] = get(api, "failures/", failure_type=name)["results"]
        assert row["failure_type"] == "Not admitted"
    assert get(api, "failures/", failure_type="nobody's")["results"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"reviewer__password": "x"}, "reviewer__password"),
        ({"severity": "huge"}, "severity"),
        ({"withdrawn": "maybe"}, "withdrawn"),
        ({"outcome": "x"}, "outcome"),
        ({"issue": "first"}, "issue"),
        ({"issue": "9" * 30}, "issue"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "2026-11-02T12:00:00"}, "updated_since"),
        ({"updated_since": "2026-13-02T12:00:00Z"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00+14:00"}, "updated_since"),
        ({"updated_since": "9999-12-31T23:59:59-14:00"}, "updated_since"),
        ({"issue": "0" * 5000 + "1"}, "issue"),
        ({"workflow": "\0"}, "workflow"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": b64encode(b"2026-11-02T12:00:00+00:00|1").decode()}, "cursor"),
        ({"cursor": b64encode(b"2026-11-02T12:00:00+00:00|-1|2026-11-02T12:00:00+00:00").decode()}, "cursor"),
        ({"cursor": b64encode(b"9999-12-31T23:59:59-14:00|1|2026-11-02T12:00:00+00:00").decode()}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"format": "xml"}, "format"),
    ],
)
def test_what_is_wrong_is_named(api: Client, project: Project, query: dict[str, str], field: str) -> None:
    assert error_of(api.get("/api/v1/failures/", query)) == (400, field)


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"cursor": "x"}, {"cursor": "0" * 5000}, {"limit": "-1"}, {"title": "x"}]
)
def test_what_is_wrong_with_issues_is_named(api: Client, query: dict[str, str]) -> None:
    assert error_of(api.get("/api/v1/issues/", query)) == (400, next(iter(query)))


def test_jsonl_streams_the_same_rows(api: Client, told: Failure, project: Project, lead: User) -> None:
    make_told(project, lead, "Two\nlines")
    rows = get(api, "failures/")["results"]
    by_name = api.get("/api/v1/failures/", {"format": "jsonl"})
    assert [json.loads(line) for line in text_of(by_name).splitlines()] == rows
    by_header = api.get("/api/v1/failures/", headers={"accept": "application/x-ndjson"})
    assert by_header["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert len(text_of(by_header).splitlines()) == 2


def test_streams_go_on_past_a_chunk(api: Client, project: Project, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.export.reading.CHUNK", 2)
    made = [failure.pk for failure in tell_all(project, lead, ["again"] * 5)]
    lines = text_of(api.get("/api/v1/failures/", {"format": "jsonl"})).splitlines()
    assert [json.loads(line)["id"] for line in lines] == made


def test_csv_has_flat_columns_and_no_formula(api: Client, told: Failure, project: Project, lead: User) -> None:
    Failure.objects.update(note="=1+1", expected=" @x")
    make_issue(told, lead)
    row = next(csv.DictReader(io.StringIO(text_of(api.get("/api/v1/failures/", {"format": "csv"})))))
    assert (row["note"], row["expected"]) == ("'=1+1", "' @x")
    assert (row["session_external_id"], row["root_step_position"], row["issue_number"]) == ("s-1", "2", "1")
    assert (row["withdrawn"], row["membership_score"], row["selection_probability"]) == ("false", "", "0.25")


def test_another_projects_key_sees_none_of_it(told: Failure, lead: User) -> None:
    issue = make_issue(told, lead)
    stranger = program(make_project("other"))
    assert get(stranger, "failures/")["results"] == get(stranger, "issues/")["results"] == []
    assert stranger.get(f"/api/v1/issues/{issue.number}/").status_code == 404


def test_keys_need_the_scope(project: Project, issue: Issue) -> None:
    reader, sender = program(project, Scope.READ), program(project, Scope.INGEST)
    assert send(reader, "issues/1/move/", to="open").status_code == 403
    assert sender.get("/api/v1/failures/").status_code == 403
    assert Client().get("/api/v1/failures/", {"format": "csv"}).status_code == 401


def test_issues_are_told_with_their_counts(api: Client, issue: Issue) -> None:
    row = get(api, "issues/", state="new")["results"][0]
    assert (row["number"], row["sessions"], row["users"], row["failures"]) == (1, 1, 1, 1)
    assert (row["owner"], row["last_seen"]) == (None, "2026-11-02T12:00:00Z")
    assert get(api, "issues/", state="open")["results"] == []


def test_issues_are_paged(api: Client, project: Project, lead: User) -> None:
    for failure in tell_all(project, lead, ["again"] * 3):
        make_issue(failure, lead, f"Issue {failure.pk}")
    first = get(api, "issues/", limit=2)
    assert [row["number"] for row in first["results"]] == [3, 2]
    assert [row["number"] for row in get(api, "issues/", cursor=first["next"])["results"]] == [1]


def test_an_issue_is_told_with_days_places_and_moves(api: Client, issue: Issue) -> None:
    told = get(api, "issues/1/")
    assert told["days"][-1] == {"day": "2 Nov", "sessions": 1}
    assert told["tools"] == [{"label": "refund", "sessions": 1, "share": 1.0}]
    assert told["moves"] == ["open", "in_progress", "resolved", "ignored"]


def test_an_issue_is_moved_by_the_same_table(api: Client, issue: Issue) -> None:
    def move(**data: Any) -> Any:
        return send(api, "issues/1/move/", **data)

    assert move(to="resolved").json()["errors"][0]["field"] == "fixed_in_release"
    assert move(to="verified").json()["errors"][0]["field"] == "to"
    assert move(to="open", **{"from": "resolved"}).json()["errors"][0]["field"] == "state"
    done = move(to="resolved", fixed_in_release="2.0", **{"from": "new"})
    assert (done.status_code, done.json()["issue"]["state"]) == (200, "resolved")
    event = issue.events.first()
    assert event is not None
    assert (event.actor, event.detail) == (None, {"release": "2.0", "via": "API key test"})


def test_the_api_describes_itself_without_a_warning(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))
    assert "/api/v1/failures/" in (tmp_path / "schema.yml").read_text()


def test_the_schema_is_open_to_all(client: Client, db: None) -> None:
    assert client.get("/api/schema/", {"format": "json"}).json()["info"]["title"] == "Misstep API"
