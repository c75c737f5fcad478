"""Blind means blind, everywhere: the whole site map, walked by somebody who is still to judge a session alone.

Nothing they can open may depend on what a colleague said of that session: every answer is the same, letter for letter,
as if the colleague had said the opposite. A new URL is among these as soon as it is in the site map.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import Role
from annotate.queries.items import SHOWN
from issues.filters import GROUPS
from monitor.queries.segments import SEGMENTS
from monitor.views import overview, workflow
from tests.accounts.test_every_url import SITE_MAP, Answer, Entry, ask
from tests.builders import client_of
from tests.issues.blind_world import ALONE, DAY, ISSUE, MARKER, OPEN_ISSUE, BlindWorld
from traces.filters import SORTS, SessionFilter

pytestmark = pytest.mark.sweep

# What a request makes anew each time: tokens of forms, ids that a browser sends back, and when it was answered.
FRESH = re.compile(
    r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r'|name="opened_at" value="[^"]*"'
)
METHODS = ("get", "post")
# A part of the word that is withheld: the words of a search stand on its page again.
PART = MARKER[:3]
DAYS = {"start": f"{DAY:%Y-%m-%d}", "end": f"{DAY:%Y-%m-%d}"}
FLOW = {"workflow": ALONE["workflow"]}
# A catalogue of looks, made up on each request.
WITHOUT_DATA = {"components"}
Query = Mapping[str, Any]
# Where leads see what was said; a test that finds it nowhere would prove nothing. Not where they judge themselves: for
# as long as a lead has the session open, it is withheld from them, too.
TOLD_ON = {
    *("issue_board", "issue_page", "issue_choices", "issue_shares", "session_judgements"),
    *("overview", "overview_compare", "overview_workflow", "proposal_inbox", "queue_list", "queue_page"),
    *("session_list", "signal_list", "type_list", "type_page"),
    "map_points",
}


# What the filters of sessions without a list of choices are asked for: what leads to what is withheld.
WANTED: dict[str, list[str]] = {
    "issue": [str(ISSUE), str(OPEN_ISSUE)],
    "failure_type": [f"{MARKER} type"],
    "q": [PART],
    "reviewer": ["reviewer@ours.example.com"],
    **{name: [value] for name, value in {**DAYS, **FLOW}.items()},
}


def values_of(name: str, field: Any) -> list[str]:
    return [str(value) for value, _ in field.extra.get("choices", []) if value] or WANTED.get(name, [])


def asked_of_sessions() -> Iterator[Query]:
    for name, field in SessionFilter.base_filters.items():
        values = values_of(name, field)
        yield from ({name: value} for value in values[:1])
        yield from ({**FLOW, name: value} for value in values)
    yield from ({"sort": sort} for sort in SORTS)


def asked_of_parts(parts: Mapping[str, Any]) -> Iterator[Query]:
    for part in ("", *parts):
        yield {"part": part, **DAYS}
        yield {"part": part, **DAYS, **FLOW}


# What pages are asked for beside themselves; those that are not named here are only opened.
ASKED: dict[str, list[Query]] = {
    "session_list": list(asked_of_sessions()),
    "overview": list(asked_of_parts(overview.PARTS)),
    "overview_workflow": list(asked_of_parts(workflow.PARTS)),
    "overview_compare": [{"by": by, **DAYS} for by in SEGMENTS],
    "issue_board": [{"state": "all"}, {"q": PART}, FLOW, *({"state": state} for state in GROUPS)],
    "issue_shares": [{"issue": [ISSUE, OPEN_ISSUE]}],
    "queue_page": [{"show": show} for show in SHOWN],
}


@pytest.fixture
def world(db: None) -> BlindWorld:
    return BlindWorld()


def urls(entry: Entry, world: BlindWorld) -> Iterator[str]:
    """The entry's address of what is withheld, and of what is so in part; with all that it is asked for."""
    for names in (world.names, {**world.names, "number": OPEN_ISSUE, "type_id": world.tenant.names["type_id"]}):
        url = entry.url(world.tenant, **names)
        yield url
        yield from (f"{url}?{urlencode(query, doseq=True)}" for query in ASKED.get(entry.name, []))
        if not {"number", "type_id"} & {*entry.kwargs}:
            return


def answers(entry: Entry, world: BlindWorld, client: Client, *methods: str) -> dict[tuple[str, str], Answer]:
    return {
        (method, url): _plain(ask(client, method, url))
        for url in urls(entry, world)
        for method in methods
        if method == "get" or "?" not in url
    }


def _plain(answer: Answer) -> Answer:
    return Answer(answer.status_code, answer.location, FRESH.sub("", answer.body))


def _tells(url: str, answer: Answer) -> bool:
    """Whether the marker stands there. What a reader asks for themselves is said back to them."""
    return MARKER in answer.body and MARKER not in url


def by_hand(names: Collection[str] | None = None) -> pytest.MarkDecorator:
    """Parametrises a test with what people open; of these `names`, where they are given."""
    pages = [one for one in SITE_MAP if not one.permission.scopes and one.name not in WITHOUT_DATA]
    chosen = [one for one in pages if names is None or one.name in names]
    return pytest.mark.parametrize("entry", chosen, ids=[one.name or one.route for one in chosen])


@by_hand()
def test_no_page_tells_who_is_still_to_judge_what_others_said(entry: Entry, world: BlindWorld) -> None:
    client = client_of(world.ada)
    before = answers(entry, world, client, *METHODS)
    world.turn_around()
    after = answers(entry, world, client, *METHODS)
    assert [key for key, answer in before.items() if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR] == []
    assert [key for key, answer in before.items() if _tells(key[1], answer)] == []
    assert [key for key, answer in before.items() if answer != after[key]] == []


@by_hand(TOLD_ON)
def test_lead_reads_what_was_said(entry: Entry, world: BlindWorld) -> None:
    client = client_of(world.tenant.people[Role.LEAD])
    before = answers(entry, world, client, "get")
    world.turn_around()
    assert answers(entry, world, client, "get") != before
