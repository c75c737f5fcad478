"""URLs."""

from django.urls import path

from monitor import api
from monitor.views import compare, overview, workflow

urlpatterns = [
    path("p/<slug:slug>/overview/", overview.overview, name="overview"),
    path("p/<slug:slug>/overview/workflow/", workflow.workflow, name="overview_workflow"),
    path("p/<slug:slug>/overview/compare/", compare.compare, name="overview_compare"),
    path("api/v1/overview/", api.overview, name="api_overview"),
]
