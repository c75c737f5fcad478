"""A process that charges a project as often as it may, and prints how often it was let (`PROJECT TRIES`)."""

import sys

from django.db import OperationalError, transaction

from common.errors import TooMuch
from ingest.models import Intake
from ingest.quotas import charge
from tests.racer import await_all, say


def main(project_id: int, tries: int) -> None:
    intake = Intake.objects.get(project=project_id)
    await_all()
    let = 0
    while tries:
        try:
            with transaction.atomic():
                charge(intake, 3)
        except TooMuch:
            tries -= 1
        except OperationalError:
            continue
        else:
            let += 1
            tries -= 1
    say(let)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
