"""The frame of every page, in a real browser: menus, the first mistake in a form, toasts, the theme."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.running import Running

EMAIL, PASSWORD = "root@example.com", "a long enough phrase"
SETUP = f"""
from accounts.models import *
user = User.objects.create_superuser({EMAIL!r}, {PASSWORD!r})
project = Project.objects.create(name="Airline", slug="airline")
Membership.objects.create(user=user, project=project, role=Role.ADMIN)
"""


def log_in(page: Page, running: Running) -> None:
    running.manage("shell", "-v", "0", "-c", SETUP)
    page.goto(f"{running.url}/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/airline/**")


@pytest.mark.slow
def test_frame_obeys_the_keyboard(running: Running, page: Page) -> None:
    log_in(page, running)
    menu_closes_on_escape_and_when_left(page, running)
    first_mistake_has_the_focus(page, running)
    theme_is_one_of_three(page, running)


def menu_closes_on_escape_and_when_left(page: Page, running: Running) -> None:
    page.goto(f"{running.url}/p/airline/connect/")
    menu, summary = page.locator("details.menu").first, page.locator("details.menu summary").first
    summary.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.get_by_label("Name of the program").focus()
    expect(menu).not_to_have_attribute("open", "")


def first_mistake_has_the_focus(page: Page, running: Running) -> None:
    page.goto(f"{running.url}/p/airline/settings/")
    page.get_by_label("Extra session keys").fill("käse")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Extra session keys")).to_be_focused()


def theme_is_one_of_three(page: Page, running: Running) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{running.url}/account/")
    choices, dark, light = page.locator("#main .themes"), "rgb(20, 22, 26)", "rgb(247, 246, 243)"
    pressed = choices.locator('[aria-pressed="true"]')
    for name, paper in (("Like the system", dark), ("Light", light), ("Dark", dark), ("Like the system", dark)):
        if name != pressed.inner_text():
            choices.get_by_role("button", name=name).click()
        page.reload()
        expect(pressed).to_have_text(name)
        expect(page.locator("body")).to_have_css("background-color", paper)


@pytest.mark.slow
def test_toast_of_success_goes_unless_it_is_being_read(running: Running, page: Page) -> None:
    log_in(page, running)
    page.clock.install()
    page.goto(f"{running.url}/p/airline/settings/")
    page.get_by_role("button", name="Save").click()
    toast = page.locator("#toasts .toast")
    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(7_000)
    expect(toast).to_be_visible()
    page.clock.run_for(2_000)
    expect(toast).to_have_count(0)
