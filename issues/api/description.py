"""The API's description of itself, for programs and for people."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from accounts.permissions import public

schema = public(SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny]))


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The API's description as a page: offline, and without inline script or style."""
    return render(request, "issues/api_docs.html", {})
