"""Walks the whole site map: every URL × every role × nobody × a member of another project."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Project, Role, Scope
from accounts.permissions import Permission, permission_of
from issues.models import Issue, IssueMembership
from tests import builders
from tests.accounts.tenants import Tenant, key_without
from tests.builders import make_key

METHODS = ("get", "post")
HUGE = 10**30
HOSTILE_QUERY = {
    "page": "x", "sort": "user__password", "order": "-password", "q": "\0", "cursor": "bm9wZQ", "state": "\0",
    "owner": "x", "workflow": "\0", "since": "x", "started_after": "x", "limit": "-1", "format": "exe",
}  # fmt: skip
CAPTURED = re.compile(r"<(\w+:)?(?P<name>\w+)>")
# What a URL names that is no row of a tenant: a value, the same for everybody.
PLAIN_NAMES: dict[str, Any] = {"langsmith_run": "01a1fb67-1978-77e8-9973-3e74f4a462b5", "position": 1, "part": "text"}
# Fields of forms that name a row, as a URL would.
FORM_NAMES = {"failure": "failure_id", "failures": "failure_id", "issue": "number", "owner": "owner_id"}


@dataclass(frozen=True)
class Entry:
    """One line of the site map."""

    route: str
    name: str
    view: Any
    kwargs: tuple[str, ...]

    @property
    def permission(self) -> Permission:
        permission = permission_of(self.view)
        assert permission is not None, f"{self.route} declares no permission"
        return permission

    def url(self, tenant: Tenant, **foreign: Any) -> str:
        known = PLAIN_NAMES | tenant.names
        unknown = set(self.kwargs) - set(known)
        assert not unknown, (
            f"{self.route} names {', '.join(sorted(unknown))}: give tests/accounts/tenants.py a value for it"
        )
        values = known | foreign
        return "/" + CAPTURED.sub(lambda captured: str(values[captured["name"]]), self.route)

    def methods(self) -> dict[str, Scope]:
        """For an API view: the scope that each method needs."""
        declared = getattr(getattr(self.view, "cls", None), "scopes", None)
        return declared or dict.fromkeys(["POST"], self.permission.scopes[0])


def walk(resolver: URLResolver | None = None, route: str = "", kwargs: tuple[str, ...] = ()) -> Iterator[Entry]:
    for entry in (resolver or get_resolver()).url_patterns:
        here, names = f"{route}{entry.pattern}", (*kwargs, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from walk(entry, here, names)
        elif isinstance(entry, URLPattern):
            yield Entry(here, entry.name or "", entry.callback, names)


SITE_MAP = list(walk())


def entries(**wanted: bool) -> pytest.MarkDecorator:
    """Parametrises a test with the entries that ask for a role, for scopes, for a login, or for nothing."""

    def asks(entry: Entry) -> bool:
        permission = permission_of(entry.view)
        return permission is not None and all(bool(getattr(permission, key)) is on for key, on in wanted.items())

    chosen = [entry for entry in SITE_MAP if asks(entry)]
    return pytest.mark.parametrize("entry", chosen, ids=[entry.name or entry.route for entry in chosen])


in_projects, over_the_api = entries(role=True), entries(scopes=True)


def client_of(tenant: Tenant, role: Role) -> Client:
    return builders.client_of(tenant.people[role])


@dataclass(frozen=True)
class Answer:
    """A response read to its end."""

    status_code: int
    location: str
    body: str


def ask(client: Client, method: str, url: str, data: Any = None, **extra: Any) -> Answer:
    """One request whose writes are undone."""
    with transaction.atomic():
        response = getattr(client, method)(url, data, **extra)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    location = response.headers.get("Location", "").partition("?")[0]
    return Answer(response.status_code, location, content.decode(errors="replace"))


def statuses(client: Client, url: str) -> set[int]:
    return {ask(client, method, url).status_code for method in METHODS}


@pytest.mark.parametrize("entry", SITE_MAP, ids=[entry.route for entry in SITE_MAP])
def test_url_declares_exactly_one_permission(entry: Entry) -> None:
    permission = permission_of(entry.view)
    assert permission is not None, f"{entry.route} declares no permission: decorate its view outermost"
    asked = [permission.public, permission.signed_in, permission.role is not None, bool(permission.scopes)]
    assert asked.count(True) == 1, f"{entry.route} asks for {permission}"


def test_url_names_are_unique() -> None:
    names = [entry.name for entry in SITE_MAP if entry.name]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("entry", SITE_MAP, ids=[entry.route for entry in SITE_MAP])
def test_url_below_a_project_asks_for_a_role_there(entry: Entry) -> None:
    assert entry.route.startswith("p/<slug:slug>/") == (entry.permission.role is not None)


@pytest.mark.sweep
@in_projects
def test_project_page_sends_strangers_to_the_login(entry: Entry, ours: Tenant) -> None:
    for method in METHODS:
        response = ask(Client(), method, entry.url(ours))
        assert (response.status_code, response.location) == (302, reverse("login"))


@pytest.mark.sweep
@in_projects
def test_project_page_does_not_exist_for_another_project(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    for role in Role:
        assert statuses(client_of(theirs, role), entry.url(ours)) == {404}


@pytest.mark.sweep
@in_projects
def test_project_page_does_not_exist_for_lower_roles(entry: Entry, ours: Tenant) -> None:
    needed = entry.permission.role
    assert needed is not None
    for role in Role:
        if not role.at_least(needed):
            assert statuses(client_of(ours, role), entry.url(ours)) == {404}, role


@pytest.mark.sweep
@in_projects
def test_project_page_hides_rows_of_another_project(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    for name in set(entry.kwargs) - {"slug"} - set(PLAIN_NAMES):
        for role in Role:
            found = statuses(client_of(ours, role), entry.url(ours, **{name: theirs.names[name]}))
            # A view for one method only says 405 to the other one before it looks anything up.
            assert 404 in found, (name, role)
            assert found <= {404, 405}, (name, role)


@in_projects
def test_project_page_does_not_exist_for_an_impossible_number(entry: Entry, ours: Tenant) -> None:
    for name in entry.kwargs:
        if isinstance(ours.names.get(name), int):
            assert statuses(client_of(ours, Role.ADMIN), entry.url(ours, **{name: HUGE})) <= {404, 405}, name


@pytest.mark.sweep
@in_projects
def test_project_page_answers_those_who_may(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    answers = {
        (role, method): ask(client_of(ours, role), method, entry.url(ours), form_of(ours) if method == "post" else None)
        for role, method in product(Role, METHODS)
        if role.at_least(entry.permission.role or Role.VIEWER)
    }
    assert all(answer.status_code < 500 for answer in answers.values())
    assert any(answer.status_code not in {404, 405} for answer in answers.values()), "nobody at all reaches it"
    assert not [key for key, answer in answers.items() if theirs.marker in answer.body]


def form_of(tenant: Tenant) -> dict[str, Any]:
    """A form that names rows of the tenant."""
    return {field: tenant.names[name] for field, name in FORM_NAMES.items()} | {"title": "A title"}


@pytest.mark.sweep
@in_projects
def test_project_form_takes_no_rows_of_another_project(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    for role in (Role.REVIEWER, Role.LEAD, Role.ADMIN):
        client = client_of(ours, role)
        response = client.post(entry.url(ours), form_of(theirs))
        assert response.status_code < 500
        if not Project.objects.filter(pk=ours.project.pk).exists():
            return  # the page that removes the demo
        assert not IssueMembership.objects.filter(issue__project=ours.project, failure__project=theirs.project).exists()
        assert not Issue.objects.filter(project=ours.project, owner__in=theirs.people.values()).exists()
    assert IssueMembership.objects.filter(issue__project=theirs.project, until=None).count() == 1


@in_projects
def test_project_page_survives_nonsense_in_its_query(entry: Entry, ours: Tenant) -> None:
    client = client_of(ours, Role.ADMIN)
    for name, value in HOSTILE_QUERY.items():
        assert ask(client, "get", entry.url(ours), {name: value}).status_code < 500, name


@in_projects
def test_project_page_survives_nonsense_in_its_form(entry: Entry, ours: Tenant) -> None:
    names = ["name", "title", "state", "role", "email", "scopes", "note", "outcome", "version", "draft", "client_id"]
    for value in ("\0", "x" * 5000, "-1", str(HUGE)):
        for role in (Role.REVIEWER, Role.ADMIN):
            response = ask(client_of(ours, role), "post", entry.url(ours), dict.fromkeys(names, value))
            assert response.status_code < 500, (value, role)


@entries(signed_in=True)
def test_page_for_people_sends_strangers_to_the_login(entry: Entry, ours: Tenant) -> None:
    for method in METHODS:
        response = ask(Client(), method, entry.url(ours))
        assert (response.status_code, response.location) == (302, reverse("login"))


@entries(signed_in=True)
def test_page_for_people_shows_nothing_of_another_project(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    for role, method in product(Role, METHODS):
        response = ask(client_of(ours, role), method, entry.url(ours))
        assert response.status_code < 500
        assert theirs.marker not in response.body


@entries(public=True)
def test_public_page_answers_anybody(entry: Entry, ours: Tenant) -> None:
    for client in (Client(), client_of(ours, Role.ADMIN)):
        assert all(status < 500 for status in statuses(client, entry.url(ours)))


# Programs are not protected by tokens in forms: their calls are tried with the check of those tokens switched on.
PROGRAM = Client(enforce_csrf_checks=True)


def call(entry: Entry, method: str, url: str, secret: str = "", **query: Any) -> Answer:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if method == "GET":
        return ask(PROGRAM, "get", url, query, headers=headers)
    return ask(PROGRAM, method.lower(), url, "{}", content_type="application/json", headers=headers)


@over_the_api
def test_call_without_a_key_gets_401(entry: Entry, ours: Tenant) -> None:
    for method in entry.methods():
        assert call(entry, method, entry.url(ours)).status_code == 401
        assert call(entry, method, entry.url(ours), "msk_guessed").status_code == 401


@over_the_api
def test_call_with_a_login_instead_of_a_key_gets_401(entry: Entry, ours: Tenant) -> None:
    client = client_of(ours, Role.ADMIN)
    for method in entry.methods():
        assert ask(client, method.lower(), entry.url(ours)).status_code == 401


@over_the_api
def test_call_without_the_scope_gets_403(entry: Entry, ours: Tenant) -> None:
    for method, scope in entry.methods().items():
        assert call(entry, method, entry.url(ours), key_without(ours.project, scope)).status_code == 403


@over_the_api
def test_call_cannot_reach_another_project(entry: Entry, ours: Tenant, theirs: Tenant) -> None:
    secret = make_key(theirs.project)
    for method in entry.methods():
        response = call(entry, method, entry.url(ours), secret)
        assert ours.marker not in response.body
        assert response.status_code == 404 if set(entry.kwargs) - set(PLAIN_NAMES) else response.status_code < 500


@over_the_api
def test_call_survives_nonsense(entry: Entry, ours: Tenant) -> None:
    secret = make_key(ours.project)
    for name, value in HOSTILE_QUERY.items():
        for method in entry.methods():
            assert call(entry, method, entry.url(ours), secret, **{name: value}).status_code < 500, (method, name)
