"""Who or what placed a failure in an issue, and how alike two notes are, in words."""

from django.db import models


class Source(models.TextChoices):
    """Who or what placed a failure in an issue, or that a person refused it there: such a row was never open."""

    PERSON = "person", "Person"
    PROPOSAL = "proposal", "Accepted proposal"
    EXACT = "exact", "Same text"
    MATCH = "match", "Clear match"
    REFUSED = "refused", "Left out"


def likeness_in_words(cosine: float) -> str:
    """How alike two notes are; what the numbers mean was read off the notes of four text sets."""
    for least, words in ((0.75, "nearly the same words"), (0.6, "very alike"), (0.45, "alike")):
        if round(cosine, 2) >= least:  # as the number beside the words is written
            return words
    return "loosely alike: look closely"
