"""A reviewer at the browser."""

import pytest
from django.test import Client

from accounts.models import User
from tests.annotate.views.pages import BACKEND


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client
