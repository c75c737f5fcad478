"""Pages in use: one state after the other is reached as people reach it, and looked at like a page of its own."""

from collections.abc import Callable, Sequence

from playwright.sync_api import Locator, Page, expect

from tests.accessibility import NARROW, violations
from tests.accessibility import WIDE as WINDOW
from tests.accounts.tenants import Tenant
from tests.hostile.corpus import CORPUS, DIRECTIONS, RUN, WIDE, storable
from tests.hostile.filling import MOST
from tests.hostile.watching import SAID, Watched

LEAST = 150
# Each of them with something to be seen: our forms take no blank question or answer.
SOME = [string for string in CORPUS[::18] if any(letter.isalnum() for letter in string)]
TAG = f"<img src=x class=pwned onerror={RUN}>"
TURNED = f"{DIRECTIONS[0]} {TAG}"
# Those, some that turn the direction of writing, and one that is as wide as nothing can break.
FEW = list(dict.fromkeys(storable(string) for string in (*SOME, *DIRECTIONS[:3], WIDE[0])))
# What of the corpus a field takes in one go, from somewhere in its middle.
WRITTEN = storable("\n".join(CORPUS[::7]))[:MOST]
# What the console says of a line that is cut, and of what a form refuses.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", " 422 ", " 409 ")
# It brings its page into a state, and says within what the state is to be seen.
State = Callable[[Page, Tenant], str]


def drive(window: Watched, tenant: Tenant, states: Sequence[State]) -> dict[str, list[str]]:
    """What was wrong in each of these states, in which one leads to the next; those that are fine are left out."""
    wrong: dict[str, list[str]] = {}
    for state in states:
        try:
            within = state(window.page, tenant)
        except BaseException as error:
            error.add_note(f"on the way to {state.__name__}, after {wrong}")
            raise
        wrong[state.__name__] = wrong_with(window, within)
    return {name: found for name, found in wrong.items() if found}


def wrong_with(window: Watched, within: str) -> list[str]:
    """What ran, leaked, was pushed away, or cannot be used by everybody, in the state that the page is in."""
    page = window.page
    found = [line for line in window.ran() if not is_expected(line)]
    found += [f"{line} (wide)" for line in window.looks()]
    found += violations(page, within)
    page.set_viewport_size(NARROW)
    found += [f"{line} (narrow)" for line in window.looks()]
    page.set_viewport_size(WINDOW)
    return found


def is_expected(line: str) -> bool:
    return line.startswith(SAID) and any(words in line for words in EXPECTED)


def expect_many(found: Locator) -> None:
    expect(found.nth(LEAST)).to_be_attached()
