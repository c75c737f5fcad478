"""URLs."""

from django.urls import path

from monitor.views import overview

urlpatterns = [
    path("p/<slug:slug>/overview/", overview.overview, name="overview"),
]
