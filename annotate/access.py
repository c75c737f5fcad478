"""The doors to annotate's objects: each starts from the project, and missing looks like forbidden."""

from django.http import Http404

from accounts.models import Project
from annotate.models import Queue, Slot


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
