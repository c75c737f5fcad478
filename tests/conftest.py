"""Fixtures that every folder of tests uses."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from tests.builders import make_member, make_project

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what needs the shared folder, only where the folder is absent."""
    if SHARED_DATA.is_dir():
        return
    absent = pytest.mark.skip(reason=f"the folder {SHARED_DATA} is absent")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(absent)


@pytest.fixture
def project(db: None) -> Project:
    return make_project()


@pytest.fixture
def lead(project: Project) -> User:
    return make_member(project, Role.LEAD)


@pytest.fixture
def lead_client(lead: User) -> Client:
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return client
