"""What a review asks, and the labels that a team gives to failures."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from traces.models import AgentSession

USER = settings.AUTH_USER_MODEL


class Rubric(models.Model):
    """The questions a review answers. Editing makes a new version; old judgements keep theirs."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rubrics")
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    guidance = models.TextField(blank=True, help_text="What counts as a success and a failure, as Markdown.")
    outcome_since = models.PositiveIntegerField(
        default=1, help_text="The version under which the outcome got the meaning that it has."
    )
    changed = models.TextField(blank=True, help_text="What is new in this version, in its author's words.")
    because_of = models.ForeignKey(
        "annotate.Review",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The gold judgement that this version follows from.",
    )
    created_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "version"], name="rubric_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class QuestionKind(models.TextChoices):
    """What kind of answer a question takes, and so what `Question.options` and `Answer.value` hold."""

    # no options; "pass" or "fail"
    PASS_FAIL = "pass_fail", "Pass or fail"  # a word, no password
    # {"lowest": 1, "highest": 5, "low_words": "useless", "high_words": "perfect"}; a whole number
    SCALE = "scale", "A scale"
    # [{"value": "tone", "label": "The tone"}, …]; one value
    CHOICE = "choice", "One of several"
    # the same; a list of values in the order of the options
    CHOICES = "choices", "Any of several"
    # no options; text
    TEXT = "text", "Words"


class Question(models.Model):
    """One question of one rubric version, asked after the outcome. `key` is the same in all versions."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=QuestionKind.choices)
    text = models.CharField(max_length=300)
    guidance = models.TextField(blank=True, help_text="How to answer it, with examples, as Markdown.")
    options = models.JSONField(default=dict, blank=True)
    is_required = models.BooleanField(default=False)
    since = models.PositiveIntegerField(
        default=1, help_text="The version of the rubric under which the question got the meaning that it has."
    )

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rubric", "key"], name="question_key_once"),
            models.CheckConstraint(condition=models.Q(kind__in=QuestionKind.values), name="question_kind_known"),
        ]

    def __str__(self) -> str:
        return self.text


class FailureTypeQuerySet(models.QuerySet["FailureType"]):
    def named(self, name: str) -> "FailureType | None":
        """The one that a name leads to, in whatever case: also a name that was merged away, or that a rename took."""
        name = " ".join(name.split())
        renamed = self.filter(events__kind=FailureTypeChange.RENAMED, events__before__iexact=name)
        found = self.filter(name__iexact=name).first() or renamed.order_by("-events__at", "-events__pk").first()
        return found.present if found else None


class FailureType(models.Model):
    """A label of the team's own taxonomy."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="failure_types")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    group = models.CharField(max_length=80, blank=True, help_text="The wider kind that it belongs to.")
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The type that its failures were given to; it is offered no more, and its name leads there.",
    )
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    coined_on = models.ForeignKey(
        AgentSession,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The session that it was first said of: the name may tell of it. None where a lead made it.",
    )

    objects = FailureTypeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(models.functions.Lower("name"), "project", name="failuretype_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def present(self) -> "FailureType":
        """Itself, or at the end of all merges the one that its failures were given to."""
        return self.merged_into.present if self.merged_into else self


class FailureTypeChange(models.TextChoices):
    """What a lead did to a failure type."""

    CREATED = "created", "Created"
    RENAMED = "renamed", "Renamed"
    DESCRIBED = "described", "Described"
    GROUPED = "grouped", "Grouped"
    MERGED = "merged", "Merged"
    UNMERGED = "unmerged", "Taken apart again"


class FailureTypeEvent(models.Model):
    """One line of a failure type's history. `before` and `after` hold what changed; `failures` whose type did."""

    failure_type = models.ForeignKey(FailureType, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=FailureTypeChange.choices)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.CharField(max_length=2000, blank=True)
    after = models.CharField(max_length=2000, blank=True)
    failures = models.JSONField(default=list, blank=True, help_text="Ids of the failures that a merge gave away.")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FailureTypeChange.values), name="failuretypeevent_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.failure_type}: {self.kind}"
