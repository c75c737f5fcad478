"""A released mechanism finds what it found: groups and memberships are stored under its name."""

from pathlib import Path

import pytest
from django.conf import settings

from clustering.engine.mask import TEXT_VERSION
from clustering.engine.mechanisms import MECHANISMS
from tests.frozen import complaint, digest_of_source

# Of each mechanism the modules that decide, and the digest of what they were when it was released.
FROZEN: dict[str, dict[str, str]] = {
    "v1": {
        "compare.py": "f98f108db0d0",
        "group.py": "a53692c8c74a",
        "linkage.py": "be99127c4fcb",
        "linked.py": "fe0ea821adeb",
        "links.py": "3552997747fc",
        "matching.py": "28a1a2a84760",
    },
    "v2": {
        "average.py": "191a0e0efaf8",
        "compare.py": "f98f108db0d0",
        "drawing.py": "de72b2de2b22",
        "group.py": "a53692c8c74a",
        "linkage.py": "be99127c4fcb",
        "linked.py": "fe0ea821adeb",
        "links.py": "3552997747fc",
        "matching.py": "28a1a2a84760",
        "merging.py": "78a38febbee4",
        "windows.py": "ec830e10c8fb",
    },
}
# What is compared: a text carries the version of what masked it. (TEXT_VERSION, digest of mask.py)
MASK = (1, "c06a903f5a50")
MODULES = [(mechanism, module) for mechanism, modules in FROZEN.items() for module in modules]


def test_every_mechanism_is_frozen() -> None:
    assert FROZEN.keys() == MECHANISMS.keys()


@pytest.mark.parametrize(("mechanism", "module"), MODULES)
def test_mechanism_is_what_it_was(mechanism: str, module: str) -> None:
    now = digest_of_source(Path(settings.BASE_DIR, "clustering/engine", module))
    assert now == FROZEN[mechanism][module], (
        f"{module} is no longer what mechanism {mechanism} was, and what is stored under that name would not say so. "
        f"Leave it as it was and register a new mechanism. Only where it surely finds just what it found before, "
        f"write {now!r} in FROZEN of {__name__}."
    )


def test_masking_is_what_it_was() -> None:
    digest = digest_of_source(Path(settings.BASE_DIR, "clustering/engine/mask.py"))
    wrong = complaint("mask.py", f"MASK of {__name__}", MASK, (TEXT_VERSION, digest))
    assert not wrong, wrong
