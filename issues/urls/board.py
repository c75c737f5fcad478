"""URLs of all issues at once, and of what is counted over them."""

from django.urls import path

from issues.urls.paths import ISSUES
from issues.views import agreement, board, near, types

urlpatterns = [
    path(f"{ISSUES}/", board.board, name="issue_board"),
    path(f"{ISSUES}/choices/", board.choices, name="issue_choices"),
    path(f"{ISSUES}/near/", near.near, name="issue_near"),
    path(f"{ISSUES}/views/save/", board.board_view_save, name="board_view_save"),
    path(f"{ISSUES}/shares/", board.shares, name="issue_shares"),
    path(f"{ISSUES}/by-type/", types.by_type, name="issues_by_type"),
    path("p/<slug:slug>/review/agreement/issues/", agreement.agreement_of_issues, name="agreement_of_issues"),
]
