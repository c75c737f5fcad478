"""One of several leads who edit a rubric: `tests.annotate.edition_race LOCKED|BROKEN RUBRIC USER`.

It prints the version that it made, or what kept it from making one.
"""

import sys
import time
from unittest import mock

from django.db import IntegrityError, transaction

from accounts.models import User
from annotate.actions.rubrics import Edition, edit_rubric
from annotate.models import Rubric
from common.errors import Refused
from tests.racer import await_all, say

WINDOW_SECONDS = 0.1


def main(variant: str, rubric_id: int, user_id: int) -> None:
    await_all()
    say(_edit(rubric_id, user_id) if variant == "LOCKED" else _edit_unlocked(rubric_id, user_id))


def _edit(rubric_id: int, user_id: int) -> str:
    rubric, editor = Rubric.objects.get(pk=rubric_id), User.objects.get(pk=user_id)
    try:
        return str(edit_rubric(rubric=rubric, editor=editor, edition=Edition(f"By {editor}.", [])).version)
    except Refused:
        return "refused"


def _edit_unlocked(rubric_id: int, user_id: int) -> str:
    """The same with the lock removed: all look, and then all write."""

    def looked(rubric: Rubric) -> Rubric:
        time.sleep(WINDOW_SECONDS)
        return rubric

    with (
        mock.patch("annotate.actions.rubrics._lock", looked),
        # One transaction would be a lock of its own on SQLite.
        mock.patch.object(transaction.Atomic, "__enter__"),
        mock.patch.object(transaction.Atomic, "__exit__", return_value=False),
    ):
        try:
            return _edit(rubric_id, user_id)
        except IntegrityError:
            return "crashed"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
