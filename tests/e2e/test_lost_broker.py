"""A broker that is down or never says a word: what comes in is kept at once, and done when the broker is back."""

import socket
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.running import Running, send, wait_until
from tests.e2e.test_serve import make_key, rows
from tests.ingest.payloads import export, span

BODIES = 12


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that answers nobody."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.fixture
def down() -> str:
    """The URL of a server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.mark.parametrize("broker", ["silent", "down"])
def test_what_comes_in_is_kept_at_once_and_done_when_the_broker_is_back(
    request: pytest.FixtureRequest, without_broker: Callable[[str], Running], broker: str
) -> None:
    running = without_broker(request.getfixturevalue(broker))
    key = make_key(running)
    bodies = [export(span(number, trace=f"{number:032x}")) for number in range(1, BODIES + 1)]
    assert [send(running.port, key, body) for body in bodies] == [200] * BODIES
    assert rows(running.var, "SELECT count(*) FROM ingest_rawbatch WHERE state = 'waiting'") == BODIES
    running.more = {}
    running.start_worker()
    wait_until(lambda: rows(running.var, "SELECT count(*) FROM traces_agentsession") == BODIES, "all are read")


@pytest.fixture
def without_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Running]]:
    """A web server that has nobody to ring, and no worker yet."""
    started: list[Running] = []

    def start_one(url: str) -> Running:
        running = Running(tmp_path_factory.mktemp("broker") / "var", {"CELERY_BROKER_URL": url})
        started.append(running)
        running.install()
        running.start_web()
        return running

    yield start_one
    for running in started:
        running.stop()
