"""How the REST API knows a program: by its key, and by nothing else. Browsers' cookies open no API."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.decorators import api_view

from accounts.models import Scope
from accounts.permissions import Permission, View, declare


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the package ships no types
    """Tells the OpenAPI document about the key."""

    target_class = "accounts.keyholders.ApiKeyAuthentication"
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
