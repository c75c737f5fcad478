"""URLs."""

from django.urls import URLPattern, path

from annotate import views

urlpatterns: list[URLPattern] = [
    path("p/<slug:slug>/review/", views.queue_list, name="queue_list"),
    path("p/<slug:slug>/review/new/", views.queue_new, name="queue_new"),
    path("p/<slug:slug>/review/new/count/", views.queue_count, name="queue_count"),
    path("p/<slug:slug>/review/undo/", views.review_undo, name="review_undo"),
    path("p/<slug:slug>/review/<int:queue_id>/state/", views.queue_state, name="queue_state"),
    path("p/<slug:slug>/review/<int:queue_id>/next/", views.review_next, name="review_next"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/", views.review_page, name="review_page"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/submit/", views.review_submit, name="review_submit"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/draft/", views.review_draft, name="review_draft"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/renew/", views.review_renew, name="review_renew"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/leave/", views.review_leave, name="review_leave"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/skip/", views.review_skip, name="review_skip"),
]
