"""URLs of what leads do with the failures of issues, and of undoing it."""

from django.urls import path

from issues.urls.paths import DECISIONS, ISSUES
from issues.views import comparing, surgery

MEMBERS = f"{ISSUES}/<int:number>/failures"

urlpatterns = [
    path(f"{MEMBERS}/move/", surgery.issue_move_failures, name="issue_move_failures"),
    path(f"{MEMBERS}/split/", surgery.issue_split, name="issue_split"),
    path(f"{MEMBERS}/take-out/", surgery.issue_take_out, name="issue_take_out"),
    path(f"{MEMBERS}/<int:failure_id>/remove/", surgery.issue_detach, name="issue_detach"),
    path(f"{ISSUES}/<int:number>/merge/", comparing.issue_merge, name="issue_merge"),
    path(f"{DECISIONS}/<int:decision_id>/undo/", surgery.decision_undo, name="decision_undo"),
]
