"""URLs."""

from django.urls import path

from demo.views import demo_remove

urlpatterns = [path("p/<slug:slug>/demo/remove/", demo_remove, name="demo_remove")]
