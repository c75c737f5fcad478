"""One of several processes that work on the same run: `tests.traces.race_rerunning ONE|BROKEN|SETTLING`.

All but SETTLING take the run though others hold its lease, as if that had run out: only the look at how far it has come
keeps them apart. SETTLING has news of sessions meanwhile, and settles them.
"""

import sys
from datetime import datetime
from unittest import mock

from django.db.models import F, QuerySet
from django.utils import timezone

from tests.racer import await_all
from traces import rerunning
from traces.models import AgentSession, SignalRun
from traces.settling import settle_quiet


def main(variant: str) -> None:
    mock.patch("traces.rerunning._free", _leased_or_not).start()
    mock.patch("traces.rerunning.AT_ONCE", 5).start()
    if variant == "BROKEN":
        mock.patch("traces.rerunning._left", _wherever_it_stands).start()
    await_all()
    while SignalRun.objects.filter(finished_at=None).exists():
        if variant == "SETTLING":
            some = AgentSession.objects.order_by("?").values("pk")[:3]
            AgentSession.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(
                revision=F("revision") + 1
            )
            settle_quiet(timezone.now())
        else:
            rerunning.run_some(1)
    while settle_quiet(timezone.now()):
        pass


def _leased_or_not(_now: datetime) -> QuerySet[SignalRun]:
    return SignalRun.objects.filter(finished_at=None)


def _wherever_it_stands(run: SignalRun) -> QuerySet[SignalRun]:
    """The run, with the condition removed."""
    return SignalRun.objects.filter(pk=run.pk)


if __name__ == "__main__":
    main(sys.argv[1])
