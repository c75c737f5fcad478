"""URLs of issues, of what comes out of them, and of the API's own description."""

from issues.urls import api, board, page, proposals

urlpatterns = [*board.urlpatterns, *page.urlpatterns, *proposals.urlpatterns, *api.urlpatterns]
