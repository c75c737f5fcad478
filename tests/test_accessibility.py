"""What is read of the contrast of texts that are alike: a few of them, and among these one by which axe can tell."""

import pytest
from playwright.sync_api import Browser

from tests.accessibility import violations

PALE = "<p style='color: #bbb'>{}</p>"
LABEL = "<label for='{0}' style='color: #bbb'>Name</label><input id='{0}' {1}>"
LID = "<div style='position: absolute; inset: 0 0 auto; height: 14rem; background: white'></div>"


@pytest.mark.parametrize(
    "body",
    [
        PALE.format("42"),
        PALE.format("4") * 3 + PALE.format("42"),
        LID + PALE.format("under the lid") * 4 + PALE.format("in sight") * 8,
        "".join(LABEL.format(name, "" if name == "d" else "disabled") for name in "abcdefgh"),
    ],
    ids=["alone", "of one letter", "under a lid", "disabled"],
)
def test_pale_text_is_found_wherever_it_stands_among_its_like(chromium: Browser, body: str) -> None:
    page = chromium.new_page()
    page.set_content(f"<html lang='en'><title>Pale</title><main><h1>Pale</h1>{body}</main></html>")
    found = violations(page)
    assert [line.split()[0] for line in found] == ["color-contrast"] * len(found) != []
    page.close()
