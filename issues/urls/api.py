"""URLs of the API over failures and issues, and of its own description."""

from django.urls import path

from issues import api

urlpatterns = [
    path("api/v1/failures/", api.failures, name="api_failures"),
    path("api/v1/issues/", api.issues, name="api_issues"),
    path("api/v1/issues/<int:number>/", api.issue, name="api_issue"),
    path("api/v1/issues/<int:number>/move/", api.issue_move, name="api_issue_move"),
    path("api/schema/", api.schema, name="api_schema"),
    path("api/docs/", api.docs, name="api_docs"),
]
