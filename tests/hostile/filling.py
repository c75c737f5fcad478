"""Every string in every field that people fill in: rows of all models, made from what the models say of themselves.

A new model or field is filled as soon as it exists. What is not is named in `EXEMPT`, with the reason.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.models import Project
from annotate.models import Question, QuestionKind, Rubric
from tests.hostile.corpus import CORPUS, MARKDOWN, storable

APPS = ("accounts", "traces", "ingest", "annotate", "clustering", "issues")
MOST = 2_000  # characters of a text without a limit: what forms let through is of that size

BY_DOORS = "comes by the doors, see sending.py"
BY_NAME = "a name of our own code's, which it looks up"
DIGEST = "a hash or an id in hex, made by us"
CHECKED = "its form or its door lets nothing else through"
EXEMPT = {
    "accounts.User.email": CHECKED,
    "accounts.User.password": DIGEST,
    "accounts.Project.slug": CHECKED,
    "accounts.Invitation.email": CHECKED,
    "accounts.Invitation.token_hash": DIGEST,
    "accounts.ApiKey.prefix": DIGEST,
    "accounts.ApiKey.key_hash": DIGEST,
    "accounts.ApiKey.scopes": CHECKED,
    "annotate.Question.key": CHECKED,
    "annotate.ReviewPreferences.keys": CHECKED,
    "annotate.FailureTypeEvent.failures": "ids",
    "annotate.PriorityModel.weights": "numbers by our own names",
    "annotate.PriorityModel.report": "numbers by our own names",
    "annotate.Slot.skip_reason": CHECKED,
    "issues.Proposal.fingerprint": DIGEST,
    "issues.Decision.detail": "ids and our own words",
    "issues.Issue.external_url": CHECKED,
    "issues.IssueEvent.from_state": CHECKED,
    "issues.IssueEvent.to_state": CHECKED,
    "ingest.RawBatch.sha256": DIGEST,
    "ingest.RawBatch.claim": DIGEST,
    "ingest.RawBatch.door": BY_NAME,
    "ingest.Intake.redact": CHECKED,
    "ingest.Upload.file_format": BY_NAME,
    "ingest.Trace.trace_id": DIGEST,
    "ingest.TracePart.digest": DIGEST,
    "ingest.RefusedRequest.door": BY_NAME,
    "ingest.IntakeCount.door": BY_NAME,
    "traces.DetectorSetting.detector": BY_NAME,
    "traces.DetectorSetting.switched_off": CHECKED,
    "traces.DetectorSetting.thresholds": CHECKED,
    "traces.DetectorSet.identity": DIGEST,
    "traces.DetectorSet.content": "numbers by our own names",
    "traces.SignalRun.detectors": "versions by our own names",
    "traces.Signal.kind": BY_NAME,
    "traces.Signal.detail": BY_NAME,
    "traces.Signal.step_key": BY_DOORS,
    "ingest.EndedSession.external_id": BY_DOORS,
}
# Whole models whose words come by the doors, or that hold none which a page shows.
EXEMPT_MODELS = {
    "traces.AgentSession": BY_DOORS,
    "traces.Step": BY_DOORS,
    "traces.ToolUse": BY_DOORS,
    "traces.Score": BY_DOORS,
    "clustering.Embedding": "no page shows it",
    "clustering.GroupingRun": "its reason is our own sentence",
    "clustering.EmbedderFault": "the name of a model that the operator chose, and our own sentence",
    "clustering.StepEmbedding": "no page shows it",
    "clustering.StepsRead": "no page shows it",
    "clustering.Layout": "numbers alone",
    "issues.Recognition": "no page shows it",
}


def told(string: str) -> dict[str, Any]:
    """A failure as a draft holds it, in somebody's own words."""
    return {"root_step": "k2", "note": string, "failure_type": string, "expected": string, "severity": "high"}


