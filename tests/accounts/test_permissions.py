"""The decorators that say who may see a page."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import Project, Role, Scope
from accounts.permissions import Permission, declare, member, permission_of, public, signed_in
from tests.builders import make_member, make_project, make_user


def request_by(user: Any) -> HttpRequest:
    request = RequestFactory().get("/somewhere/?q=1")
    request.user = user
    return request


def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    return HttpResponse(f"{getattr(request, 'project', None)} {args} {kwargs}")


def test_permission_is_what_the_decorator_declared() -> None:
    assert permission_of(public(answer)) == Permission(public=True)
    assert permission_of(signed_in(answer)) == Permission(signed_in=True)
    assert permission_of(member(Role.LEAD)(answer)) == Permission(role=Role.LEAD)
    assert permission_of(answer) is None


def test_permission_can_be_declared_for_a_view_that_checks_it_itself() -> None:
    def door(request: HttpRequest) -> HttpResponse:
        return answer(request)

    assert permission_of(declare(door, Permission(scopes=(Scope.INGEST,)))) == Permission(scopes=(Scope.INGEST,))


def test_public_lets_everybody_in() -> None:
    assert public(answer)(request_by(AnonymousUser()), 1).status_code == 200


def test_signed_in_sends_strangers_to_the_login_and_back() -> None:
    response = signed_in(answer)(request_by(AnonymousUser()))
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/somewhere/%3Fq%3D1")


def test_signed_in_lets_people_in(db: None) -> None:
    assert signed_in(answer)(request_by(make_user())).status_code == 200


def test_member_sends_strangers_to_the_login(project: Project) -> None:
    response = member(Role.VIEWER)(answer)(request_by(AnonymousUser()), slug="acme")
    assert response.status_code == 302


def test_member_takes_the_slug_and_gives_the_project(project: Project) -> None:
    request = request_by(make_member(project, Role.LEAD))
    response: Any = member(Role.LEAD)(answer)(request, slug="acme", number=3)
    assert response.content == b"Acme () {'number': 3}"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_member_does_not_exist_for_lower_roles(project: Project, role: Role) -> None:
    with pytest.raises(Http404):
        member(Role.LEAD)(answer)(request_by(make_member(project, role)), slug="acme")


def test_member_does_not_exist_for_other_projects(project: Project) -> None:
    with pytest.raises(Http404):
        member(Role.VIEWER)(answer)(request_by(make_member(make_project("other"), Role.ADMIN)), slug="acme")
