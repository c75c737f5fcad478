"""What a gold judgement does to the failures that reviewers told of: those it does not adopt are overruled.

An overruled failure is withdrawn for as long as that judgement stands, so that no count, export or group takes it for
one that holds. It keeps its place in an issue, uncounted, and has it again as soon as the judgement is taken back.
"""

from django.db.models import QuerySet
from django.utils import timezone

from annotate.models import Failure, Review
from annotate.queries.gold import gold_of
from common.errors import Refused


def lock_failures(failures: QuerySet[Failure]) -> None:
    """Until the transaction ends, in one order: two that write the same ones in different orders wait for each other.

    Who also locks failure types does that before.
    """
    list(failures.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def overrule(failures: QuerySet[Failure], gold: Review) -> None:
    """Withdraws those of the failures that stand, until `gold` is taken back."""
    now = timezone.now()
    failures.filter(withdrawn_at=None).update(withdrawn_at=now, updated_at=now, overruled_by=gold)


def reinstate(gold: Review) -> None:
    """Lets stand again what `gold` overruled, but for what its reviewer has taken back since."""
    overruled = Failure.objects.filter(overruled_by=gold, review__withdrawn_at=None)
    overruled.update(withdrawn_at=None, updated_at=timezone.now(), overruled_by=None)


def overrule_late(review: Review) -> None:
    """What is told of a session after a lead has settled it waits for that lead: it does not count by itself."""
    gold = gold_of(review.session_id)
    if gold is not None:
        overrule(Failure.objects.filter(review=review), gold)


def keep_adopted(review: Review) -> None:
    """Refused where a lead has adopted what the review tells of: it is theirs to change now."""
    if Review.objects.filter(adopts__review=review, is_gold=True, withdrawn_at=None).exists():
        raise Refused("A lead has settled this session and built on your review. Ask them to change it.")
