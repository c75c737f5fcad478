"""The doors to annotate's objects: each starts from the project, and missing looks like forbidden."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Membership, Project, Role, User
from annotate.models import Comment, FailureType, Queue, QueueItem, Review, Rubric, Slot
from common.keys import is_key
from traces.models import AgentSession


def get_queue(project: Project, queue_id: int) -> Queue:
    """A queue of this project; else Http404."""
    queue = Queue.objects.select_related("rubric", "project").filter(project=project, pk=queue_id).first()
    if queue is None:
        raise Http404("No such queue.")
    return queue


def get_slot(project: Project, slot_id: int) -> Slot:
    """A slot in a queue of this project; else Http404."""
    slots = Slot.objects.select_related("queue__rubric", "item__session").order_by()
    slot = slots.filter(queue__project=project, pk=slot_id).first()
    if slot is None:
        raise Http404("No such place in a queue.")
    slot.queue.project = slot.item.session.project = project
    return slot


def get_item(project: Project, queue_id: int, item_id: int) -> QueueItem:
    """A session in this queue of the project; else Http404."""
    items = QueueItem.objects.work().select_related("queue__project", "session")
    item = items.filter(queue__project=project, queue__pk=queue_id, pk=item_id).first()
    if item is None:
        raise Http404("No such session in this queue.")
    return item


def get_failure_type(project: Project, type_id: int) -> FailureType:
    """A failure type of this project; else Http404."""
    kind = FailureType.objects.select_related("merged_into", "project").filter(project=project, pk=type_id).first()
    if kind is None:
        raise Http404("No such failure type.")
    return kind


def get_rubric(project: Project, rubric_id: int) -> Rubric:
    """A version of a rubric of this project, with its questions; else Http404."""
    rubrics = Rubric.objects.select_related("project", "created_by", "because_of").prefetch_related("questions")
    rubric = rubrics.filter(project=project, pk=rubric_id).first()
    if rubric is None:
        raise Http404("No such rubric.")
    return rubric


def get_gold(project: Project, review_id: int) -> Review:
    """A gold judgement of this project that stands; else Http404."""
    golds = Review.objects.select_related("session", "reviewer").filter(project=project, is_gold=True)
    review = golds.filter(pk=review_id, withdrawn_at=None).first()
    if review is None:
        raise Http404("No such gold judgement.")
    return review


def get_comment(project: Project, comment_id: int, *, session: AgentSession | None = None) -> Comment:
    """A comment of this project, on this session where one is given, that was not taken back; else Http404."""
    comments = Comment.objects.select_related("author", "session__project").filter(project=project, withdrawn_at=None)
    of_session = comments if session is None else comments.filter(session=session)
    comment = of_session.filter(pk=comment_id).first()
    if comment is None:
        raise Http404("No such comment.")
    return comment


def get_measured(membership: Membership, membership_id: int) -> User:
    """Whose calibration this member may see: their own, and for leads everybody's of the project; else Http404."""
    asked = Membership.objects.select_related("user").filter(project=membership.project_id, pk=membership_id).first()
    if asked is None or (asked.pk != membership.pk and not membership.may(Role.LEAD)):
        raise Http404("No such person.")
    return asked.user


def get_person(project: Project, person_id: int) -> Membership:
    """The membership of this person in the project; else Http404."""
    people = Membership.objects.select_related("user", "project").filter(project=project)
    found = people.filter(user=person_id).first() if is_key(str(person_id)) else None
    if found is None:
        raise Http404("No such person.")
    return found


def reviewers_of(project: Project) -> QuerySet[User]:
    """Who may judge sessions of the project: active members from the role of a reviewer up, by name."""
    roles = [role for role in Role if role.at_least(Role.REVIEWER)]
    return User.objects.filter(is_active=True, memberships__project=project, memberships__role__in=roles).order_by(
        "name", "email"
    )
