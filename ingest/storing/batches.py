"""The first phase's one write: an accepted body as a row, before the sender hears that it was accepted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import ApiKey
from common import rows
from common.compression import compress, decompress
from ingest.models import BatchState, RawBatch
from ingest.records import Checked
from ingest.storing.together import Together

SAME_BODY_WITHIN = timedelta(hours=24)
COLUMNS = (
    *("project_id", "api_key_id", "door", "content_type", "body", "sha256", "source", "items", "rejected"),
    *("received_at", "reason"),
)
SAME = ("pk", "project_id", "door", "sha256", "state", "received_at")
NOTHING_SAID = Checked()
Place = tuple[int, str, str]


@dataclass(frozen=True)
class Sent:
    """An accepted body on its way into a row. `replaces`: see `keep_batch`."""

    batch: RawBatch
    replaces: bool

    @property
    def place(self) -> Place:
        """What the same body through the same door has too."""
        return self.batch.project_id, self.batch.door, self.batch.sha256


def keep_batch(
    key: ApiKey,
    door: str,
    content_type: str,
    body: bytes,
    found: Checked = NOTHING_SAID,
    *,
    source: str = "",
    replaces: bool = False,
) -> bool:
    """Commits the body; False when the same bytes are here already, as after a lost answer.

    `found` says what is in it. `replaces`: it takes the place of what stood before, so that the same bytes are news
    again once others have come in between.
    """
    batch = RawBatch(
        project=key.project,
        api_key=key,
        door=door,
        content_type=content_type,
        body=compress(body),
        sha256=hashlib.sha256(body).hexdigest(),
        source=source,
        items=found.items,
        rejected=found.rejected,
        received_at=timezone.now(),
        reason="; ".join(found.reasons)[:2000],
    )
    sent = Sent(batch, replaces)
    # Inside of a transaction nothing is committed yet that another thread could be told of.
    return _keep([sent])[0] if connection.in_atomic_block else _together.do(sent)


def _keep(sent: Sequence[Sent]) -> list[bool]:
    """Commits all of them at once; of each whether it is new."""
    with transaction.atomic():
        known = _known(sent)
        kept: dict[Place, RawBatch] = {}
        news = [_is_news(one, known) and kept.setdefault(one.place, one.batch) is one.batch for one in sent]
        rows.insert(RawBatch, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in kept.values()))
    return news


# A busy database is busy for all of them; to ask it again for each would keep them waiting as many times over.
_together = Together(_keep, for_all=OperationalError)


def _known(sent: Sequence[Sent]) -> dict[Place, int]:
    """The newest batch of the last day that holds the same body and has not failed, by its place."""
    projects, hashes = {one.batch.project_id for one in sent}, {one.batch.sha256 for one in sent}
    # Nothing but what the index is over: what more is asked in SQL costs more to write out than it spares.
    same = RawBatch.objects.filter(project__in=projects, sha256__in=hashes).values_list(*SAME)
    since = timezone.now() - SAME_BODY_WITHIN
    return {
        (project, door, sha256): pk
        for pk, project, door, sha256, state, received_at in sorted(same)
        if received_at >= since and state != BatchState.FAILED
    }


def _is_news(sent: Sent, known: Mapping[Place, int]) -> bool:
    same = known.get(sent.place)
    if same is None:
        return True
    later = RawBatch.objects.filter(project=sent.batch.project_id, door=sent.batch.door, pk__gt=same)
    return sent.replaces and later.exists()


def body_of(batch: RawBatch) -> bytes:
    """The body as it was sent, decompressed."""
    return decompress(batch.body)
