"""URLs."""

from django.urls import path

from ingest.views import connect

urlpatterns = [
    path("p/<slug:slug>/connect/", connect, name="connect"),
]
