"""URLs."""

from django.urls import URLPattern, path

from annotate.views import adding, items, learning, queue_forms, queues, review, signals

urlpatterns: list[URLPattern] = [
    path("p/<slug:slug>/review/", queues.queue_list, name="queue_list"),
    path("p/<slug:slug>/review/new/", queue_forms.queue_new, name="queue_new"),
    path("p/<slug:slug>/review/new/count/", queue_forms.queue_count, name="queue_count"),
    path("p/<slug:slug>/review/undo/", review.review_undo, name="review_undo"),
    path("p/<slug:slug>/review/add/", adding.queue_add_control, name="queue_add_control"),
    path("p/<slug:slug>/review/add/ask/", adding.queue_add_ask, name="queue_add_ask"),
    path("p/<slug:slug>/review/add/now/", adding.queue_add, name="queue_add"),
    path("p/<slug:slug>/review/<int:queue_id>/", queues.queue_page, name="queue_page"),
    path("p/<slug:slug>/review/<int:queue_id>/edit/", queue_forms.queue_edit, name="queue_edit"),
    path("p/<slug:slug>/review/<int:queue_id>/delete/", queue_forms.queue_delete, name="queue_delete"),
    path("p/<slug:slug>/review/<int:queue_id>/<int:item_id>/assign/", items.item_assign, name="item_assign"),
    path("p/<slug:slug>/review/<int:queue_id>/<int:item_id>/remove/", items.item_remove, name="item_remove"),
    path("p/<slug:slug>/review/<int:queue_id>/<int:item_id>/offer/", items.item_offer, name="item_offer"),
    path("p/<slug:slug>/review/<int:queue_id>/<int:item_id>/take-over/", items.item_take_over, name="item_take_over"),
    path("p/<slug:slug>/review/<int:queue_id>/row/", queues.queue_row, name="queue_row"),
    path("p/<slug:slug>/review/<int:queue_id>/state/", queue_forms.queue_state, name="queue_state"),
    path("p/<slug:slug>/review/<int:queue_id>/next/", review.review_next, name="review_next"),
    path("p/<slug:slug>/signals/", signals.signal_list, name="signal_list"),
    path("p/<slug:slug>/signals/learning/", learning.priority_weights, name="priority_weights"),
    path("p/<slug:slug>/signals/switch/", signals.signal_switch, name="signal_switch"),
    path("p/<slug:slug>/signals/limits/", signals.signal_limits, name="signal_limits"),
    path("p/<slug:slug>/signals/run/", signals.signal_rerun, name="signal_rerun"),
    path("p/<slug:slug>/signals/run/stop/", signals.signal_stop, name="signal_stop"),
    path("p/<slug:slug>/signals/run/progress/", signals.signal_progress, name="signal_progress"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/", review.review_page, name="review_page"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/submit/", review.review_submit, name="review_submit"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/draft/", review.review_draft, name="review_draft"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/renew/", review.review_renew, name="review_renew"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/leave/", review.review_leave, name="review_leave"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/skip/", review.review_skip, name="review_skip"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/unassign/", items.slot_unassign, name="slot_unassign"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/hand-back/", items.slot_hand_back, name="slot_hand_back"),
    path("p/<slug:slug>/review/slots/<int:slot_id>/undo/", review.review_undo_this, name="review_undo_this"),
]
