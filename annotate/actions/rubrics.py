"""What leads do with rubrics. A version is never changed: editing makes the next one, and judgements keep theirs."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field

from django.db import IntegrityError, transaction

from accounts.models import Project, User
from annotate.actions.adding import Added, add_sessions
from annotate.actions.naming import spaced
from annotate.actions.queues import QueueSettings, create_queue, set_queue_open
from annotate.models import Question, Queue, Review, Rubric
from annotate.queries.rubrics import keys_ever, wordings
from annotate.rubric_versions import Wording, same_lines, with_keys, with_since
from common.errors import Refused

MOST_QUESTIONS = 30


@dataclass(frozen=True)
class Edition:
    """What a lead wants the next version to be.

    `questions` in their order, each with the key that it has, or none; `meant`: the keys of those whose answers mean
    something else from now on, and `means_more` whether the outcome does; `changed`: what is new, in the lead's words;
    `name`: another name for all versions, or none.
    """

    guidance: str
    questions: Sequence[Wording]
    meant: Collection[str] = ()
    means_more: bool = False
    changed: str = ""
    because_of: Review | None = None
    queues: Collection[int] = field(default_factory=tuple)
    name: str = ""


@transaction.atomic
def create_rubric(
    *, project: Project, creator: User, name: str, guidance: str, questions: Sequence[Wording] = ()
) -> Rubric:
    """The first version of a rubric. Refused without a name, and for one that the project has."""
    name = spaced(name)
    if not name:
        raise Refused("Give it a name.", field="name")
    if Rubric.objects.filter(project=project, name__iexact=name).exists():
        raise _is_taken()
    rubric, is_new = Rubric.objects.get_or_create(
        project=project, name=name, version=1, defaults={"guidance": guidance.strip(), "created_by": creator}
    )
    if not is_new:
        raise _is_taken()
    _ask(rubric, with_keys(_checked(questions), ()))
    return rubric


@transaction.atomic
def edit_rubric(*, rubric: Rubric, editor: User, edition: Edition) -> Rubric:
    """The next version of a rubric, which the queues of `edition` ask from now on. Reviews that were given keep theirs.

    A new name is that of all versions, and the new one says what it was before. Refused for any version but the newest,
    where nothing would change, and for a name that another rubric has.
    """
    newest = _lock(rubric)
    if newest.pk != rubric.pk:
        raise Refused(f"Version {newest.version} was made meanwhile. Look at it, and begin from there.")
    before, version = wordings(newest), newest.version + 1
    asked = with_keys(_checked(edition.questions), keys_ever(newest))
    after = with_since(before, asked, version, edition.meant)
    guidance, name = same_lines(edition.guidance), spaced(edition.name) or newest.name
    if (name, guidance, after, edition.means_more) == (newest.name, same_lines(newest.guidance), before, False):
        raise Refused("This is what the newest version says already.")
    renamed = _rename(newest, name)
    made = Rubric.objects.create(
        project=newest.project,
        name=name,
        version=version,
        guidance=guidance,
        outcome_since=version if edition.means_more else newest.outcome_since,
        changed=f"{renamed} {edition.changed}".strip(),
        because_of=edition.because_of,
        created_by=editor,
    )
    _ask(made, after)
    _move(made, edition.queues)
    return made


def review_again(*, rubric: Rubric, session_ids: Sequence[int], actor: User) -> tuple[Queue, Added]:
    """Puts sessions into a queue of their own that asks this version. One version has one such queue.

    Refused where another queue has its name.
    """
    queue = _queue_again(rubric, actor)
    return queue, add_sessions(queue=queue, session_ids=session_ids)


@transaction.atomic
def _queue_again(rubric: Rubric, actor: User) -> Queue:
    # Two leads who ask for it at once get the same queue.
    _lock(rubric)
    ending = f" v{rubric.version}"
    name = f"Review again: {rubric.name}"[: 120 - len(ending)] + ending
    queue = Queue.objects.filter(project=rubric.project_id, name=name, rubric=rubric, fills_itself=False).first()
    if queue is None:
        settings = QueueSettings(name=name, fills_itself=False, random_share=0, rubric=rubric)
        return create_queue(project=rubric.project, creator=actor, filters={}, settings=settings)
    set_queue_open(queue=queue, is_open=True)
    return queue


def _is_taken() -> Refused:
    return Refused("There is a rubric of this name already.", field="name")


def _rename(rubric: Rubric, name: str) -> str:
    """Gives all versions another name; returns what the next one tells of it: nothing where the name stays."""
    if name == rubric.name:
        return ""
    versions = Rubric.objects.filter(project=rubric.project_id, name=rubric.name)
    if Rubric.objects.filter(project=rubric.project_id, name__iexact=name).exclude(pk__in=versions).exists():
        raise _is_taken()
    try:
        with transaction.atomic():
            versions.update(name=name)
    except IntegrityError as error:  # somebody took the name at this very moment
        raise _is_taken() from error
    return f"Renamed from “{rubric.name}”."


def _lock(rubric: Rubric) -> Rubric:
    """The newest version of the same rubric; whoever else edits it waits, and then sees the version made here.

    Refused where it was renamed since it was read.
    """
    same = Rubric.objects.filter(project=rubric.project_id, name=rubric.name)
    if same.select_for_update(no_key=True).filter(version=1).first() is None:
        raise Refused("This rubric was renamed meanwhile. Open it again, and begin from there.")
    # Asked anew: what was locked is told as it stood before the wait.
    return same.latest("version")


def _checked(questions: Sequence[Wording]) -> Sequence[Wording]:
    if len(questions) > MOST_QUESTIONS:
        raise Refused(f"A rubric asks at most {MOST_QUESTIONS} questions: nobody answers more with care.")
    return questions


def _ask(rubric: Rubric, questions: Sequence[Wording]) -> None:
    rows = [{**asdict(one), "options": one.options or {}} for one in questions]
    Question.objects.bulk_create(
        Question(rubric=rubric, position=position, **row) for position, row in enumerate(rows, start=1)
    )


def _move(rubric: Rubric, queue_ids: Collection[int]) -> None:
    """Those of the queues that ask this rubric in any version."""
    queues = Queue.objects.filter(project=rubric.project_id, rubric__name=rubric.name, pk__in=queue_ids)
    Queue.objects.filter(pk__in=list(queues.values_list("pk", flat=True))).update(rubric=rubric)
