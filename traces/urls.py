"""URLs of sessions. The list over the API stands in ingest, which takes new sessions at the same address."""

from django.urls import path

from traces import api, views

urlpatterns = [
    path("p/<slug:slug>/sessions/", views.session_list, name="session_list"),
    path("p/<slug:slug>/sessions/<int:session_id>/", views.session_page, name="session_page"),
    path("p/<slug:slug>/settings/scores/", views.score_meanings, name="score_meanings"),
    path("api/v1/sessions/<int:session_id>/", api.session_detail, name="api_session"),
]
