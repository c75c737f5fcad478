"""The key of an API call: which methods it opens, and what a call without one is told."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Project, Scope
from common.errors import Refused
from tests.builders import make_key


@keyed(GET=Scope.READ, POST=Scope.WRITE)
def echo(request: Request) -> Response:
    if request.method == "POST" and request.data == {"no": True}:
        raise Refused("Not like this.", field="no")
    key = request.auth
    assert isinstance(key, ApiKey)
    return Response({"project": key.project.slug, "data": request.data})


def call(method: str, secret: str, body: bytes = b"{}", content_type: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    request = RequestFactory().generic(method, "/", body, content_type=content_type, headers=headers)
    response: Any = echo(request)
    return response


def test_key_opens_the_methods_of_its_scopes(project: Project) -> None:
    secret = make_key(project, Scope.READ)
    assert [call(method, secret).status_code for method in ("GET", "HEAD", "POST", "PUT")] == [200, 405, 403, 405]


def test_call_without_its_scope_is_told_which_in_the_words_of_the_form(project: Project) -> None:
    response = call("GET", make_key(project, Scope.INGEST))
    assert response.data["errors"][0]["message"].startswith(
        'This key lacks the scope "Read sessions, failures and issues".'
    )


def test_key_names_the_project(project: Project) -> None:
    assert call("GET", make_key(project)).data["project"] == "acme"


def test_call_without_a_key_is_told_how_to_send_one(project: Project) -> None:
    response = call("GET", "")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.data == {
        "errors": [{"field": "", "message": "Send a live API key as 'Authorization: Bearer KEY'."}]
    }


def test_revoked_key_opens_nothing(project: Project) -> None:
    secret = make_key(project)
    ApiKey.objects.update(revoked_at=project.created_at)
    assert call("GET", secret).status_code == 401


def test_refusal_of_an_action_names_the_field(project: Project) -> None:
    response = call("POST", make_key(project), b'{"no": true}')
    assert (response.status_code, response.data) == (400, {"errors": [{"field": "no", "message": "Not like this."}]})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"n": NaN}', 400),
        (b'{"n": ' + b"9" * 5000 + b"}", 400),
        (b'"' + b"x" * (5 * 1024 * 1024) + b'"', 413),
    ],
    ids=["torn", "no text", "too deep", "not a number", "too many digits", "too large"],
)
def test_malformed_json_has_the_shape_of_every_error(project: Project, body: bytes, status: int) -> None:
    response = call("POST", make_key(project), body)
    assert response.status_code == status
    assert [error["field"] for error in response.data["errors"]] == [""]


def test_unknown_content_type_has_the_shape_of_every_error(project: Project) -> None:
    response = call("POST", make_key(project), b"<x/>", "text/xml")
    assert response.status_code == 415
    assert list(response.data) == ["errors"]
