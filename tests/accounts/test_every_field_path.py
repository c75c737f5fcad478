"""No URL says which field of a model is asked: closed lists do, whatever path of fields a parameter is named after."""

import re
from http import HTTPStatus
from typing import Any

import orjson
import pytest
from django.db import connection, models
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from accounts.models import ApiKey, Membership, Role, Scope
from annotate.forms.agreement import ChosenForm
from annotate.forms.mine import WorkForm
from annotate.forms.queues import FilterForm
from annotate.models import Comment, Failure, FailureType, Mention, Queue, QueueItem, Review, Rubric
from ingest.models import Intake, ModelPrice, RawBatch, Upload
from issues.filters import BOARD_FILTERS, FAILURE_FILTERS, read_choice
from issues.models import Constraint, Decision, Issue, Proposal
from monitor.filters import BESIDES, ChoiceForm
from monitor.queries.segments import SEGMENTS
from tests.accounts.tenants import Tenant
from tests.accounts.test_every_url import SITE_MAP, Entry, ask, call, client_of, entries
from tests.builders import make_key
from tests.hostile.test_nonsense import OTHERS
from traces.filters import SessionFilter
from traces.models import AgentSession, SavedView, Score

pytestmark = pytest.mark.sweep

# Neither a word nor a number that any row holds.
WORD = "97531864zq"
MOST_AT_ONCE = 900  # Django reads 1,000 parameters
# What a page lists; where it is not sessions.
LISTED: dict[str, type[models.Model]] = {
    **dict.fromkeys(["issue_board", "issue_choices", "issue_shares", "issue_page", "api_issues", "api_issue"], Issue),
    **dict.fromkeys(["agreement_page", "disagreement_list", "disagreement_next", "my_page", "person_page"], Review),
    **dict.fromkeys(["calibration_page", "rubric_stale", "agreement_of_issues", "api_agreement"], Review),
    **dict.fromkeys(["issues_by_type", "type_page", "api_failures", "failure_map", "map_points", "map_notes"], Failure),
    **dict.fromkeys(["type_list", "type_merge", "api_failure_types"], FailureType),
    **dict.fromkeys(["rubric_list", "rubric_page", "api_rubrics"], Rubric),
    **dict.fromkeys(["evaluator_list", "score_meanings", "api_scores", "api_evaluators"], Score),
    **dict.fromkeys(["ingest_health", "failed_batch", "api_health"], RawBatch),
    "queue_list": Queue, "queue_page": QueueItem, "lead_list": Comment, "mention_list": Mention,
    "proposal_inbox": Proposal, "view_list": SavedView, "upload": Upload, "prices": ModelPrice,
    "api_decisions": Decision, "api_decision": Decision, "api_constraints": Constraint,
    "members": Membership, "api_keys": ApiKey, "limits": Intake, "privacy": Intake,
}  # fmt: skip
FORMS = (FilterForm, ChosenForm, WorkForm, ChoiceForm)
KNOWN = {*SessionFilter.base_filters, *BOARD_FILTERS, *BESIDES, *OTHERS, "sort", "part"}.union(
    *(form.base_fields for form in FORMS)
)
over_the_api = pytest.mark.parametrize(
    "entry",
    [entry for entry in SITE_MAP if entry.permission.scopes and "GET" in entry.methods()],
    ids=lambda entry: entry.name,
)


def paths_of(model: type[models.Model]) -> list[str]:
    """The model's fields, and the fields of the rows that they lead to, in either direction."""
    found = ["pk"]
    for field in model._meta.get_fields():
        found.append(field.name)
        if isinstance(field.related_model, type):
            found += [f"{field.name}__{beyond.name}" for beyond in field.related_model._meta.get_fields()]
    return found


def entry_of(name: str) -> Entry:
    return next(entry for entry in SITE_MAP if entry.name == name)


def test_paths_lead_to_what_nobody_may_ask() -> None:
    paths = {model: paths_of(model) for model in (AgentSession, Review, Membership)}
    assert {"project__api_keys", "reviews__reviewer", "transcript__payload"} <= set(paths[AgentSession])
    assert {"reviewer__password", "reviewer__email", "rubric__project"} <= set(paths[Review])
    assert "user__password" in paths[Membership]
    assert all(len(found) > 40 for found in paths.values())


