"""Fixtures that every folder of tests uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from playwright.sync_api import Browser, Playwright, expect
from pytest_django import DjangoDbBlocker

from accounts.models import Project, Role, User
from tests.accounts.tenants import Tenant, standing_tenants
from tests.builders import make_member, make_project
from tests.chromium import chromium_path

# Playwright's own 5 s are too few where three processes share two cores. A page that is right is not waited for.
expect.set_options(timeout=20_000)
WITH_A_DATABASE = {"db", "transactional_db", "live_server"}
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser and what asks no database; skips what needs the shared folder where it is absent."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "playwright" in fixtures:
            item.add_marker(pytest.mark.browser)
        if not (fixtures & WITH_A_DATABASE or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.plain)
    if SHARED_DATA.is_dir():
        return
    absent = pytest.mark.skip(reason=f"the folder {SHARED_DATA} is absent")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; at the end nobody else holds it, so that PostgreSQL lets it be dropped.

    A browser's last request can reach a live server when its test is over. Its thread may then no longer use the
    database, not even to close its connection.

    A database that a test empties is not given Django's own permissions again, which nothing here asks for: making
    those of every model takes longer than most tests.
    """
    post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests of a process; a context of it is as good as new."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def tenants(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Tenant, Tenant]]:
    """Two whole tenants, for the sweeps over every URL."""
    with standing_tenants(django_db_blocker) as both:
        yield both


@pytest.fixture
def ours(tenants: tuple[Tenant, Tenant], db: None) -> Tenant:
    return tenants[0]


@pytest.fixture
def theirs(tenants: tuple[Tenant, Tenant], db: None) -> Tenant:
    return tenants[1]


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
