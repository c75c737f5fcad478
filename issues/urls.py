"""URLs of issues, of what comes out of them, and of the API's own description."""

from django.urls import path

from issues import api
from issues.views import agreement, board, judgements, near, page, proposals, types

ISSUES = "p/<slug:slug>/issues"

urlpatterns = [
    path(f"{ISSUES}/", board.board, name="issue_board"),
    path(f"{ISSUES}/choices/", board.choices, name="issue_choices"),
    path(f"{ISSUES}/near/", near.near, name="issue_near"),
    path(f"{ISSUES}/shares/", board.shares, name="issue_shares"),
    path(f"{ISSUES}/by-type/", types.by_type, name="issues_by_type"),
    path(f"{ISSUES}/new/", page.issue_create, name="issue_create"),
    path(f"{ISSUES}/<int:number>/", page.issue_page, name="issue_page"),
    path(f"{ISSUES}/<int:number>/move/", page.issue_move, name="issue_move"),
    path(f"{ISSUES}/<int:number>/edit/", page.issue_edit, name="issue_edit"),
    path(f"{ISSUES}/<int:number>/failures/<int:failure_id>/remove/", page.issue_detach, name="issue_detach"),
    path("p/<slug:slug>/proposals/", proposals.inbox, name="proposal_inbox"),
    path("p/<slug:slug>/proposals/<int:proposal_id>/decide/", proposals.decide, name="proposal_decide"),
    path("p/<slug:slug>/proposals/<int:proposal_id>/reopen/", proposals.reopen, name="proposal_reopen"),
    path(
        "p/<slug:slug>/sessions/<int:session_id>/judgements/", judgements.session_judgements, name="session_judgements"
    ),
    path("p/<slug:slug>/review/agreement/issues/", agreement.agreement_of_issues, name="agreement_of_issues"),
    path("api/v1/failures/", api.failures, name="api_failures"),
    path("api/v1/issues/", api.issues, name="api_issues"),
    path("api/v1/issues/<int:number>/", api.issue, name="api_issue"),
    path("api/v1/issues/<int:number>/move/", api.issue_move, name="api_issue_move"),
    path("api/schema/", api.schema, name="api_schema"),
    path("api/docs/", api.docs, name="api_docs"),
]
