"""The benchmark of a page that arrives piece by piece, on one whose end waits until its beginning was painted."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser

from benchmarks._opening import measure_opening

BEGINNING = b"""<!doctype html><link rel="icon" href="data:,"><p id="step-1">Hello</p><script>
new PerformanceObserver((seen) => {
  if (seen.getEntriesByName("first-contentful-paint").length) fetch("/painted");
}).observe({ type: "paint", buffered: true });
</script>"""
END = b'<p id="step-2">Goodbye</p>'
MOST_SECONDS = 20.0


class Handler(BaseHTTPRequestHandler):
    """Sends the end once the browser has told that it painted the beginning."""

    painted = Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.path == "/painted":
            self.painted.set()
            return
        self.painted.clear()
        self.wfile.write(BEGINNING)
        self.painted.wait(MOST_SECONDS)
        self.wfile.write(END)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_painted_first_counts_as_painted_before_the_last_step(
    chromium: Browser, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = chromium.new_page()
    measure_opening(page, "long", url, last="step-2", times=2)
    page.close()
    *timed, early = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["measure"] for one in timed] == [
        *("long, first byte", "long, first words painted", "long, last step there", "long, last byte"),
    ]
    first_byte, painted, there, _ = (one["p50_ms"] for one in timed)
    assert first_byte <= painted < there
    assert early == {"measure": "long, painted before its last step was there", "times": 2, "of": 2}
