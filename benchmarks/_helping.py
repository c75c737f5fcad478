"""Gives the failures of a filled installation notes and vectors that mean something. Runs inside its Django."""

import random
from typing import Any

from django.db import transaction

from annotate.models import Failure, FailureType
from clustering.embedding import text_of
from clustering.engine.embed import get_embedder, to_bytes
from clustering.models import Embedding
from clustering.queries import model_name
from issues.models import Issue, IssueMembership

WHO = ("the agent", "it", "the assistant", "the bot")
DID = (
    *("promised a refund", "closed the ticket", "changed the address", "cancelled the order", "quoted a price"),
    *("booked a room", "asked for the code", "sent the invoice", "blocked the card", "moved the appointment"),
)
ALTHOUGH = (
    *("although the tool had failed", "without asking first", "for the wrong customer", "twice", "in another currency"),
    *("after the deadline", "although policy forbids it", "from an outdated document", "without checking who asked"),
    *("and never admitted the error",),
)
WHERE = (
    *("in the first answer", "after a long detour", "once the user pressed", "at the very end", "behind the scenes"),
    *("when the search was empty", "under load", "for a premium account", "on a holiday", "after a hand-over"),
)


def modes() -> list[str]:
    """A thousand things that can go wrong, each in its own words."""
    return [f"{did} {although} {where}" for did in DID for although in ALTHOUGH for where in WHERE]


@transaction.atomic
def describe(sessions: int) -> dict[str, Any]:
    """Gives each issue's failures words of its own and the vector of these, and as type what was done.

    Names sessions to ask about.
    """
    words = dict(zip(Issue.objects.order_by("number").values_list("pk", flat=True), modes(), strict=False))
    types = _name_types(list(words))
    vectors = dict(zip(words, get_embedder(model_name()).embed(list(words.values())), strict=True))
    dice = random.Random(7)
    issue_of = dict(IssueMembership.objects.values_list("failure_id", "issue_id"))
    rows = list(Embedding.objects.filter(failure__in=issue_of).select_related("failure"))
    for row in rows:
        issue = issue_of[row.failure_id]
        row.failure.note = f"{dice.choice(WHO)} {words[issue]}"
        row.failure.failure_type = types[issue]
        row.vector = to_bytes(vectors[issue])
    Failure.objects.bulk_update([row.failure for row in rows], ["note", "failure_type"], batch_size=500)
    texts = text_of([row.failure for row in rows])
    for row in rows:
        row.text = texts[row.failure_id]
    Embedding.objects.bulk_update(rows, ["text", "vector"], batch_size=200)
    newest = rows[0].project.sessions.order_by("-pk").values_list("pk", flat=True)[:sessions]
    return {"notes": modes(), "sessions": list(newest)}


def _name_types(issues: list[int]) -> dict[int, FailureType]:
    """By issue, the type that is called what was done."""
    types = list(FailureType.objects.order_by("pk")[: len(DID)])
    for kind, did in zip(types, DID, strict=True):
        kind.name = did
    FailureType.objects.bulk_update(types, ["name"])
    return {issue: types[place * len(DID) // len(issues)] for place, issue in enumerate(issues)}
