"""Taking in: the one way in which any door keeps what it was sent. And what people do about what could not be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import ApiKey, Project, User
from common.busy import patience
from common.doorbell import Doorbell, ring
from common.errors import Refused
from ingest.dialects.batches import read_batch
from ingest.models import (
    BatchState,
    Intake,
    IntakeAct,
    IntakeEvent,
    ModelPrice,
    RawBatch,
    RedactionRule,
    Upload,
)
from ingest.pricing import Price
from ingest.quotas import charge
from ingest.receiving import TooLarge, Unreadable
from ingest.records import Checked
from ingest.redaction import redact_body
from ingest.redaction.rules import Redaction
from ingest.storing.batches import keep_batch
from ingest.storing.private import count_redactions, intake_of, start_redaction
from ingest.tasks import digest, import_uploads
from ingest.uploading import keep_pieces

# Exporters give a request 10 s and drop what was in it; one that is told to come again in time keeps it.
DOOR_SECONDS = 2.5
RAN_OUT = (
    "The project's own redaction rules had no time for all of this body. Send less at once, or let an admin make them "
    "simpler under Settings, Privacy."
)
MOST_TOLD = 20
MOST_RULES = 20
MOST_PRICES = 1_000
digest_bell = Doorbell(digest)


def accept(
    key: ApiKey,
    door: str,
    content_type: str,
    body: bytes,
    found: Checked,
    *,
    source: str = "",
    replaces: bool = False,
) -> bool:
    """Commits a decompressed body and wakes a worker; False when the same bytes are here already.

    What the project's rules call private is taken out first: Unreadable or TooLarge where that leaves too little of it.
    TooMuch where it passes the daily limit, OperationalError where the database has no time for it within DOOR_SECONDS.
    `found` says what is in the body, `source` which program sent it; `replaces`: see `keep_batch`.
    """
    intake = intake_of(key.project)
    redaction = start_redaction(intake)
    if redaction is not None:
        body = redact_body(redaction, door, content_type, body)
        source = redaction.text(source)
        found = _without_private_words(redaction, door, content_type, body, found)
    counts = redaction.counts if redaction is not None else Counter()
    # Only what must be there together with the batch needs a transaction of its own.
    together = transaction.atomic() if counts or intake.daily_limit is not None else nullcontext()
    with patience(DOOR_SECONDS), together:
        kept = keep_batch(key, door, content_type, body, found, source=source, replaces=replaces)
        if kept:
            charge(intake, found.items)
            count_redactions(key.project_id, counts)
    if kept:
        digest_bell.ring()
    return kept


def _without_private_words(redaction: Redaction, door: str, content_type: str, body: bytes, found: Checked) -> Checked:
    """What was found in a body, of which the words are gone that the rules took out.

    Raises for a body that they made unreadable in part: a rule may make two names one, or take out what must be there.
    """
    if redaction.ran_out:
        raise TooLarge(RAN_OUT)
    if redaction.counts:
        left = read_batch(door, content_type, body).checked
        if left.items < found.items:
            why = "; ".join(left.reasons[-1:])
            raise Unreadable(f"The project's redaction rules leave {left.items} of {found.items} items readable. {why}")
    return replace(found, reasons=tuple(map(redaction.text, found.reasons)))


def retry_batches(
    *, project: Project, batch_id: int | None = None, actor: User | None = None, key: ApiKey | None = None
) -> int:
    """Lets a failed batch of the project, or all of them, be read again as if it had just come; how many."""
    with transaction.atomic():
        number = _failed(project, batch_id).update(
            state=BatchState.WAITING, attempts=0, claim="", claimed_until=None, reason=""
        )
        _note(project, IntakeAct.RETRIED, number, actor=actor, key=key)
    if number:
        ring(digest)
    return number


def discard_batches(*, project: Project, batch_id: int | None = None, actor: User) -> int:
    """Deletes a failed batch of the project, or all of them; how many. The history says what they were."""
    with transaction.atomic():
        chosen = _failed(project, batch_id)
        told = chosen.order_by("-pk").values_list("door", "received_at", "sha256", "reason")[:MOST_TOLD]
        lines = [
            f"{door}, received {at:%Y-%m-%d %H:%M} UTC, sha256 {hash_}: {why[:200]}" for door, at, hash_, why in told
        ]
        number, _ = chosen.delete()
        _note(project, IntakeAct.DISCARDED, number, actor=actor, detail="\n".join(lines))
    return number


def _failed(project: Project, batch_id: int | None) -> QuerySet[RawBatch]:
    failed = RawBatch.objects.filter(project=project, state=BatchState.FAILED)
    return failed if batch_id is None else failed.filter(pk=batch_id)


def _note(
    project: Project, act: IntakeAct, number: int, *, actor: User | None, key: ApiKey | None = None, detail: str = ""
) -> None:
    if number:
        IntakeEvent.objects.create(
            project=project,
            actor=actor,
            api_key=key,
            act=act,
            batches=number,
            detail=detail,
            happened_at=timezone.now(),
        )


def keep_upload(*, project: Project, user: User, name: str, pieces: Iterable[bytes]) -> Upload:
    """Stores an uploaded file as it comes, and wakes a worker that imports it. What `pieces` raises leaves nothing."""
    upload = keep_pieces(project, user, name, pieces)
    ring(import_uploads)
    return upload


def retry_upload(upload: Upload) -> bool:
    """Lets a failed import be tried again from the start; False when it has not failed."""
    waits = Upload.objects.filter(pk=upload.pk, state=BatchState.FAILED, size__gt=0).update(
        state=BatchState.WAITING,
        attempts=0,
        claimed_until=None,
        finished_at=None,
        reason="",
        entries_seen=0,
        bytes_seen=0,
        report={},
    )
    if waits:
        ring(import_uploads)
    return bool(waits)


def remove_upload(upload: Upload) -> None:
    """Takes an upload and its pieces away. A worker that is at it notices at its next step."""
    upload.delete()


def change_patterns(*, project: Project, redact: Sequence[str]) -> None:
    """Which built-in patterns are on, from the next request on."""
    Intake.objects.update_or_create(project=project, defaults={"redact": list(redact)})


def add_rule(*, project: Project, name: str, pattern: str, replacement: str) -> RedactionRule:
    """A pattern of the project's own; Refused where its name is taken or there are too many."""
    with transaction.atomic():
        Intake.objects.get_or_create(project=project)
        rules = RedactionRule.objects.filter(project=project)
        if rules.count() >= MOST_RULES:
            raise Refused(
                f"{MOST_RULES} rules are the most. Remove one, or join two with a | in between.", field="name"
            )
        rule, is_new = rules.get_or_create(
            project=project, name=name, defaults={"pattern": pattern, "replacement": replacement}
        )
        if not is_new:
            raise Refused("There is a rule of this name already.", field="name")
    return rule


