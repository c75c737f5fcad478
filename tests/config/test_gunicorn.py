"""What gunicorn is told when `manage.py serve` starts it."""

import gc
import sys

import pytest

from config import gunicorn


def test_a_worker_loads_all_pages_and_leaves_them_to_no_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "config.urls", raising=False)
    try:
        gunicorn.post_worker_init(None)
        assert "config.urls" in sys.modules
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
