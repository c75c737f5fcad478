"""Which sessions of a project are in its sample. Plain values only."""

import hashlib

WHOLE = 2**64


def is_in_sample(salt: str, name: str, share: float) -> bool:
    """Whether the session or trace of this name is one of the share (0 to 1) that is kept.

    The same name always gets the same answer, whichever process asks and in whatever order spans come; a larger share
    holds all that a smaller one did. `salt` keeps projects' samples apart.
    """
    if share >= 1:
        return True
    digest = hashlib.sha256(f"{salt}:{name}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8]) < share * WHOLE
