"""A reviewer at the browser."""

import pytest
from django.test import Client

from accounts.models import User
from tests.builders import client_of


@pytest.fixture
def client(ada: User) -> Client:
    return client_of(ada)
