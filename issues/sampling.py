"""Whether a failure is for training, for tuning or for testing, so that nothing leaks from one to the other. Pure.

**The rule.** An issue has a part, drawn by its number; a session in no issue has one, drawn by its id. All failures
of a session have the part of the issues that its failures are in. Where these issues have different parts, the session
has none: whichever it got, it would carry one issue's words into another's part. So no session and no issue is ever in
two parts, and nobody has to keep a list.

**The draw.** The first 8 bytes (big-endian) of the SHA-256 of a name, in tenths of 2**64: below 8 it is train, below 9
dev, else test. The name is `acme/issue/12` or `acme/session/345`, where `acme` is the project's, as in its address. The
same name has the same part for ever: the rule is frozen.
"""

from collections.abc import Collection
from hashlib import sha256

# Each with where it ends, in tenths.
ENDS = {"train": 8, "dev": 9, "test": 10}
PARTS = tuple(ENDS)
BYTES = 8


def part_of(project: str, session: int, issues: Collection[int]) -> str | None:
    """One of PARTS, or None where the issues are of several. `issues`: the numbers of all that the session is in."""
    names = [f"{project}/issue/{number}" for number in issues] or [f"{project}/session/{session}"]
    found = {_drawn(name) for name in names}
    return found.pop() if len(found) == 1 else None


def _drawn(name: str) -> str:
    drawn = int.from_bytes(sha256(name.encode()).digest()[:BYTES])
    return next(part for part, end in ENDS.items() if 10 * drawn < end << 8 * BYTES)
