"""URLs of one issue, and of what was judged of one session."""

from django.urls import path

from issues.urls.paths import ISSUES
from issues.views import judgements, page

urlpatterns = [
    path(f"{ISSUES}/new/", page.issue_create, name="issue_create"),
    path(f"{ISSUES}/<int:number>/", page.issue_page, name="issue_page"),
    path(f"{ISSUES}/<int:number>/edit/", page.issue_edit, name="issue_edit"),
    path(
        "p/<slug:slug>/sessions/<int:session_id>/judgements/", judgements.session_judgements, name="session_judgements"
    ),
]
