"""What is believed before any review is a version of its own: stored priorities say by which they were told."""

from pathlib import Path

from django.conf import settings

from annotate.priority import novelty, prior
from annotate.priority.features import CONSISTENT, FARTHEST, TYPICAL, WORTH_OF_TYPICAL
from tests.frozen import complaint, digest_of, digest_of_source

# The version, and the digest of what it was then.
PRIOR = (2, "18c5ed691dbb")
NOVELTY = (2, "b00e27e40165")


def test_prior_is_what_it_was() -> None:
    numbers = (
        [sorted(table.items()) for table in (prior.WEIGHTS, prior.OF_SEGMENTS, TYPICAL)],
        (CONSISTENT, FARTHEST, WORTH_OF_TYPICAL),
    )
    wrong = complaint("The prior", f"PRIOR of {__name__}", PRIOR, (prior.PRIOR_VERSION, digest_of(numbers)))
    assert not wrong, wrong


def test_what_is_novel_is_what_it_was() -> None:
    path = "annotate/priority/novelty.py"
    digest = digest_of_source(Path(settings.BASE_DIR, path))
    wrong = complaint(path, f"NOVELTY of {__name__}", NOVELTY, (novelty.VERSION, digest))
    assert not wrong, wrong
