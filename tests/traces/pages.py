"""What the tests of the pages of sessions share."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

LIST = "/p/acme/sessions/"


def count_queries(client: Client, url: str) -> int:
    """How many queries this page asks."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
