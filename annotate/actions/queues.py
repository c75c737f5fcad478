"""What leads do with queues. Each action is one transaction."""

from typing import Any

from django.db import transaction

from accounts.models import Project, User
from annotate.filling import make_default_queue
from annotate.models import (
    Queue,
)
from common.errors import Refused


def create_default_queue(*, project: Project) -> Queue:
    """The queue that every project starts with; the one that is there, if it is."""
    return make_default_queue(project)


@transaction.atomic
def create_queue(
    *,
    project: Project,
    creator: User,
    name: str,
    filters: dict[str, Any],
    reviewers_per_session: int,
    random_share: float,
) -> Queue:
    """An open queue that fills itself with what matches `filters`. Refused when the name is taken."""
    if Queue.objects.filter(project=project, name=name).exists():
        raise Refused("There is a queue of this name already.", field="name")
    return Queue.objects.create(
        project=project,
        name=name,
        filters=filters,
        rubric=make_default_queue(project).rubric,
        reviewers_per_session=reviewers_per_session,
        random_share=random_share,
        created_by=creator,
    )


@transaction.atomic
def set_queue_open(*, queue: Queue, is_open: bool) -> None:
    """Opens or closes a queue. A closed one takes in nothing and gives out nothing; its reviews stay."""
    Queue.objects.filter(pk=queue.pk).update(is_open=is_open)
