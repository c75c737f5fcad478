"""Who or what placed a failure in an issue, and how alike two notes are, in words."""

from collections.abc import Collection

from django.db import models

from clustering.engine.linkage import GAP

AS_ALIKE = 0.95  # of what each is in itself; two halves of one issue come out at 1, give or take


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


def verdict_in_words(between: float, within: Collection[float]) -> str:
    """What to make of how alike two sets of notes are, `between` them and `within` each of two or more: cosines."""
    if not within:
        return "One failure each is little to go by: read them."
    if between >= AS_ALIKE * min(within):
        return "That is as alike as the notes of one of them are among themselves: it may well be one failure mode."
    if between < GAP * min(within):
        return "That is far less alike than the notes of each are among themselves: they look like two."
    return "That is a little less alike than the notes of each are among themselves: read them."
