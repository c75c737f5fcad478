"""URLs."""

from django.urls import path

from monitor import views

urlpatterns = [
    path("p/<slug:slug>/overview/", views.overview, name="overview"),
]
