"""URLs of sessions. Those of the API stand in ingest, which takes sessions in and away at the same addresses."""

from django.urls import path

from traces import views

urlpatterns = [
    path("p/<slug:slug>/sessions/", views.session_list, name="session_list"),
    path("p/<slug:slug>/sessions/views/", views.view_list, name="view_list"),
    path("p/<slug:slug>/sessions/views/save/", views.view_save, name="view_save"),
    path("p/<slug:slug>/sessions/views/<int:view_id>/rename/", views.view_rename, name="view_rename"),
    path("p/<slug:slug>/sessions/views/<int:view_id>/delete/", views.view_delete, name="view_delete"),
    path("p/<slug:slug>/sessions/<int:session_id>/", views.session_page, name="session_page"),
    path("p/<slug:slug>/sessions/<int:session_id>/steps/<int:position>/saw/", views.step_saw, name="step_saw"),
    path("p/<slug:slug>/sessions/<int:session_id>/steps/<int:position>/<str:part>/", views.step_part, name="step_part"),
    path("p/<slug:slug>/settings/scores/", views.score_meanings, name="score_meanings"),
]
