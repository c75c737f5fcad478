"""The doors to raw batches: start from the project. Missing and forbidden look the same from outside: Http404."""

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import Http404

from accounts.models import Project
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
    batch = failed_batches(project).filter(pk=batch_id).first()
    if batch is None:
        raise Http404("No such batch.")
    return batch


def get_upload(project: Project, upload_id: int) -> Upload:
    """An uploaded file of the project; else Http404."""
    upload = Upload.objects.filter(project=project, pk=upload_id).first()
    if upload is None:
        raise Http404("No such upload.")
    return upload


def get_rule(project: Project, rule_id: int) -> RedactionRule:
    """A redaction rule of this project; else Http404."""
    rule = RedactionRule.objects.filter(project=project, pk=rule_id).first()
    if rule is None:
        raise Http404("No such rule.")
    return rule


def get_price(project: Project, price_id: int) -> ModelPrice:
    """A price of this project; else Http404."""
    price = ModelPrice.objects.filter(project=project, pk=price_id).first()
    if price is None:
        raise Http404("No such price.")
    return price
