"""Knows a program by its key. Apart from `authentication`, because REST framework's views load these by name."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import find_api_key
from accounts.models import ApiKey


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
    """Allows what `keyed` declared for the method, if the key has that scope: 403 otherwise, 405 where nothing is."""

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = getattr(view, "scopes", {}).get(request.method)
        if scope is None:
            raise MethodNotAllowed(request.method or "")
        self.message = scope.missing
        return isinstance(request.auth, ApiKey) and request.auth.allows(scope)
