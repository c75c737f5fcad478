"""URLs of sessions. Those of the API stand in ingest, which takes sessions in and away at the same addresses."""

from django.urls import path

from traces import views

urlpatterns = [
    path("p/<slug:slug>/sessions/", views.session_list, name="session_list"),
    path("p/<slug:slug>/sessions/<int:session_id>/", views.session_page, name="session_page"),
    path("p/<slug:slug>/settings/scores/", views.score_meanings, name="score_meanings"),
]