def switch_rule(*, rule: RedactionRule, is_on: bool) -> None:
    rule.is_on = is_on
    rule.save(update_fields=["is_on"])


def remove_rule(*, rule: RedactionRule) -> None:
    rule.delete()


def change_limits(
    *,
    project: Project,
    sample_share: float,
    daily_limit: int | None,
    keep_raw_days: int,
    keep_sessions_days: int | None,
) -> None:
    """How much is taken in and how long it is kept."""
    Intake.objects.update_or_create(
        project=project,
        defaults={
            "sample_share": sample_share,
            "daily_limit": daily_limit,
            "keep_raw_days": keep_raw_days,
            "keep_sessions_days": keep_sessions_days,
        },
    )


def save_prices(*, project: Project, prices: Iterable[Price]) -> int:
    """Adds prices, or brings them up to date; how many. All of them or none: Refused beyond MOST_PRICES."""
    rows = {price.model: ModelPrice(project=project, **asdict(price)) for price in prices}
    with transaction.atomic():
        ModelPrice.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["project", "model"],
            update_fields=["usd_in", "usd_out", "usd_cache_read", "usd_cache_write"],
        )
        if ModelPrice.objects.filter(project=project).count() > MOST_PRICES:
            raise Refused(f"{MOST_PRICES} prices are the most. One with a * at its end can stand for many models.")
    return len(rows)


def remove_price(*, price: ModelPrice) -> None:
    price.delete()
