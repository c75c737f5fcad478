"""URLs of an issue's life: what is done about it, what is said, and in which order releases stand."""

from django.urls import path

from issues.urls.paths import ISSUES
from issues.views import bulk, life, news, releases, types

urlpatterns = [
    path(f"{ISSUES}/bulk/", bulk.issue_bulk, name="issue_bulk"),
    path(f"{ISSUES}/bulk/undo/", bulk.issue_bulk_undo, name="issue_bulk_undo"),
    path(f"{ISSUES}/for-you/", news.issue_news, name="issue_news"),
    path(f"{ISSUES}/releases/", releases.release_list, name="release_list"),
    path(f"{ISSUES}/releases/forget-order/", releases.release_forget, name="release_forget"),
    path(f"{ISSUES}/releases/verified-after/", releases.life_rule, name="life_rule"),
    path(f"{ISSUES}/releases/<int:release_id>/place/", releases.release_place, name="release_place"),
    path(f"{ISSUES}/types/<int:type_id>/runbook/", types.type_runbook, name="type_runbook"),
    path(f"{ISSUES}/<int:number>/act/", life.issue_act, name="issue_act"),
    path(f"{ISSUES}/<int:number>/help/", life.issue_help, name="issue_help"),
    path(f"{ISSUES}/<int:number>/watch/", life.issue_watch, name="issue_watch"),
    path(f"{ISSUES}/<int:number>/remarks/", life.issue_say, name="issue_say"),
    path(f"{ISSUES}/<int:number>/remarks/<int:remark_id>/take-back/", life.issue_unsay, name="issue_unsay"),
]
