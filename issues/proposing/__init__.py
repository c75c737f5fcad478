"""What machines do about issues: place what waits, write proposals, choose who speaks for an issue."""

from issues.proposing.typical import representatives
from issues.proposing.waiting import place_waiting, projects_with_work, release_withdrawn
from issues.proposing.writing import fingerprint, taken_titles

__all__ = ["fingerprint", "place_waiting", "projects_with_work", "release_withdrawn", "representatives", "taken_titles"]
