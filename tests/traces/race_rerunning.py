"""One of several processes that work on the same run: `python -m tests.traces.race_rerunning ONE|BROKEN|SETTLING`.

All but SETTLING take the run though others hold its lease, as if that had run out: only the look at how far it has come
keeps them apart. SETTLING has news of sessions meanwhile, and settles them.
"""

import os
import sys
from datetime import datetime
from unittest import mock

import django


def main(variant: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db.models import F, QuerySet  # noqa: PLC0415  # models exist only after setup
    from django.utils import timezone  # noqa: PLC0415

    from traces import rerunning  # noqa: PLC0415
    from traces.models import AgentSession, SignalRun  # noqa: PLC0415
    from traces.settling import settle_quiet  # noqa: PLC0415

    def leased_or_not(_now: datetime) -> QuerySet[SignalRun]:
        return SignalRun.objects.filter(finished_at=None)

    def wherever_it_stands(run: SignalRun) -> QuerySet[SignalRun]:
        """The run, with the condition removed."""
        return SignalRun.objects.filter(pk=run.pk)

    mock.patch("traces.rerunning._free", leased_or_not).start()
    mock.patch("traces.rerunning.AT_ONCE", 5).start()
    if variant == "BROKEN":
        mock.patch("traces.rerunning._left", wherever_it_stands).start()
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
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


if __name__ == "__main__":
    main(sys.argv[1])
