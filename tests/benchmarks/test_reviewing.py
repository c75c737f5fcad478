"""The stopwatch of the review benchmark: on a screen whose times are known, and beside a peer that is not there."""

import argparse
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from benchmarks._reviewing import Screen, Traffic, measure, open_first
from benchmarks.review import measure_peer

TAKES_SECONDS, SHOWS_SECONDS = 0.3, 0.1
PAGE = b"""<!doctype html><link rel="icon" href="data:,"><body data-session="1"><script>
addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  fetch("/7/submit/", {method: "POST"});
  setTimeout(() => { document.body.dataset.session++; }, 100);
});
</script>"""


class Handler(BaseHTTPRequestHandler):
    """A screen that shows the next session before the server has taken the last one."""

    def do_GET(self) -> None:
        self.answer(PAGE)

    def do_POST(self) -> None:
        time.sleep(TAKES_SECONDS)
        self.answer(b"taken")

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def judge(page: Page, number: int) -> None:
    page.keyboard.press("Enter")


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_time_counts_from_its_own_key_where_the_server_is_slower_than_the_screen(
    chromium: Browser, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen("Fake: ", "() => document.body?.dataset.session", "/submit/", judge)
    page = screen.open(chromium, url)
    open_first(screen, page, "/")
    measure(screen, page, 5, 0)
    page.close()
    opened, shown, taken, decided = said(capsys)
    assert (opened["requests"], opened["bytes_unpacked"]) == (1, len(PAGE))
    assert shown["measure"] == "Fake: submit until the next session takes keys, reading nothing"
    assert shown["p50_ms"] >= SHOWS_SECONDS * 1000
    assert taken["p50_ms"] >= TAKES_SECONDS * 1000
    assert (decided["reviews"], decided["requests"]) == (5, {"POST submit": 1.0})
    assert decided["bytes_per_review_unpacked"] == len(b"taken")


def asked(identity: str, url: str) -> dict[str, Any]:
    return {"requestId": identity, "request": {"method": "GET", "url": url}}


def test_only_what_the_pages_own_server_was_asked_counts() -> None:
    traffic = Traffic()
    for identity, url in enumerate(
        ("http://127.0.0.1:1/a/7/next/", "https://elsewhere.example/a", "http://127.0.0.1:1/kept")
    ):
        traffic.ask(asked(str(identity), url))
    traffic.had({"requestId": "2"})
    for identity in range(3):
        traffic.answer({"requestId": str(identity), "response": {"fromDiskCache": False}})
    traffic.ask(asked("3", "http://127.0.0.1:1/icon.svg"))
    traffic.answer({"requestId": "3", "response": {"fromDiskCache": True}})
    assert traffic.asked == {"GET next": 1}


def test_a_label_studio_that_is_not_installed_is_said_and_not_measured(
    chromium: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    measure_peer(chromium, argparse.Namespace(label_studio="/nowhere/label-studio"), [])
    assert said(capsys) == [{"measure": "Label Studio", "measured": False, "why": "not installed"}]
