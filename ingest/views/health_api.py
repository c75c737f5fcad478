"""The facts of the health page over the API, for a team's own monitoring, and reading failed batches again."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Scope
from ingest.actions import retry_batches
from ingest.models import RawBatch
from ingest.queries.health import Health, Program, health_of
from ingest.queries.verdict import Finding, Mood, advice
from ingest.views.health import findings_of

Plain = serializers.Serializer[Any]


class FindingOut(Plain):
    """One sentence about the intake."""

    mood = serializers.ChoiceField(choices=[mood.value for mood in Mood])
    sentence = serializers.CharField()


class ProgramOut(Plain):
    """What one program sent with one key. Items are spans, log records, sessions and scores."""

    key = serializers.CharField(help_text="The key's name.")
    key_prefix = serializers.CharField()
    program = serializers.CharField(help_text="By its user agent; blank where it names none.")
    last_at = serializers.DateTimeField()
    items_this_hour = serializers.IntegerField()
    items_24h = serializers.IntegerField()
    items_7d = serializers.IntegerField()
    rejected_24h = serializers.IntegerField()
    lag_ms_mean = serializers.IntegerField(allow_null=True, help_text="From accepted to readable, last 24 hours.")
    lag_ms_max = serializers.IntegerField(allow_null=True)


class WaitingOut(Plain):
    """Batches that wait to be read."""

    batches = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)


class FailedBatchOut(Plain):
    """A batch that could not be read."""

    id = serializers.IntegerField()
    door = serializers.CharField()
    key = serializers.CharField(allow_null=True)
    program = serializers.CharField()
    received_at = serializers.DateTimeField()
    size = serializers.IntegerField(help_text="Bytes as stored.")
    reason = serializers.CharField()


class FailedOut(Plain):
    """How many batches could not be read, and the newest of them."""

    batches = serializers.IntegerField()
    newest = FailedBatchOut(many=True)


class RefusedOut(Plain):
    """Requests of the last seven days that were refused for one reason; status 200: in part."""

    status = serializers.IntegerField()
    reason = serializers.CharField(help_text="N stands for any number.")
    advice = serializers.CharField()
    door = serializers.CharField()
    key = serializers.CharField()
    program = serializers.CharField()
    times = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class UnmappedOut(Plain):
    """An attribute that nothing reads."""

    key = serializers.CharField()
    times = serializers.IntegerField()
    example = serializers.CharField()
    last_at = serializers.DateTimeField()


class HealthOut(Plain):
    """How the intake is doing; `findings` are never empty, the worst first."""

    mood = serializers.ChoiceField(choices=[mood.value for mood in Mood], help_text="That of the worst finding.")
    findings = FindingOut(many=True)
    last_at = serializers.DateTimeField(allow_null=True)
    programs = ProgramOut(many=True)
    waiting = WaitingOut()
    failed = FailedOut()
    refused = RefusedOut(many=True)
    unmapped = UnmappedOut(many=True)
    unresolved_scores = serializers.IntegerField()


class RetryIn(Plain):
    """Which batches to read again."""

    id = serializers.IntegerField(required=False, help_text="One failed batch; all of them where it is left out.")


class RetryOut(Plain):
    """How many batches will be read again."""

    retried = serializers.IntegerField()


@extend_schema(
    operation_id="health_ingest",
    summary="How the intake is doing",
    description="What comes in by key and program, what waits, what failed, what was refused and why. Alert on `mood`.",
    responses=HealthOut,
)
@keyed(GET=Scope.READ)
def health(request: Request) -> Response:
    """The facts of the health page."""
    project = cast("ApiKey", request.auth).project
    facts = health_of(project)
    return Response(HealthOut(_told(facts, findings_of(project, facts))).data)


@extend_schema(
    operation_id="health_ingest_retry",
    summary="Read failed batches again",
    description="After a fix: one failed batch by its `id`, or all of them.",
    request=RetryIn,
    responses={202: RetryOut},
)
@keyed(POST=Scope.WRITE)
def retry(request: Request) -> Response:
    """Lets failed batches be read again."""
    wanted = RetryIn(data=request.data)
    wanted.is_valid(raise_exception=True)
    key = cast("ApiKey", request.auth)
    number = retry_batches(project=key.project, batch_id=wanted.validated_data.get("id"), key=key)
    return Response(RetryOut({"retried": number}).data, status=status.HTTP_202_ACCEPTED)


def _told(health: Health, findings: list[Finding]) -> dict[str, Any]:
    return {
        "mood": findings[0].mood.value,
        "findings": findings,
        "last_at": health.last_at,
        "programs": [_program(program) for program in health.programs],
        "waiting": {"batches": health.waiting, "oldest_at": health.oldest_waiting_at},
        "failed": {"batches": health.failed, "newest": [_failed(batch) for batch in health.failed_batches]},
        "refused": [{**vars(row), "program": row.source, "advice": advice(row.status)} for row in health.refused],
        "unmapped": health.unmapped,
        "unresolved_scores": health.unresolved_scores,
    }


def _program(program: Program) -> dict[str, Any]:
    return {
        "key": program.key,
        "key_prefix": program.prefix,
        "program": program.source,
        "last_at": program.last_at,
        "items_this_hour": program.items_hour,
        "items_24h": program.items_day,
        "items_7d": program.items_week,
        "rejected_24h": program.rejected_day,
        "lag_ms_mean": program.lag_ms_mean,
        "lag_ms_max": program.lag_ms_max,
    }


def _failed(batch: RawBatch) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "door": batch.door,
        "key": batch.api_key.name if batch.api_key else None,
        "program": batch.source,
        "received_at": batch.received_at,
        "size": batch.size,  # type: ignore[attr-defined]  # `failed_batches` counts it
        "reason": batch.reason,
    }
