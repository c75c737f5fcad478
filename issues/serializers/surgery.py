"""What a call says that merges, splits, moves, or takes back."""

from typing import Any

from rest_framework import serializers

from common.keys import LARGEST_KEY
from issues.deciding.opening import TITLE_LENGTH
from issues.serializers.plain import Plain

MOST = 1000  # failures or issues of one call
LARGEST_NUMBER = 2**31 - 1


class _Keys(serializers.ListField):
    """Whole numbers that rows may have, each once."""

    def __init__(self, *, largest: int, **kwargs: Any) -> None:
        child = serializers.IntegerField(min_value=1, max_value=largest)
        super().__init__(child=child, allow_empty=False, max_length=MOST, **kwargs)


class UndoSerializer(Plain):
    """Nothing but how to know a call that is sent again."""

    client_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Made by the caller: a call sent twice counts once."
    )


class DetachSerializer(UndoSerializer):
    """Which failures leave the issue."""

    failures = _Keys(largest=LARGEST_KEY, help_text=f"Their ids, at most {MOST:,}.")


class _OverrulingSerializer(UndoSerializer):
    overrule = serializers.BooleanField(
        default=False, help_text="Do it also where somebody said otherwise: what they said ends."
    )


class AttachSerializer(_OverrulingSerializer):
    """Which failures come in from no issue."""

    failures = _Keys(largest=LARGEST_KEY, help_text=f"Their ids, at most {MOST:,}. Those that are in an issue stay.")


class TakeSerializer(_OverrulingSerializer):
    """Which failures come in, from wherever they are."""

    failures = _Keys(largest=LARGEST_KEY, help_text=f"Their ids, at most {MOST:,}.")


class MergeSerializer(_OverrulingSerializer):
    """Which issues this one takes in."""

    others = _Keys(largest=LARGEST_NUMBER, help_text="Numbers of the issues that go.")


class SplitSerializer(_OverrulingSerializer):
    """Which failures leave, and where to: an issue that there is, else a new one."""

    failures = _Keys(largest=LARGEST_KEY, help_text=f"Ids of members of the issue, at most {MOST:,}. Some must stay.")
    into = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="Number of the issue that they go to; without it a new one is made.",
    )
    title = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=TITLE_LENGTH,
        help_text="Of the new issue; without one it is called by what its most typical failure says.",
    )
