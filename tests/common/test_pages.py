"""Health, the catalogue of components, and pages of errors."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, permission_denied, server_error

# What a script reads, as JSON, is no script: the policy lets it stand.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=|[^>]*\btype=\"application/json\")|<style|\sstyle=|\son[a-z]+=|href=\"javascript:|hx-on",
    re.IGNORECASE,
)


def test_health_says_ok_to_anybody(client: Client, db: None) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_health_is_503_without_a_database(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("secret-host:5432 refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"status": "database unreachable"})


def test_catalogue_shows_every_component(lead_client: Client) -> None:
    page = lead_client.get("/components/").content.decode()
    for name in ("badge", "icons", "stat", "table", "field", "choice", "empty", "notice", "toast", "tabs", "menu",
                 "keys", "chart", "spark", "meter", "snippet", "button", "filters", "pager",
                 "figure", "linked", "trend", "interval", "as-table"):  # fmt: skip
        assert re.search(rf'class="[^"]*\b{name}\b', page), name
    assert re.search(r"<dialog", page)
    assert "img/icons.svg#key" in page


def test_catalogue_has_no_id_twice(lead_client: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', lead_client.get("/components/").content.decode())
    assert sorted(ids) == sorted(set(ids))


# --- errors -------------------------------------------------------------------------------------


def words(response: Any) -> str:
    return str(response.content.decode())


def test_missing_page_is_friendly_with_and_without_a_login(client: Client, lead_client: Client) -> None:
    for visitor in (client, lead_client):
        response = visitor.get("/nowhere/")
        assert (response.status_code, "There is nothing here for you" in words(response)) == (404, True)


def test_broken_page_needs_no_context(rf: RequestFactory) -> None:
    response = server_error(rf.get("/"))
    assert (response.status_code, "Something broke on our side" in words(response)) == (500, True)


def test_other_errors_are_friendly(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert "could not be read" in words(bad_request(request, SuspiciousOperation("x")))
    assert "This is not allowed" in words(permission_denied(request, PermissionError("x")))
    assert "too old to send this" in words(csrf_failure(request))


def test_error_pages_hold_nothing_inline(rf: RequestFactory) -> None:
    request = rf.get("/")
    pages = [server_error(request), bad_request(request, ValueError()), csrf_failure(request)]
    assert [INLINE.findall(words(page)) for page in pages] == [[], [], []]


# --- safety -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/login/", "/components/", "/nowhere/", "/p/acme/connect/", "/account/"])
def test_page_carries_the_headers_of_a_careful_site(lead_client: Client, client: Client, path: str) -> None:
    for visitor in (lead_client, client):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy + ";"
        assert "style-src 'self';" in policy + ";"
        assert [word for word in ("unsafe-inline", "unsafe-eval", "*", "http:") if word in policy] == []
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/login/", "/components/", "/nowhere/", "/p/acme/connect/", "/account/", "/projects/"]
)
def test_page_needs_nothing_that_the_policy_forbids(lead_client: Client, path: str) -> None:
    page = words(lead_client.get(path, follow=True))
    assert INLINE.findall(page) == []
    assert [source for source in re.findall(r'(?:src|href)="(https?:)?//', page) if source] == []


def test_cookies_are_hidden_from_scripts_and_other_sites(lead_client: Client) -> None:
    assert settings.SESSION_COOKIE_HTTPONLY is True
    assert lead_client.cookies["sessionid"]["samesite"] in {"Lax", ""}
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
