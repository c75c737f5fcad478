"""A queue that measures its reviewers wherever it can."""

from accounts.models import Project, User
from annotate.models import Outcome, Queue, QueueItem, Review
from tests.annotate.readers import review_in
from tests.builders import make_failure, make_review, make_session, make_talk
from traces.models import AgentSession


def make_read(project: Project, name: str) -> AgentSession:
    session = make_session(project, name, settled_revision=1)
    make_talk(session)
    return session


def settle_one(queue: Queue, name: str, reader: User, lead: User, outcome: Outcome = Outcome.FAILURE) -> Review:
    """A session that somebody judged and a lead settled: the gold judgement."""
    session = make_read(queue.project, name)
    review = review_in(queue, session, reader, Outcome.SUCCESS)
    QueueItem.objects.filter(slots__reviews=review).update(reasons=["the tool failed"], priority=0.7)
    gold = make_review(session, lead, outcome, is_gold=True, reason="Look at step 2.")
    if outcome == Outcome.FAILURE:
        make_failure(gold)
    return gold
