"""The facts of the intake in sentences that anybody understands, and what to do about a refusal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.queries.health import DAY, Health

SLOW_AFTER = timedelta(minutes=1)
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
MILLISECONDS = 1_000
ADVICE = {
    200: "The rest of the request was stored. Look at the program that builds these items.",
    400: "The body could not be read. The reason names the field or the byte at which the sender has to change.",
    403: "Give the program such a key. What was refused has to be sent again.",
    413: "The body is too large. Let the exporter send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE).",
    415: "Send application/x-protobuf or application/json; as encoding gzip, deflate, zstd or none.",
    429: "The project's daily limit is used up. An admin can raise it, or sample, in the project's settings.",
}
OTHERWISE = "Read the reason; the sender was told the same."


class Mood(StrEnum):
    """How worried the reader should be."""

    GOOD = "good"
    CALM = "calm"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One sentence, and how bad it is."""

    mood: Mood
    sentence: str


def verdict(health: Health, *others: Finding) -> list[Finding]:
    """What is to be said, the worst first; never nothing. `others`: what else is known to be wrong."""
    found = [*_unread(health), *_waiting(health), *others, *_silent(health), *_refused(health)]
    return found or [_all_well(health)]


def near_limit(used: int, limit: int, resets_at: datetime) -> Finding:
    """A warning before senders are turned away, and the word that they are."""
    said = f"{used:,} of the {limit:,} items that this project takes in a day have come"
    if used >= limit:
        return Finding(Mood.BAD, f"{said}: more is refused until {resets_at:%H:%M} UTC.")
    return Finding(Mood.WARN, f"{said}. What goes beyond is refused until {resets_at:%H:%M} UTC.")


def _unread(health: Health) -> list[Finding]:
    if not health.failed:
        return []
    number = f"{health.failed} batches" if health.failed > 1 else "1 batch"
    return [Finding(Mood.BAD, f"{number} could not be read. Nothing is lost: what was sent is kept until you decide.")]


def _waiting(health: Health) -> list[Finding]:
    if health.oldest_waiting_at is None or health.now - health.oldest_waiting_at < SLOW_AFTER:
        return []
    age = roughly(health.now - health.oldest_waiting_at)
    number = f"{health.waiting} batches wait" if health.waiting > 1 else "1 batch waits"
    return [Finding(Mood.WARN, f"{number} to be read, the oldest for {age}. Is a worker running?")]


def _silent(health: Health) -> list[Finding]:
    if health.last_at is None:
        return [] if health.waiting or health.failed else [Finding(Mood.CALM, "Nothing has come yet.")]
    age = health.now - health.last_at
    return [Finding(Mood.WARN, f"Nothing has come for {roughly(age)}.")] if age >= DAY else []


def _refused(health: Health) -> list[Finding]:
    number = health.refused_since_yesterday
    if not number:
        return []
    said = f"{number} requests were" if number > 1 else "1 request was"
    return [Finding(Mood.WARN, f"{said} refused since yesterday: see below why, and what to do.")]


def _all_well(health: Health) -> Finding:
    if health.last_at is None:
        return Finding(Mood.GOOD, "The first data is being read.")
    came = f"All is well: the newest data came {ago(health.now, health.last_at)}"
    lags = [program.lag_ms_mean for program in health.programs[:1] if program.lag_ms_mean is not None]
    return Finding(
        Mood.GOOD, f"{came}, and what comes can be read {lag_in_words(lags[0])} later." if lags else f"{came}."
    )


def advice(status: int) -> str:
    """What whoever runs the sender can do about an answer."""
    return ADVICE.get(status, OTHERWISE)


def ago(now: datetime, then: datetime) -> str:
    """12 seconds ago; just now."""
    age = now - then
    return f"{roughly(age)} ago" if age >= timedelta(seconds=2) else "just now"


def roughly(age: timedelta) -> str:
    """An age in its largest unit: 2 days, 1 hour, 12 seconds."""
    seconds = max(1, int(age.total_seconds()))
    unit, size = next((unit, size) for unit, size in UNITS if seconds >= size)
    return f"{seconds // size} {unit}{'s' if seconds // size > 1 else ''}"


def lag_in_words(milliseconds: int) -> str:
    """0.4 s; above a minute in its largest unit."""
    if milliseconds < UNITS[2][1] * MILLISECONDS:
        return f"{max(milliseconds, 100) / MILLISECONDS:.1f} s"
    return roughly(timedelta(milliseconds=milliseconds))
