"""The queue that every project starts with."""

from accounts.models import Project
from annotate.models import Queue, Rubric

DEFAULT_QUEUE = "All sessions"
DEFAULT_RUBRIC = "Did it work?"
DEFAULT_GUIDANCE = """\
**Success**: the user got what they came for, and nothing untrue or forbidden was said or done on the way.

**Failure**: something went wrong that you would want fixed, even if the user did not notice. \
Mark the step where it *first* went wrong, not where it showed, and say in your own words what happened.

**Can't tell**: the conversation does not show it.
"""


def ensure_default_queues() -> int:
    """Gives every project that has no queue its first one; returns how many were made."""
    bare = Project.objects.filter(queues__isnull=True)
    return len([make_default_queue(project) for project in bare])


def make_default_queue(project: Project) -> Queue:
    """The queue that every project starts with: all its sessions. Made once, however often it is asked for."""
    first, _ = Rubric.objects.get_or_create(
        project=project, name=DEFAULT_RUBRIC, version=1, defaults={"guidance": DEFAULT_GUIDANCE}
    )
    newest = Rubric.objects.filter(project=project, name=first.name).latest("version")
    queue, _ = Queue.objects.get_or_create(project=project, name=DEFAULT_QUEUE, defaults={"rubric": newest})
    return queue
