"""The doors to annotate's objects: each starts from the project, and missing looks like forbidden."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Project, Role, User
from annotate.models import Queue, QueueItem, Slot


def get_queue(project: Project, queue_id: int) -> Queue:
    """A queue of this project; else Http404."""
    queue = Queue.objects.select_related("rubric", "project").filter(project=project, pk=queue_id).first()
    if queue is None:
        raise Http404("No such queue.")
    return queue


def get_slot(project: Project, slot_id: int) -> Slot:
    """A slot in a queue of this project; else Http404."""
    slot = (
        Slot.objects.select_related("queue__rubric", "queue__project", "item__session__project")
        .filter(queue__project=project, pk=slot_id)
        .first()
    )
    if slot is None:
        raise Http404("No such place in a queue.")
    return slot


def get_item(project: Project, queue_id: int, item_id: int) -> QueueItem:
    """A session in this queue of the project; else Http404."""
    items = QueueItem.objects.select_related("queue__project", "session")
    item = items.filter(queue__project=project, queue__pk=queue_id, pk=item_id).first()
    if item is None:
        raise Http404("No such session in this queue.")
    return item


def reviewers_of(project: Project) -> QuerySet[User]:
    """Who may judge sessions of the project: active members from the role of a reviewer up, by name."""
    roles = [role for role in Role if role.at_least(Role.REVIEWER)]
    return User.objects.filter(is_active=True, memberships__project=project, memberships__role__in=roles).order_by(
        "name", "email"
    )
