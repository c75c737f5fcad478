"""What an issue remembers of its life beside its state: where it was fixed, and until when it is ignored."""

from typing import Any

from issues.lifecycle.ignoring import End

FOR_GOOD = End()
NO_FIX: dict[str, Any] = {"fixed_in_release": "", "fixed_at": None}


def ending_of(until: End, reason: str) -> dict[str, Any]:
    """The fields of an issue that is ignored until then; for good and without a reason: of one that is not."""
    return {
        "ignored_reason": reason,
        "ignore_end": until.kind.value,
        "ignore_until": until.at,
        "ignore_count": until.count,
        "ignore_days": until.days,
    }
