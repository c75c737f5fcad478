"""One of two leads who settle the same sessions: `python -m tests.annotate.gold_race ONE|BROKEN|STANDING LEAD …`.

ONE and BROKEN print the id of each session that they settled, of those that follow; STANDING prints how many
settlements stand, and how many failures stand that no standing settlement adopted.
"""

import os
import sys
import time
import uuid

import django


def main(variant: str, lead: int, sessions: list[int]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    print("ready", flush=True)  # noqa: T201  # what the test reads
    time.sleep(max(0.0, float(sys.stdin.readline()) - time.time()))
    if variant == "STANDING":
        _standing()
        return
    if variant == "BROKEN":
        _look_no_more()
    for session in sessions:
        if _settle(lead, session):
            print(session, flush=True)  # noqa: T201


def _look_no_more() -> None:
    """The same without a look at what stands by now: who comes second takes back what the first has settled."""
    from annotate.actions import gold  # noqa: PLC0415  # models exist only after setup

    gold._check_standing = lambda standing, expected: None  # noqa: ARG005


def _settle(lead: int, session: int) -> bool:
    """The product's own way; each lead adopts the failure whose note is their id."""
    from accounts.models import User  # noqa: PLC0415
    from annotate.actions.gold import settle  # noqa: PLC0415
    from annotate.models import Failure  # noqa: PLC0415
    from common.errors import Refused  # noqa: PLC0415
    from traces.models import AgentSession  # noqa: PLC0415

    adopted = list(Failure.objects.filter(session=session, note=str(lead)).values_list("pk", flat=True))
    try:
        settle(
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
    from annotate.models import Failure, Review  # noqa: PLC0415

    golds = Review.objects.filter(is_gold=True, withdrawn_at=None)
    stray = Failure.objects.filter(withdrawn_at=None).exclude(adopted_by__in=golds)
    print(golds.count(), stray.count())  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(number) for number in sys.argv[3:]])
