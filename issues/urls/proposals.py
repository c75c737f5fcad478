"""URLs of the inbox of proposals."""

from django.urls import path

from issues.urls.paths import PROPOSALS
from issues.views import proposals

urlpatterns = [
    path(f"{PROPOSALS}/", proposals.inbox, name="proposal_inbox"),
    path(f"{PROPOSALS}/<int:proposal_id>/decide/", proposals.decide, name="proposal_decide"),
    path(f"{PROPOSALS}/<int:proposal_id>/reopen/", proposals.reopen, name="proposal_reopen"),
]
