"""How many queries a page asks: as many for one row as for many."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def count_queries(client: Client, url: str, query: Mapping[str, Any] | None = None) -> int:
    """The queries of this page, up to the end of one that is streamed."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, query)
        response.getvalue()
    assert response.status_code == 200
    return len(captured)
