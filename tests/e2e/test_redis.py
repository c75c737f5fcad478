"""The same processes with Redis as their broker."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from demo.sending import encode, post
from demo.story import tell
from tests.builders import NOON
from tests.e2e.running import Running, installed, wait_until
from tests.e2e.test_serve import make_key, rows

URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture
def on_redis(tmp_path: Path) -> Iterator[Running]:
    try:
        with redis.Redis.from_url(URL) as client:
            client.flushdb()
    except redis.ConnectionError as error:
        if os.environ.get("REQUIRE_REDIS"):
            raise
        pytest.skip(f"no Redis at {URL}: {error}")
    with installed(Running(tmp_path / "var", more={"CELERY_BROKER_URL": URL})) as installation:
        yield installation


def test_sessions_are_digested_through_redis(on_redis: Running) -> None:
    post(on_redis.url, make_key(on_redis), encode(tell(seed=3, now=NOON, count=5)))
    wait_until(
        lambda: rows(on_redis.var, "SELECT count(*) FROM traces_agentsession WHERE settled_revision > 0") == 5,
        "all five sessions are read and settled",
    )
    assert not (on_redis.var / "broker").exists()
