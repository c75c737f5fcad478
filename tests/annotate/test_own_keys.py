"""One's own keys: what may be chosen, who may choose it, and where it is shown."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project, Role, User
from annotate.actions.preferences import set_keys
from annotate.keys import ACTIONS, CHANGEABLE, PAGES, TICKS, Page, faults, is_key, keymap, read_own, with_own
from annotate.models import KeyUse, ReviewPreferences, Slot, SlotState
from annotate.queries.preferences import own_keys
from common.errors import Refused
from tests.builders import make_member, make_queue, make_session, make_slot, make_talk, make_user

URL = "/account/keys/"


def posted(**changed: str) -> dict[str, str]:
    """The form as it is when nothing is changed, and what is."""
    given = {"use": "alone", **{name: action.key for name, action in CHANGEABLE.items()}, **changed}
    return {f"keys-{name}": value for name, value in given.items()}


# --- what may be chosen ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_no_two_actions_of_a_page_have_the_same_key_as_usual(page: Page) -> None:
    keys = [key for action in ACTIONS if page in action.pages for key in action.keys]
    assert sorted(keys) == sorted(set(keys))
    assert all(is_key(key) for key in keys)


def test_the_table_names_each_action_once_and_every_page_shows_its_keys() -> None:
    names = [action.name for action in ACTIONS]
    assert sorted(names) == sorted(set(names))
    assert CHANGEABLE["keys"].pages == PAGES
    assert set(TICKS) < set(CHANGEABLE)


def test_a_page_is_told_of_its_own_keys_alone() -> None:
    told = {page: {each["act"] for each in keymap(ACTIONS, "alone", page)["actions"]} for page in PAGES}
    assert told["start"] == {"begin", "keys"}
    assert told["board"] - told["issue"] == {"openRow", "tickRow", "tickRows", "tickMatching"}
    assert told["inbox"] == {"nextRow", "previousRow", "accept", "decline", "undoAct", "redoAct", "keys"}
    assert told["session"] < told["review"]
    assert told["settling"] - told["review"] == {*TICKS, "why", "nextDispute"}
    assert not told["review"] & (told["board"] - {"keys"})


@pytest.mark.parametrize("key", ["", " ", "\t", "\0", "ab", "Tab", "Escape", "Insert", "F5", "\u200b", None, 7])
def test_what_is_no_key(key: object) -> None:
    assert not is_key(key)


@pytest.mark.parametrize("key", ["ä", "é", "ж", ";", "7", "Enter", "ArrowLeft"])
def test_what_is_a_key(key: str) -> None:
    assert is_key(key)


def test_a_key_does_one_thing_and_the_other_is_named() -> None:
    assert faults({"skip": "q"}) == {"skip": "“q” is also the key of “Quote what is selected, or the whole step”."}
    assert faults({"skip": "q", "quote": "z"}) == {}
    assert set(faults({"skip": "#", "quote": "#"})) == {"skip", "quote"}


def test_keys_clash_where_they_share_a_page_and_nowhere_else() -> None:
    assert faults({"note": "y"}) == {"note": "“y” is also the key of “Write why”."}
    assert faults({"accept": "j"}) == {"accept": "“j” is also the key of “Next in the list”."}
    assert faults({"skip": "y", "openRow": "z", "accept": "Enter", "begin": "z"}) == {}


@pytest.mark.parametrize(("key", "does"), [("4", "Tick or untick failure 1"), ("Enter", "Submit and next"), ("k", "")])
def test_a_key_that_holds_everywhere_clashes_with_those_of_every_page(key: str, does: str) -> None:
    assert does in faults({"keys": key})["keys"]
    assert faults({"accept": "?"}) == {"accept": "“?” is also the key of “Show the keys”."}


def test_an_own_key_takes_the_place_of_the_usual_one_and_of_a_further_one_elsewhere() -> None:
    actions = {action.name: action.keys for action in with_own({"next": "ö", "skip": "ArrowLeft"})}
    assert actions["next"] == ("ö", "ArrowRight")
    assert actions["previous"] == ("k",)
    assert actions["skip"] == ("ArrowLeft",)


def test_the_table_survives_what_the_database_kept() -> None:
    assert read_own({"skip": "#", "gone": "x", "quote": ["q"], "note": "Tab"}) == {"skip": "#"}
    assert read_own({"skip": "#", "quote": "#", "find": "ü"}) == {"find": "ü"}
    assert read_own({"skip": "#", "accept": "#"}) == {"skip": "#", "accept": "#"}
    assert read_own(["skip"]) == {}


def test_what_was_chosen_before_a_page_had_keys_stands_and_the_usual_one_gives_way() -> None:
    kept = {"keys": "j", "next": "?"}
    assert faults(kept) == {"keys": "“j” is also the key of “Next in the list”."}  # nobody may choose it anew
    assert read_own(kept) == kept
    shown = {action.name: action.keys for action in with_own(kept)}
    assert (shown["keys"], shown["next"], shown["nextRow"]) == (("j",), ("?", "ArrowRight"), ())


# --- the page -------------------------------------------------------------------------------------


def test_only_what_differs_is_kept_and_only_for_oneself(lead_client: Client, lead: User) -> None:
    other = make_user("other@example.com")
    assert lead_client.post(URL, posted(skip="#", use="alt")).status_code == 302
    kept = ReviewPreferences.objects.get()
    assert (kept.user, kept.keys, kept.key_use) == (lead, {"skip": "#"}, "alt")
    assert own_keys(other).keys == {}


def test_all_are_as_usual_again(lead_client: Client, lead: User) -> None:
    set_keys(user=lead, own={"skip": "#"}, use=KeyUse.OFF)
    lead_client.post(URL, posted(skip="#") | {"reset": "all"})
    assert (own_keys(lead).keys, own_keys(lead).use) == ({}, "alone")


@pytest.mark.parametrize(
    "wrong", [{"skip": "q"}, {"skip": "Tab"}, {"note": "y"}, {"skip": "xy"}, {"use": "shift"}, {"skip": "\0"}]
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(lead_client: Client, wrong: dict[str, str]) -> None:
    response = lead_client.post(URL, posted(**wrong))
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not ReviewPreferences.objects.exists()


def test_a_program_of_ours_cannot_keep_two_either(lead: User) -> None:
    with pytest.raises(Refused):
        set_keys(user=lead, own={"skip": "q"}, use=KeyUse.ALONE)


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/p/acme/review/", "/p/acme/review/"), ("https://evil.example/", URL), ("session_page", URL)],
)
def test_it_leads_back_to_pages_of_ours_alone(lead_client: Client, asked: str, led: str) -> None:
    assert asked.startswith("/") == (f'href="{asked}"' in lead_client.get(URL, {"next": asked}).content.decode())
    assert lead_client.post(URL, posted() | {"next": asked})["Location"] == led


# --- where they are shown -------------------------------------------------------------------------


@pytest.fixture
def slot(project: Project, lead: User) -> Slot:
    session = make_session(project)
    make_talk(session)
    return make_slot(make_queue(project), session, state=SlotState.FREE)


def review_page(client: Client, slot: Slot) -> str:
    response = client.get(reverse("review_page", args=["acme", slot.pk]))
    content: Any = getattr(response, "streaming_content", [response.content])
    return b"".join(content).decode()


def test_own_keys_are_shown_on_buttons_and_bound(lead_client: Client, lead: User, slot: Slot) -> None:
    own = {"skip": "<", "another": "ä", "turn": "0"}
    set_keys(user=lead, own=own, use=KeyUse.ALONE)
    page = review_page(lead_client, slot)
    assert '<kbd aria-hidden="true">&lt;</kbd>' in page
    assert 'data-act="skip" aria-keyshortcuts="&lt;"' in page
    assert 'title="Next message of the user (0)"' in page
    told = re.search(r'<script id="keymap" type="application/json">(.*?)</script>', page)
    assert told
    keymap = json.loads(told[1])
    assert {each["act"]: each["keys"] for each in keymap["actions"]} == {
        action.name: list(action.keys) for action in with_own(own) if "review" in action.pages
    }


def test_keys_that_are_off_are_shown_nowhere(lead_client: Client, lead: User, slot: Slot) -> None:
    set_keys(user=lead, own={}, use=KeyUse.OFF)
    page = review_page(lead_client, slot)
    assert re.findall(r'<kbd aria-hidden="true">[^<]+</kbd>', page.partition("<dialog")[0]) == []
    assert re.findall(r'aria-keyshortcuts="[^" ]+"', page) == []
    assert re.findall(r'title="[^"]*\(.\)"', page) == []


def test_reviewers_have_keys_of_their_own(lead_client: Client, lead: User, project: Project, slot: Slot) -> None:
    set_keys(user=make_member(project, Role.REVIEWER, "bob@example.com"), own={"skip": "§"}, use=KeyUse.ALT)
    assert "§" not in review_page(lead_client, slot)
