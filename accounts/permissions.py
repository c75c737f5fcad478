"""Every URL declares who may use it, with one of these decorators outermost. A test fails for a view without one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from accounts.access import get_membership
from accounts.models import Role, Scope
from accounts.request import PageRequest, ProjectRequest

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Permission:
    """What a view asks for: exactly one of open to all, signed in, a role in the project, or scopes of a key."""

    public: bool = False
    signed_in: bool = False
    role: Role | None = None
    scopes: tuple[Scope, ...] = ()


def declare(view: View, permission: Permission) -> View:
    """Marks `view` as asking for `permission`; for views that check it themselves, such as the ingest doors."""
    view.permission = permission  # type: ignore[attr-defined]  # functions have attributes; the type does not know ours
    return view


def permission_of(view: Any) -> Permission | None:
    """What a view declared, or None."""
    return getattr(view, "permission", None)


def public(view: View) -> View:
    """Open to everyone, signed in or not."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return declare(wrapper, Permission(public=True))


def signed_in(view: Callable[Concatenate[PageRequest, P], HttpResponseBase]) -> View:
    """For people with a login, in whatever project."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(cast("PageRequest", request), *args, **kwargs)

    return declare(wrapper, Permission(signed_in=True))


def member(role: Role) -> Callable[[Callable[Concatenate[ProjectRequest, P], HttpResponseBase]], View]:
    """For members of the project that the URL's `slug` names, from `role` up; 404 for everyone else."""

    def decorate(view: Callable[Concatenate[ProjectRequest, P], HttpResponseBase]) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            inside = cast("ProjectRequest", request)
            inside.membership = get_membership(inside.user, slug, role)
            inside.project = inside.membership.project
            return view(inside, *args, **kwargs)

        return declare(wrapper, Permission(role=role))

    return decorate
