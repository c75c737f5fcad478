"""What the tests of hostile words would see, were a page to let them out."""

import pytest
from playwright.sync_api import Browser

from tests.hostile.corpus import DIRECTIONS
from tests.hostile.driving import TURNED, is_expected
from tests.hostile.watching import KNOWN, LEAKING, SAID, THEIRS


def leaking(chromium: Browser, body: str) -> int:
    """How many places of the page turn what follows them."""
    page = chromium.new_page()
    page.set_content(body)
    found: list[str] = page.evaluate(LEAKING, [THEIRS, KNOWN])
    page.close()
    return len(found)


@pytest.mark.parametrize(
    "body",
    [
        "<p>{} is gone</p>",
        "<p>“{}” <a href=''>step 1</a></p>",
        "<p><q style='unicode-bidi: normal'>{}</q>, 3 batches</p>",
        "<p><span style='unicode-bidi: isolate'>{}, <time>today</time></span></p>",
    ],
)
def test_words_that_turn_what_follows_them_are_seen(chromium: Browser, body: str) -> None:
    assert leaking(chromium, "".join(body.format(words) for words in DIRECTIONS[:4])) == 4


@pytest.mark.parametrize(
    "body",
    ["<p>So it says: {}</p>", "<p><bdi>{}</bdi> is gone</p>", "<pre>{}\nis gone</pre>", "<p>{} \u2069\u202c is it</p>"],
)
def test_words_that_turn_nothing_of_ours_are_fine(chromium: Browser, body: str) -> None:
    assert leaking(chromium, "".join(body.format(words) for words in (DIRECTIONS[0], TURNED.replace("<", "&lt;")))) == 0


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        (f"{SAID}Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)", True),
        (f"{SAID}Refused to run", False),
        ("an element of theirs: <iframe> 422 </iframe>", False),
    ],
)
def test_only_the_console_says_what_is_expected(line: str, is_fine: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert is_expected(line) is is_fine
