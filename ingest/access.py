"""The doors to raw batches: start from the project. Missing and forbidden look the same from outside: Http404."""

from django.db.models import QuerySet
from django.db.models.functions import Length

from accounts.models import Project
from common.found import found
from ingest.models import BatchState, ModelPrice, RawBatch, RedactionRule, Upload


def failed_batches(project: Project) -> QuerySet[RawBatch]:
    """Batches that could not be read, newest first, with their `size` in bytes as stored and without their bodies."""
    return (
        RawBatch.objects.filter(project=project, state=BatchState.FAILED)
        .select_related("api_key")
        .defer("body")
        .annotate(size=Length("body"))
        .order_by("-id")
    )


def get_failed_batch(project: Project, batch_id: int) -> RawBatch:
    """One of them; else Http404."""
    return found(failed_batches(project).filter(pk=batch_id), "No such batch.")


def get_upload(project: Project, upload_id: int) -> Upload:
    """An uploaded file of the project; else Http404."""
    return found(Upload.objects.filter(project=project, pk=upload_id), "No such upload.")


def get_rule(project: Project, rule_id: int) -> RedactionRule:
    """A redaction rule of this project; else Http404."""
    return found(RedactionRule.objects.filter(project=project, pk=rule_id), "No such rule.")


def get_price(project: Project, price_id: int) -> ModelPrice:
    """A price of this project; else Http404."""
    return found(ModelPrice.objects.filter(project=project, pk=price_id), "No such price.")
