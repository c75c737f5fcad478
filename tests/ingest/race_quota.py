"""A process that charges a project again and again, and prints how often it was let."""

import sys

import django


def main(project_id: int, tries: int) -> None:
    from django.db import OperationalError, transaction  # noqa: PLC0415  # models exist only after setup

    from common.errors import TooMuch  # noqa: PLC0415  # models exist only after setup
    from ingest.models import Intake  # noqa: PLC0415  # models exist only after setup
    from ingest.quotas import charge  # noqa: PLC0415  # models exist only after setup

    intake = Intake.objects.get(project=project_id)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
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
    sys.stdout.write(f"{let}\n")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
