"""Why a session is shown: several reasons on two lines, each cut by itself, and all of them on demand."""

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Queue, QueueItem

LONG = [
    "“refund_payment” failed, but the agent went on: “Good news! Your refund is on its way to your card.”. " * 4,
    "The user asked again, “Where is my refund? I have been waiting for it since the second of May, and nobody…”",
    "The agent said almost the same twice: “I understand that this is frustrating, and I am here to help you with…”",
    "longer than usual in its workflow",
]


@pytest.fixture
def reasons() -> list[str]:
    return LONG


@pytest.fixture
def page(page: Page, queue: Queue, reasons: list[str]) -> Page:
    QueueItem.objects.filter(queue=queue).update(reasons=reasons)
    page.reload()
    return page


@pytest.mark.parametrize(("width", "lines"), [(1440, 2), (390, 1)])
def test_reasons_take_two_lines_at_most_until_one_asks_for_all(page: Page, width: int, lines: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    why, more = page.locator("#why"), page.locator(".review-bar .expand")
    expect(more).to_be_visible()
    line = why.evaluate("(node) => parseFloat(getComputedStyle(node).lineHeight)")
    assert why.evaluate("(node) => node.clientHeight") <= lines * line + 1
    # Only a reason itself is cut with an ellipsis: that of the whole would stand behind that of a part.
    cuts = "(node) => [getComputedStyle(node).webkitLineClamp, getComputedStyle(node).textOverflow]"
    assert why.evaluate(cuts) == ["none", "clip"]
    assert page.locator(".reason").first.evaluate("(node) => node.scrollHeight > node.clientHeight + 1")
    more.click()
    for reason in page.locator(".reason").all():
        expect(reason).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("reasons", [["random sample"], ["longer than usual in its workflow", "random sample"]])
def test_short_reasons_stand_on_one_line(page: Page) -> None:
    expect(page.locator(".review-bar .expand")).to_be_hidden()
    tops = page.locator(".reason").evaluate_all("(nodes) => nodes.map((node) => node.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
