"""What happened on issues that concerns the reader."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from issues.models import IssueMention, Watcher
from issues.queries.news import news_of


@member(Role.VIEWER)
@require_GET
def issue_news(request: ProjectRequest) -> HttpResponse:
    """Where the reader was named, and what became of issues that they watch. They have seen it then."""
    sight, now = sight_of(request.membership), timezone.now()
    told = news_of(request.membership, sight)
    if not sight.is_partial:
        named = IssueMention.objects.filter(user=request.user, comment__issue__project=request.project, read_at=None)
        named.filter(comment__created_at__lte=now).update(read_at=now)
        Watcher.objects.filter(user=request.user, issue__project=request.project).update(seen_at=now)
    return render(request, "issues/news.html", {"section": "issues", "told": told, "sight": sight})
