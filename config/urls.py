"""The site map. Each app's own `urls.py` holds its pages and its part of the API."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("traces.urls")),
    path("", include("ingest.urls")),
    path("", include("annotate.urls")),
    path("", include("clustering.urls")),
    path("", include("issues.urls")),
    path("", include("monitor.urls")),
    path("", include("demo.urls")),
]
