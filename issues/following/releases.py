"""Looks for releases in what came in."""

from datetime import timedelta

from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import Project
from issues.deciding import meet_release
from issues.models import LifeRule
from traces.models import SHOWN_AT, AgentSession

# Who commits late wrote an earlier time: a little is read twice.
AGAIN = timedelta(minutes=10)


def meet_releases(project: Project) -> None:
    """Writes down the releases of the sessions whose signals were written since it last looked."""
    rule = LifeRule.objects.get_or_create(project=project)[0]
    news = AgentSession.objects.filter(project=project)
    if rule.releases_read_to is not None:
        news = news.filter(signals_at__gte=rule.releases_read_to - AGAIN)
    read_to = news.aggregate(newest=Max("signals_at"))["newest"]
    if read_to is None or read_to == rule.releases_read_to:
        return
    found = news.exclude(release="").order_by().values_list("release").annotate(first=Min(SHOWN_AT))
    for name, first in found:
        meet_release(project, name, first)
    LifeRule.objects.filter(pk=rule.pk).update(releases_read_to=min(read_to, timezone.now()))
