"""Failures put into issues and taken out of them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import Refused
from issues.actions._ringing import place_soon
from issues.lifecycle import State
from issues.models import (
    Issue,
    IssueMembership,
)


def place_or_refuse(issue: Issue, failure_ids: Collection[int], **how: Any) -> None:
    if issue.state == State.MERGED:
        raise Refused(f"ISS-{issue.number} was merged into another issue. Attach to that one.", field="issue")
    if not IssueMembership.objects.place(issue, failure_ids, **how):
        raise Refused("Meanwhile all of these failures have been placed elsewhere or withdrawn.", field="failures")


def detach_failure(*, membership: IssueMembership, actor: User) -> None:
    """Takes a failure out of its issue. It waits in the pool; no machine puts it back here."""
    with transaction.atomic():
        if not IssueMembership.objects.filter(pk=membership.pk).close(actor=actor, reason="Removed by hand."):
            raise Refused("This failure has already left the issue.")
        place_soon(membership.issue.project_id)
