"""One's own keys, other layouts, and programs that need the keys for themselves, in a real Chromium."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotate.actions.preferences import set_keys
from annotate.models import KeyUse
from tests.annotate.browser.screen import expect_session, press

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

STRIKE = """
({on, modifiers, ...given}) => {
  const event = new KeyboardEvent("keydown", {bubbles: true, cancelable: true, ...given});
  Object.defineProperty(event, "getModifierState", {value: (name) => (modifiers ?? []).includes(name)});
  document.querySelector(on ?? "body").dispatchEvent(event);
  return event.defaultPrevented;
}
"""


def strike(page: Page, **event: Any) -> bool:
    """A key of a keyboard that this machine does not have; whether the page took it."""
    return bool(page.evaluate(STRIKE, event))


def outcome(page: Page) -> str:
    return str(page.evaluate("document.querySelector('[name=outcome]:checked')?.value ?? ''"))


def test_keys_are_chosen_by_pressing_them_and_are_bound_then(page: Page) -> None:
    press(page, "?")
    page.get_by_role("link", name="Change keys").click()
    field = page.get_by_label("Success", exact=True)
    field.focus()
    press(page, "2")
    clash = "“2” is also the key of “Failure”."
    expect(field).to_have_accessible_description(clash)
    expect(page.get_by_role("status").filter(has_text=clash)).to_have_text(f"Success: 2. {clash}")
    press(page, "+")
    expect(page.get_by_text("is also the key of")).to_have_count(0)
    page.get_by_role("button", name="Save").click()

    expect_session(page, 1)
    press(page, "1")
    assert outcome(page) == ""
    press(page, "+")
    assert outcome(page) == "success"
    assert page.locator("[name=outcome]").first.get_attribute("aria-keyshortcuts") == "Plus"
    expect(page.locator(".choice.success kbd")).to_have_text("+")


def test_the_page_of_keys_leads_back_to_a_session_that_was_kept_ready(page: Page) -> None:
    press(page, "1 Enter")
    expect_session(page, 2)
    press(page, "?")
    page.get_by_role("link", name="Change keys").click()
    page.get_by_role("button", name="Save").click()

    expect_session(page, 2)


def test_a_field_of_keys_lets_tab_and_escape_pass_and_gives_back_the_usual(page: Page) -> None:
    page.goto("/account/keys/")
    page.get_by_label("Skip this session", exact=True).focus()
    press(page, "#")
    page.get_by_role("button", name="As usual: Skip this session").click()
    expect(page.get_by_label("Skip this session", exact=True)).to_have_value("z")
    before = page.evaluate("document.activeElement.id")
    press(page, "Tab")
    assert page.evaluate("document.activeElement.id") != before


def test_keys_are_the_same_on_other_layouts(page: Page) -> None:
    # Russian: no Latin letters. French: digits take Shift, and stand where & and é do. CapsLock: a letter is a letter.
    assert strike(page, key="о", code="KeyJ")
    expect(page.locator(".step.current")).to_have_count(1)
    assert strike(page, key="é", code="Digit2")
    assert outcome(page) == "failure"
    assert strike(page, key="1", code="Digit1", shiftKey=True)
    assert outcome(page) == "success"
    # A sign in its own right is not the digit below it.
    assert not strike(page, key="#", code="Digit3", shiftKey=True)
    assert strike(page, key="Z", code="KeyZ", modifiers=["CapsLock"])
    expect(page.locator("#skip-dialog")).to_be_visible()
    press(page, "Escape")
    # The sign that asks for help, wherever it stands, also where it takes AltGr.
    assert strike(page, key="?", code="Minus", ctrlKey=True, altKey=True, modifiers=["AltGraph"])
    expect(page.locator("#keys")).to_be_visible()


@pytest.mark.parametrize(
    "event",
    [
        {"key": "Dead", "code": "Quote"},
        {"key": "Process", "code": "Digit2", "isComposing": True},
        {"key": "2", "code": "Digit2", "ctrlKey": True},
        {"key": "2", "code": "Digit2", "metaKey": True},
        {"key": "2", "code": "Digit2", "altKey": True},
        {"key": "2", "code": "Digit2", "on": "#note-place"},
        {"key": "2", "code": "Digit2", "on": "select"},
        {"key": "z", "code": "KeyZ", "repeat": True},
    ],
)
def test_keys_rest_where_they_mean_something_else(page: Page, event: dict[str, Any]) -> None:
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<div id=note-place contenteditable=true>x</div><select><option>2</option></select>')"
    )
    assert not strike(page, **event)
    assert outcome(page) == ""


def test_keys_take_alt_or_rest_altogether_for_those_who_wish(page: Page, ada: User) -> None:
    set_keys(user=ada, own={}, use=KeyUse.ALT)
    page.reload()
    expect_session(page, 1)
    press(page, "2")
    assert outcome(page) == ""
    press(page, "Alt+2")
    assert outcome(page) == "failure"
    expect(page.locator(".choice.failure kbd")).to_have_text("Alt+2")

    # The first of the known issues and of the outcomes: which one is meant depends on where the reader is.
    page.locator("[name=outcome]").last.focus()
    press(page, "Alt+1")
    assert outcome(page) == "success"
    press(page, "Alt+w Alt+1")
    expect(page.locator("#status")).to_have_text("No such issue is offered.")
    assert outcome(page) == "failure"
    press(page, "Escape Alt+?")
    section = page.locator("#key-sheet section", has_text="While you write in a field")
    expect(section.locator("kbd")).to_have_text(["Alt+1 2 3"])
    press(page, "Escape")

    set_keys(user=ada, own={}, use=KeyUse.OFF)
    page.reload()
    expect_session(page, 1)
    page.locator("#why").focus()
    press(page, "1 Alt+1 z Enter ?")
    assert outcome(page) != "success"
    assert page.locator("dialog[open]").count() == 0
    expect(page.locator(".choice kbd").first).to_be_hidden()
