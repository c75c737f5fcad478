"""One of two leads who settle the same sessions: `tests.annotate.gold_race ONE|BROKEN|STANDING LEAD …`.

ONE and BROKEN print the id of each session that they settled, of those that follow; STANDING prints how many
settlements stand, and how many failures stand that no standing settlement adopted.
"""

import sys
import uuid

from accounts.models import User
from annotate.actions import gold
from annotate.models import Failure, Review
from common.errors import Refused
from tests.racer import await_all, say
from traces.models import AgentSession


def main(variant: str, lead: int, sessions: list[int]) -> None:
    await_all()
    if variant == "STANDING":
        _standing()
        return
    if variant == "BROKEN":
        _look_no_more()
    for session in sessions:
        if _settle(lead, session):
            say(session)


def _look_no_more() -> None:
    """The same without a look at what stands by now: who comes second takes back what the first has settled."""
    gold._check_standing = lambda standing, expected: None  # noqa: ARG005  # takes what the real one takes


def _settle(lead: int, session: int) -> bool:
    """The product's own way; each lead adopts the failure whose note is their id."""
    adopted = list(Failure.objects.filter(session=session, note=str(lead)).values_list("pk", flat=True))
    try:
        gold.settle(
            session=AgentSession.objects.get(pk=session),
            lead=User.objects.get(pk=lead),
            client_id=uuid.uuid4(),
            outcome="failure",
            reason="I came first.",
            adopted=adopted,
        )
    except Refused:
        return False
    return True


def _standing() -> None:
    golds = Review.objects.filter(is_gold=True, withdrawn_at=None)
    stray = Failure.objects.filter(withdrawn_at=None).exclude(adopted_by__in=golds)
    say(golds.count(), stray.count())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(number) for number in sys.argv[3:]])
