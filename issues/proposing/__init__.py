"""What machines do about issues: place what waits, look at everything, write proposals, compare two issues."""

from issues.proposing.comparing import Comparison, Side, compare
from issues.proposing.maintaining import ask_nightly, ask_to_maintain, maintain_waiting
from issues.proposing.typical import representatives, telling_words
from issues.proposing.waiting import place_waiting, projects_with_work, release_withdrawn
from issues.proposing.writing import fingerprint, taken_titles

__all__ = [
    "Comparison",
    "Side",
    "ask_nightly",
    "ask_to_maintain",
    "compare",
    "fingerprint",
    "maintain_waiting",
    "place_waiting",
    "projects_with_work",
    "release_withdrawn",
    "representatives",
    "taken_titles",
    "telling_words",
]