@entries(role=True)
def test_no_page_asks_the_database_for_a_path_of_fields(entry: Entry, ours: Tenant) -> None:
    client = client_of(ours, Role.REVIEWER if "slot_id" in entry.kwargs else Role.ADMIN)
    paths = [path for path in paths_of(LISTED.get(entry.name, AgentSession)) if path not in KNOWN]
    paths += [f"{path}__startswith" for path in paths]
    for start in range(0, len(paths), MOST_AT_ONCE):
        query = dict.fromkeys(paths[start : start + MOST_AT_ONCE], WORD)
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client, "get", entry.url(ours), query)
        assert answer.status_code < HTTPStatus.BAD_REQUEST or answer.status_code in {404, 405}
        assert not [query["sql"] for query in queries if WORD in query["sql"]]


def test_pages_say_which_of_them_they_ignore(ours: Tenant) -> None:
    client = client_of(ours, Role.ADMIN)
    paths = [path for path in paths_of(AgentSession) if path not in KNOWN]
    for name in ("session_list", "overview", "overview_compare"):
        response = client.get(entry_of(name).url(ours), dict.fromkeys(paths, WORD))
        assert set(paths) <= set(response.context["ignored"])
    for path in set(paths_of(Issue)) - set(BOARD_FILTERS):
        assert read_choice(QueryDict(f"{path}={WORD}")).ignored == (path,)


def test_nothing_is_sorted_or_told_apart_by_a_path_of_fields(ours: Tenant) -> None:
    client = client_of(ours, Role.ADMIN)
    assert not set(SEGMENTS) & {path for path in paths_of(AgentSession) if "__" in path}
    for path in set(paths_of(Issue)):
        is_known = path == "title"
        assert read_choice(QueryDict(f"sort={path}")).ignored == (() if is_known else ("sort",))
    asked = {"session_list": "sort", "issue_board": "sort", "overview_compare": "by"}
    for name, parameter in asked.items():
        entry = entry_of(name)
        plain = _orders(client, entry, ours, {})
        for path in ("project__owner__password", "reviews__reviewer", "-project__api_keys", "owner__password", "pk"):
            assert _orders(client, entry, ours, {parameter: path}) == plain


def _orders(client: Client, entry: Entry, tenant: Tenant, query: dict[str, str]) -> list[str]:
    """By what the answer's rows were sorted and grouped."""
    with CaptureQueriesContext(connection) as queries:
        assert ask(client, "get", entry.url(tenant), query).status_code == HTTPStatus.OK
    return [part for one in queries for part in re.findall(r"(?:GROUP|ORDER) BY .*", one["sql"])]


@pytest.fixture(scope="module")
def documented() -> dict[str, set[str]]:
    """The parameters of each call, as the API's description has them; by its path."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # ships no types for them
    return {
        path: {one["name"] for one in calls.get("get", {}).get("parameters", []) if one["in"] == "query"}
        for path, calls in described["paths"].items()
    }


@over_the_api
def test_no_call_takes_a_path_of_fields(entry: Entry, ours: Tenant, documented: dict[str, set[str]]) -> None:
    known = documented.get("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", entry.route), set())
    secret = make_key(ours.project, Scope.READ)
    paths = [path for path in paths_of(LISTED.get(entry.name, AgentSession)) if path not in known]
    # A list refuses each of them by its name; what takes no parameter at all looks at none.
    for path in paths if known else ():
        answer = call(entry, "GET", entry.url(ours), secret, **{path: WORD})
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert [error["field"] for error in orjson.loads(answer.body)["errors"]] == [path]
    with CaptureQueriesContext(connection) as queries:
        call(entry, "GET", entry.url(ours), secret, **dict.fromkeys(paths[:MOST_AT_ONCE], WORD))
    assert not [query["sql"] for query in queries if WORD in query["sql"]]


def test_what_failures_are_chosen_by_is_described(documented: dict[str, set[str]]) -> None:
    assert set(FAILURE_FILTERS) <= documented["/api/v1/failures/"]
