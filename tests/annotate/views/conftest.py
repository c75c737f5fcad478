"""A reviewer and an empty queue."""

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.models import Queue
from tests.annotate.views.pages import BACKEND
from tests.builders import make_member, make_queue


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client


@pytest.fixture
def queue(project: Project) -> Queue:
    return make_queue(project)
