"""URLs."""

from django.urls import URLPattern, path

from annotate.views import queues, review

urlpatterns: list[URLPattern] = [
    path("p/<slug:slug>/review/", queues.queue_list, name="queue_list"),
    path("p/<slug:slug>/review/new/", queues.queue_new, name="queue_new"),
    path("p/<slug:slug>/review/new/count/", queues.queue_count, name="queue_count"),
    path("p/<slug:slug>/review/undo/", review.review_undo, name="review_undo"),
    path("p/<slug:slug>/review/<int:queue_id>/row/", queues.queue_row, name="queue_row"),
    path("p/<slug:slug>/review/<int:queue_id>/state/", queues.queue_state, name="queue_state"),
    path("p/<slug:slug>/review/<int:queue_id>/next/", review.review_next, name="review_next"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/", review.review_page, name="review_page"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/submit/", review.review_submit, name="review_submit"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/draft/", review.review_draft, name="review_draft"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/renew/", review.review_renew, name="review_renew"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/leave/", review.review_leave, name="review_leave"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/skip/", review.review_skip, name="review_skip"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/undo/", review.review_undo_this, name="review_undo_this"),
]
