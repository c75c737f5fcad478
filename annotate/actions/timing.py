"""What browsers measured of reviews. Kept beside the judgement: a wrong clock refuses nobody's work."""

from dataclasses import asdict

from annotate.models import Review, ReviewTimes
from annotate.times import Times


def keep_times(*, review: Review, times: Times | None) -> None:
    """Keeps where the time of a review went, once: a submission that comes again changes nothing."""
    if times is not None:
        ReviewTimes.objects.get_or_create(review=review, defaults=asdict(times))
