"""How the REST API knows a program: by its key, and by nothing else. Browsers' cookies open no API."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import api_view
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import find_api_key
from accounts.models import ApiKey, Scope
from accounts.permissions import Permission, View, declare


class ApiKeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey. Without a live key: 401."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey]:
        key = find_api_key(request.headers)
        if key is None:
            raise AuthenticationFailed("Send a live API key as 'Authorization: Bearer KEY'.")
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class DenyUnlessDeclared(BasePermission):
    """Allows what `keyed` declared for the method, if the key has that scope: 403 otherwise."""

    message = "This key lacks the scope that the call needs."

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "scopes", {}).get("GET" if request.method == "HEAD" else request.method)
        return scope is not None and isinstance(request.auth, ApiKey) and request.auth.allows(scope)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package ships no types
    """Tells the OpenAPI document about the key."""

    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of the project, made under Settings, API keys.",
        }


def keyed(**scopes: Scope) -> Callable[[Callable[..., Any]], View]:
    """Makes a function an API view; names the scope that each method needs: `@keyed(GET=Scope.READ)`.

    The view finds its key in `request.auth` and its project in `request.auth.project`, never in the payload.
    """

    def decorate(function: Callable[..., Any]) -> View:
        view = api_view(list(scopes))(function)
        view.cls.scopes = scopes  # type: ignore[attr-defined]  # DenyUnlessDeclared reads it
        return declare(view, Permission(scopes=tuple(scopes.values())))

    return decorate
