"""One of several processes that settle the same sessions: `python -m tests.traces.race ONE|BROKEN`.

It waits for a line on its input, so that all begin together, then prints how many sessions it settled.
"""

import os
import sys
from collections.abc import Sequence
from unittest import mock

import django


def main(variant: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db.models import F  # noqa: PLC0415  # models exist only after setup
    from django.utils import timezone  # noqa: PLC0415

    from traces import settling  # noqa: PLC0415
    from traces.models import AgentSession  # noqa: PLC0415
    from traces.storing import Evidence, May  # noqa: PLC0415

    def without_looking(found: Sequence[Evidence], may: May, *, waits: bool) -> int:
        """The write with its condition removed."""
        return sum(
            AgentSession.objects.filter(pk=one.session.pk).update(settled_revision=one.session.revision)
            for one in found
        )

    if variant == "BROKEN":
        mock.patch("traces.settling.write", without_looking).start()
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    settled = 0
    while AgentSession.objects.filter(settled_revision__lt=F("revision")).exists():
        settled += settling.settle_quiet(timezone.now(), limit=20)
    print(settled, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
