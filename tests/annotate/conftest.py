"""A queue and the people who read it."""

import pytest

from accounts.models import Project, Role, User
from annotate.models import Queue
from tests.builders import make_member, make_queue


@pytest.fixture
def queue(project: Project) -> Queue:
    return make_queue(project)


@pytest.fixture
def ada(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "ada@example.com")


@pytest.fixture
def bob(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "bob@example.com")


@pytest.fixture
def cyd(project: Project) -> User:
    return make_member(project, Role.REVIEWER, "cyd@example.com")


@pytest.fixture
def reviewers(ada: User, bob: User, cyd: User) -> list[User]:
    return [ada, bob, cyd]
