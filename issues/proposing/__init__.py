"""What machines do about issues: place what waits, write proposals, choose who speaks for an issue, compare two."""

from issues.proposing.comparing import Comparison, Side, compare
from issues.proposing.typical import representatives, telling_words
from issues.proposing.waiting import place_waiting, projects_with_work, release_withdrawn
from issues.proposing.writing import fingerprint, taken_titles

__all__ = [
    "Comparison",
    "Side",
    "compare",
    "fingerprint",
    "place_waiting",
    "projects_with_work",
    "release_withdrawn",
    "representatives",
    "taken_titles",
    "telling_words",
]
