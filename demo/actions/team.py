"""Plays a team: what several people read together, what their lead settles, what they say, and how one is measured.

Each step is sent under numbers of its own, as a browser does, so that a run that was stopped goes on.
"""

from collections.abc import Mapping, Sequence

from accounts.models import Project, User
from annotate.actions.adding import add_sessions
from annotate.actions.gold import settle
from annotate.actions.queues import QueueSettings, create_queue
from annotate.actions.rubrics import Edition, edit_rubric
from annotate.filling import make_default_queue
from annotate.models import Queue, QueueItem, Review, Rubric
from annotate.queries.gold import gold_of, reviewed_failures
from annotate.queries.rubrics import newest_of
from demo.actions.measuring import measure
from demo.actions.people import join
from demo.actions.reviewing import client_id, submit_opinion
from demo.actions.talking import talk
from demo.story import AgentRun
from demo.story.opinions import LEAD, REVIEWERS, of_one_reader, opinion
from demo.story.questions import CHANGED, GUIDANCE, QUESTIONS
from demo.story.remarks import REASONS
from demo.story.telling import REFUNDS, pick
from traces.models import AgentSession

QUEUE = "Refunds, read by two"
# The newest sessions of their workflow, however they went: so many are put into the queue, judged and settled.
CHOSEN, READ, SETTLED = 36, 30, 18


def play_team(*, project: Project, runs: Sequence[AgentRun]) -> None:
    """Lets the made-up people work together on sessions that have come in. Done again, it adds nothing."""
    people = join(project)
    chosen = [run for run in runs if run.workflow == REFUNDS][-CHOSEN:]
    queue = _queue(project, people[LEAD])
    items = _items(project, queue, chosen)
    read = [run for run in chosen[:READ] if run.external_id in items]
    for run in read:
        _read(items[run.external_id], run, people)
    for run in read[:SETTLED]:
        _settle(items[run.external_id].session, run, people[LEAD])
    sessions = {run.external_id: items[run.external_id].session for run in read}
    talk(project, read, sessions, people)
    measure(queue, read[:SETTLED], sessions, people)


def _queue(project: Project, lead: User) -> Queue:
    """A queue of two readers for each session, none of whom sees what the other said."""
    queue = Queue.objects.filter(project=project, name=QUEUE).first()
    if queue is not None:
        return queue
    settings = QueueSettings(
        name=QUEUE,
        reviewers_per_session=2,
        random_share=0,
        gold_share=0.1,
        repeat_share=0.05,
        fills_itself=False,
        is_blind=True,
        rubric=_rubric(project, lead),
    )
    return create_queue(project=project, creator=lead, filters={"workflow": [REFUNDS]}, settings=settings)


def _rubric(project: Project, lead: User) -> Rubric:
    """A version that asks more than the first one, which the other queue goes on asking."""
    newest = newest_of(make_default_queue(project).rubric)
    if newest.version > 1:
        return newest
    edition = Edition(guidance=newest.guidance + GUIDANCE, questions=QUESTIONS, changed=CHANGED)
    return edit_rubric(rubric=newest, editor=lead, edition=edition)


def _items(project: Project, queue: Queue, runs: Sequence[AgentRun]) -> Mapping[str, QueueItem]:
    """The sessions in the queue, by the name under which they were sent; what was deleted is missing."""
    told = AgentSession.objects.filter(project=project, external_id__in=[run.external_id for run in runs])
    add_sessions(queue=queue, session_ids=list(told.values_list("pk", flat=True)))
    items = QueueItem.objects.work().filter(queue=queue).select_related("session")
    return {item.session.external_id: item for item in items}


def _read(item: QueueItem, run: AgentRun, people: Mapping[str, User]) -> None:
    """Two judge it: whoever did in another queue is not asked again, and theirs is the third judgement."""
    slot = item.slots.order_by("ordinal")[0]
    elsewhere = Review.objects.filter(session=item.session, is_gold=False).exclude(slot__queue=item.queue)
    done = set(elsewhere.values_list("reviewer_id", flat=True))
    able = [key for key in REVIEWERS if people[key].pk not in done]
    if len(able) == len(REVIEWERS):
        able.remove(pick(REVIEWERS, "rests", run.external_id))
    for key in able:
        submit_opinion(slot, people[key], run, opinion(run, key), client_id("together", key, run.external_id))


def _settle(session: AgentSession, run: AgentRun, lead: User) -> None:
    """As it really was: with the failure of a reviewer who told it so, else in the lead's own words."""
    if gold_of(session) is not None:
        return
    truth = of_one_reader(run)
    told = [failure.pk for failure in reviewed_failures(session) if _is_so(failure.root_step, run)]
    settle(
        session=session,
        lead=lead,
        client_id=client_id("settled", run.external_id),
        outcome=truth.outcome,
        reason=REASONS[run.truth.mode if run.truth else None],
        adopted=told[:1],
        failures=[] if told else truth.failures,
        answers=opinion(run, LEAD).answers,
    )


def _is_so(root_step: str, run: AgentRun) -> bool:
    return run.truth is not None and root_step == run.truth.root_step
