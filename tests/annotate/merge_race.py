"""One of several that race for a failure type: `tests.annotate.merge_race NAMED|BROKEN|MERGE|COUNT …`.

NAMED and BROKEN tell failures of the reviews that follow, with the type named "Old"; MERGE merges it into "New" as
soon as one is told; COUNT prints how many failures there are, and how many of them have a merged type.
"""

import sys
import time

from django.db import transaction

from accounts.models import User
from annotate.actions.naming import types_named
from annotate.actions.types import merge_types
from annotate.models import Failure, FailureType, Review
from tests.builders import make_failure
from tests.racer import await_all, say

LOOK_AGAIN_SECONDS = 0.005
WINDOW_SECONDS = 0.03


def main(variant: str, numbers: list[int]) -> None:
    await_all()
    {"NAMED": _named, "BROKEN": _broken, "MERGE": _merge, "COUNT": _count}[variant](numbers)


def _named(reviews: list[int]) -> None:
    """The product's own way: the type is locked until the failure stands."""
    for review in Review.objects.filter(pk__in=reviews).select_related("reviewer"):
        with transaction.atomic():
            named = types_named(session=review.session, names=["old"], creator=review.reviewer)
            time.sleep(WINDOW_SECONDS)
            make_failure(review, failure_type=named["old"])


def _broken(reviews: list[int]) -> None:
    """The same with the lock removed: look, then write. Somebody may merge between the two."""
    for review in Review.objects.filter(pk__in=reviews):
        kind = FailureType.objects.get(name="Old")
        time.sleep(WINDOW_SECONDS)
        make_failure(review, failure_type=kind.merged_into or kind)


def _merge(numbers: list[int]) -> None:
    while not Failure.objects.exists():
        time.sleep(LOOK_AGAIN_SECONDS)
    old, new = (FailureType.objects.get(name=name) for name in ("Old", "New"))
    say(merge_types(into=new, type_ids=[old.pk], actor=User.objects.get(pk=numbers[0])))


def _count(_numbers: list[int]) -> None:
    stray = Failure.objects.filter(failure_type__merged_into__isnull=False)
    say(Failure.objects.count(), stray.count())


if __name__ == "__main__":
    main(sys.argv[1], [int(number) for number in sys.argv[2:]])
