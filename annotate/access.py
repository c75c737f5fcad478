"""The doors to annotate's objects: each starts from the project, and missing looks like forbidden."""

from django.db.models import QuerySet

from accounts.models import Membership, Project, Role, User
from annotate.models import Comment, FailureType, Queue, QueueItem, Review, Rubric, Slot
from common.found import found
from common.keys import is_key
from traces.models import AgentSession


def get_queue(project: Project, queue_id: int) -> Queue:
    """A queue of this project; else Http404."""
    queues = Queue.objects.select_related("rubric", "project")
    return found(queues.filter(project=project, pk=queue_id), "No such queue.")


def get_slot(project: Project, slot_id: int) -> Slot:
    """A slot in a queue of this project; else Http404."""
    slots = Slot.objects.select_related("queue__rubric", "item__session").order_by()
    slot = found(slots.filter(queue__project=project, pk=slot_id), "No such place in a queue.")
    slot.queue.project = slot.item.session.project = project
    return slot


def get_item(project: Project, queue_id: int, item_id: int) -> QueueItem:
    """A session in this queue of the project; else Http404."""
    items = QueueItem.objects.work().select_related("queue__project", "session")
    return found(items.filter(queue__project=project, queue__pk=queue_id, pk=item_id), "No such session in this queue.")


def get_failure_type(project: Project, type_id: int) -> FailureType:
    """A failure type of this project; else Http404."""
    types = FailureType.objects.select_related("merged_into", "project")
    return found(types.filter(project=project, pk=type_id), "No such failure type.")


def get_rubric(project: Project, rubric_id: int) -> Rubric:
    """A version of a rubric of this project, with its questions; else Http404."""
    rubrics = Rubric.objects.select_related("project", "created_by", "because_of").prefetch_related("questions")
    return found(rubrics.filter(project=project, pk=rubric_id), "No such rubric.")


def get_gold(project: Project, review_id: int) -> Review:
    """A gold judgement of this project that stands; else Http404."""
    golds = Review.objects.select_related("session", "reviewer").filter(project=project, is_gold=True)
    return found(golds.filter(pk=review_id, withdrawn_at=None), "No such gold judgement.")


def get_comment(project: Project, comment_id: int, *, session: AgentSession | None = None) -> Comment:
    """A comment of this project, on this session where one is given, that was not taken back; else Http404."""
    comments = Comment.objects.select_related("author", "session__project").filter(project=project, withdrawn_at=None)
    of_session = comments if session is None else comments.filter(session=session)
    return found(of_session.filter(pk=comment_id), "No such comment.")


def get_measured(membership: Membership, membership_id: int) -> User:
    """Whose calibration this member may see: their own, and for leads everybody's of the project; else Http404."""
    people = Membership.objects.select_related("user").filter(project=membership.project_id)
    seen = people if membership.may(Role.LEAD) else people.filter(pk=membership.pk)
    return found(seen.filter(pk=membership_id), "No such person.").user


def get_person(project: Project, person_id: int) -> Membership:
    """The membership of this person in the project; else Http404."""
    people = Membership.objects.select_related("user", "project").filter(project=project)
    return found(people.filter(user=person_id) if is_key(str(person_id)) else people.none(), "No such person.")


def reviewers_of(project: Project) -> QuerySet[User]:
    """Who may judge sessions of the project: active members from the role of a reviewer up, by name."""
    roles = [role for role in Role if role.at_least(Role.REVIEWER)]
    return User.objects.filter(is_active=True, memberships__project=project, memberships__role__in=roles).order_by(
        "name", "email"
    )
