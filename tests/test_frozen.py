"""What the digest of a source sees, and what is said of one that changed."""

from pathlib import Path

import pytest

from tests.frozen import complaint, digest_of_source

SOURCE = '''"""A detector."""

LIMIT = 1_000


def detect(steps: list[str]) -> list[str]:
    """Those that are long."""
    return [step for step in steps if len(step) > LIMIT and not step.startswith("#")]
'''


def digest(source: str, folder: Path) -> str:
    path = folder / "module.py"
    path.write_text(source)
    return digest_of_source(path)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"""A detector."""', '"""Another\n\ntext."""'),
        ('    """Those that are long."""\n', ""),
        ("LIMIT = 1_000", "LIMIT = 1000  # characters"),
        ("[step for step in steps if", "[\n        step\n        for step in steps\n        if"),
        ('"#"', "'#'"),
        ('"#"', '"" "#"'),
    ],
)
def test_digest_is_the_same_however_a_source_is_written(was: str, now: str, tmp_path: Path) -> None:
    assert was in SOURCE
    assert digest(SOURCE.replace(was, now), tmp_path) == digest(SOURCE, tmp_path)


@pytest.mark.parametrize(
    ("was", "now"),
    [("1_000", "1_001"), ("1_000", "0"), (" > ", " >= "), ("not step", "step"), ('"#"', '""'), ("detect", "found")],
)
def test_digest_is_another_for_another_meaning(was: str, now: str, tmp_path: Path) -> None:
    assert digest(SOURCE.replace(was, now), tmp_path) != digest(SOURCE, tmp_path)


def test_complaint_says_what_to_write() -> None:
    assert complaint("x.py", "FROZEN", (2, "abc"), (2, "abc")) == ""
    assert "Raise its version, then write (3, 'def') in FROZEN." in complaint("x.py", "FROZEN", (2, "abc"), (2, "def"))
    assert "write (3, 'def') in FROZEN." in complaint("x.py", "FROZEN", (2, "abc"), (3, "def"))
