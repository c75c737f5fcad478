"""One of several processes that settle the same sessions: `tests.traces.race ONE|BROKEN`.

It prints how many sessions it settled.
"""

import sys
from collections.abc import Sequence
from unittest import mock

from django.db.models import F
from django.utils import timezone

from tests.racer import await_all, say
from traces import settling
from traces.models import AgentSession
from traces.storing import Evidence, May


def main(variant: str) -> None:
    if variant == "BROKEN":
        mock.patch("traces.settling.write", _without_looking).start()
    await_all()
    settled = 0
    while AgentSession.objects.filter(settled_revision__lt=F("revision")).exists():
        settled += settling.settle_quiet(timezone.now(), limit=20)
    say(settled)


def _without_looking(found: Sequence[Evidence], may: May, *, waits: bool) -> int:
    """The write with its condition removed."""
    return sum(
        AgentSession.objects.filter(pk=one.session.pk).update(settled_revision=one.session.revision) for one in found
    )


if __name__ == "__main__":
    main(sys.argv[1])
