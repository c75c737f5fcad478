"""The signal `novel`: written when a queue ranks, taken back when the like has been reviewed."""

import pytest

from accounts.models import Project, User
from annotate.filling import fill_queue
from annotate.models import Outcome, Queue, QueueItem
from tests.builders import make_queue, make_review, make_session, make_steps
from traces.models import AgentSession, DetectorSetting, Signal, StepKind
from traces.profile import profile_of
from traces.records import TOOL, USER, StepFacts


def session_calling(project: Project, name: str, request: str, *tools: str) -> AgentSession:
    steps = [StepFacts(1, "k1", "user", USER, text=request)]
    steps += [StepFacts(n, f"k{n}", "tool", TOOL, name=tool) for n, tool in enumerate(tools, start=2)]
    session = make_session(project, name, settled_revision=1, signals_revision=1, profile=profile_of(steps))
    make_steps(session, *[(StepKind.TOOL, {"name": tool}) for tool in tools])
    return session


def fill(queue: Queue) -> None:
    Queue.objects.filter(pk=queue.pk).update(ranked_at=None)
    fill_queue(Queue.objects.select_related("project").get(pk=queue.pk), limit=100)


@pytest.fixture
def strange(project: Project, lead: User) -> AgentSession:
    for n in range(20):
        known = session_calling(project, f"known {n}", "Please refund my order", "find_order", "refund")
        make_review(known, lead, Outcome.SUCCESS)
    return session_calling(project, "strange", "Delete everything about me", "scan", "wipe")


def test_a_session_unlike_all_reviewed_is_novel_and_says_why(project: Project, strange: AgentSession) -> None:
    queue = make_queue(project, random_share=0)
    fill(queue)

    signal = Signal.objects.get(kind="novel")
    assert (signal.session, signal.sentence) == (strange, "It calls “scan” and “wipe”, which no reviewed session did.")
    item = QueueItem.objects.get(session=strange)
    strange.refresh_from_db()
    assert "It calls “scan” and “wipe”, which no reviewed session did" in item.reasons
    assert (strange.signal_count, strange.signals_revision, item.signals_revision) == (1, 2, 2)


def test_a_novel_session_is_novel_no_more_when_its_like_was_reviewed(
    project: Project, lead: User, strange: AgentSession
) -> None:
    queue = make_queue(project, random_share=0)
    fill(queue)
    make_review(session_calling(project, "its like", "Delete everything about me", "scan", "wipe"), lead)
    fill(queue)

    assert not Signal.objects.filter(kind="novel").exists()


def test_a_project_that_switched_novel_off_gets_none(project: Project, strange: AgentSession) -> None:
    DetectorSetting.objects.create(project=project, detector="novel", switched_off=["novel"])
    fill(make_queue(project, random_share=0))

    assert not Signal.objects.filter(kind="novel").exists()