# What a field of JSON holds, with a string wherever somebody else's words can stand.
SHAPES: dict[str, Callable[[str], Any]] = {
    "accounts.Project.session_keys": lambda string: [string],
    "annotate.Question.options": lambda string: [{"value": "a", "label": string}, {"value": "b", "label": "b"}],
    "annotate.Answer.value": lambda string: string,
    "annotate.Queue.filters": lambda string: {"workflow": [string], "release": [string], "tag": [string]},
    "annotate.Draft.content": lambda string: {"outcome": "failure", "failures": [told(string)]},
    "annotate.CalibrationReview.answers": lambda string: {"outcome": string},
    "annotate.QueueItem.reasons": lambda string: [string, string],
    "annotate.Failure.quotes": lambda string: [{"step": "k1", "start": 0, "end": 3, "text": string}],
    "annotate.Failure.assertions": lambda string: [{"kind": "must_call", "target": string, "detail": string}],
    "annotate.CalibrationReview.failures": lambda string: [told(string)],
    "issues.Proposal.words": lambda string: [string, string],
    "issues.IssueEvent.detail": lambda string: {"before": string, "after": string, "reason": string},
    "ingest.Upload.report": lambda string: {"refused": [[1, string, string]], "refused_count": 1},
}
# Where the first choice shows little.
CHOICES = {"annotate.Question.kind": "choice", "issues.IssueEvent.kind": "renamed", "ingest.RawBatch.state": "failed"}
VALUES: dict[type[Any], Callable[[int], Any]] = {
    models.UUIDField: lambda _: uuid.uuid4(),
    models.EmailField: lambda number: f"m{number}@evil.example",
    models.CharField: lambda number: f"m{number}",
    models.IntegerField: lambda number: number,
    models.FloatField: lambda _: 1.0,
    models.DateTimeField: lambda _: timezone.now(),
    models.DateField: lambda _: timezone.now().date(),
    models.BinaryField: lambda _: b"",
}


def ours() -> Iterator[type[models.Model]]:
    for app in APPS:
        yield from apps.get_app_config(app).get_models()


def worded(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The fields in which somebody's words can stand, whoever wrote them."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and not isinstance(field, models.UUIDField)
    ]


def filled(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """Those of them that `fill` fills."""
    if model._meta.label in EXEMPT_MODELS:
        return []
    return [field for field in worded(model) if str(field) not in EXEMPT]


def fill_everything() -> None:
    """A row for each string in every model that holds words, like the first that was there."""
    for model in ours():
        if filled(model):
            fill(model)


def fill(model: type[models.Model], strings: Sequence[str] = CORPUS) -> None:
    """A row for each string in this model."""
    maker = _Maker(model)
    rows = [maker.row(number, string) for number, string in enumerate(strings, start=1000)]
    # Two strings that are cut alike may be the same name, which nobody can give twice.
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def fitting(field: "models.Field[Any, Any]", string: str) -> Any:
    """The string as the field can hold it."""
    if str(field) in SHAPES:
        return SHAPES[str(field)](storable(string)[:MOST])
    return storable(string)[: field.max_length or MOST] or "empty"


def ask_everything(rubric: Rubric, strings: Iterable[str]) -> None:
    """A question of the rubric for each of these strings, with guidance in all kinds of Markdown."""
    guidance = storable("\n\n".join(MARKDOWN))[:MOST]
    Rubric.objects.filter(pk=rubric.pk).update(guidance=guidance)
    for place, string in enumerate(strings):
        fields = [field for field in Question._meta.fields if field.name in {"text", "options"}]
        words = {field.name: fitting(field, string) for field in fields}
        values = {"rubric": rubric, "position": place, "kind": QuestionKind.CHOICE, "is_required": True}
        Question.objects.create(key=f"q-{place}", guidance=guidance if place == 0 else "", **values, **words)


class _Maker:
    """Makes rows of a model like its first one, or of what its fields say of themselves."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.alone, self.filled = model, _once(model), filled(model)
        self.base = model._default_manager.order_by("pk").first()
        self._known: dict[type[models.Model], list[Any]] = {}

    def row(self, number: int, string: str) -> models.Model:
        """One that is like no other in what must differ from row to row, and holds the string."""
        row = self.model()
        for field in self.model._meta.concrete_fields:
            if field.primary_key and not field.remote_field:
                continue
            like_base = self.base is not None and field.name not in self.alone
            setattr(row, field.attname, getattr(self.base, field.attname) if like_base else self._plain(field, number))
        for field in self.filled:
            setattr(row, field.attname, fitting(field, string))
        return row

    def _plain(self, field: "models.Field[Any, Any]", number: int) -> Any:
        if str(field) in CHOICES:
            return CHOICES[str(field)]
        if field.choices:
            return field.choices[0][0]
        if field.remote_field:
            return None if field.null else self._related(field, number if field.name in self.alone else 0)
        return _valued(field, number)

    def _related(self, field: "models.Field[Any, Any]", number: int) -> Any:
        """The first row, and where each must have another, one after the other. There is only one project to see."""
        related: Any = field.related_model
        if related not in self._known:
            self._known[related] = list(related._default_manager.order_by("pk").values_list("pk", flat=True))
        known = self._known[related]
        return known[0 if related is Project and not field.unique else number % len(known)]


def _once(model: type[models.Model]) -> set[str]:
    """The fields that together or alone tell one row from another."""
    found = {field.name for field in model._meta.concrete_fields if field.unique}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            found |= set(constraint.fields)
    return found


def _valued(field: "models.Field[Any, Any]", number: int) -> Any:
    for kind, value in VALUES.items():
        if isinstance(field, kind) and not (field.null or (field.has_default() and not field.unique)):
            return value(number)
    return field.get_default()
