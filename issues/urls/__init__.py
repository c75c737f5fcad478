"""URLs of issues, of what comes out of them, and of the API's own description."""

from issues.urls import api, board, life, mapped, page, proposals, surgery

urlpatterns = [
    *board.urlpatterns,
    *life.urlpatterns,
    *mapped.urlpatterns,
    *page.urlpatterns,
    *surgery.urlpatterns,
    *proposals.urlpatterns,
    *api.urlpatterns,
]
