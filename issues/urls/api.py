"""URLs of the API over failures, issues and decisions, and of its own description."""

from django.urls import path

from issues.api import decisions, description, failures, issues, life, surgery

ISSUE = "api/v1/issues/<int:number>"
DECISION = "api/v1/decisions/<int:decision_id>"

urlpatterns = [
    path("api/v1/failures/", failures.failures, name="api_failures"),
    path("api/v1/issues/", issues.issues, name="api_issues"),
    path("api/v1/issues/bulk/", life.issue_bulk, name="api_issue_bulk"),
    path("api/v1/releases/", life.releases, name="api_releases"),
    path(f"{ISSUE}/help/", life.issue_help, name="api_issue_help"),
    path(f"{ISSUE}/", issues.issue, name="api_issue"),
    path(f"{ISSUE}/move/", issues.issue_move, name="api_issue_move"),
    path(f"{ISSUE}/merge/", surgery.issue_merge, name="api_issue_merge"),
    path(f"{ISSUE}/split/", surgery.issue_split, name="api_issue_split"),
    path(f"{ISSUE}/failures/attach/", surgery.issue_attach, name="api_issue_attach"),
    path(f"{ISSUE}/failures/move/", surgery.issue_take, name="api_issue_take"),
    path(f"{ISSUE}/failures/detach/", surgery.issue_detach, name="api_issue_detach"),
    path("api/v1/decisions/", decisions.decisions, name="api_decisions"),
    path(f"{DECISION}/", decisions.decision, name="api_decision"),
    path(f"{DECISION}/undo/", decisions.decision_undo, name="api_decision_undo"),
    path(f"{DECISION}/redo/", decisions.decision_redo, name="api_decision_redo"),
    path("api/v1/constraints/", decisions.constraints, name="api_constraints"),
    path("api/schema/", description.schema, name="api_schema"),
    path("api/docs/", description.docs, name="api_docs"),
]
