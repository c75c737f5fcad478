"""URLs of the inbox of proposals."""

from django.urls import path

from issues.urls.paths import PROPOSALS
from issues.views import proposals

urlpatterns = [
    path(f"{PROPOSALS}/", proposals.inbox, name="proposal_inbox"),
    path(f"{PROPOSALS}/look/", proposals.look, name="proposal_look"),
    path(f"{PROPOSALS}/look/progress/", proposals.look_progress, name="proposal_look_progress"),
    path(f"{PROPOSALS}/reading/", proposals.reading_progress, name="reading_progress"),
    path(f"{PROPOSALS}/<int:proposal_id>/decide/", proposals.decide, name="proposal_decide"),
    path(f"{PROPOSALS}/<int:proposal_id>/reopen/", proposals.reopen, name="proposal_reopen"),
]
