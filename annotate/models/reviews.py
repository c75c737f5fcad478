"""What people said of sessions: reviews, and the failures that they describe."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Project
from annotate.models.queues import Slot
from annotate.models.rubrics import FailureType, Question, Rubric
from traces.models import AgentSession

USER = settings.AUTH_USER_MODEL


class Outcome(models.TextChoices):
    """Did the user get what they came for?"""

    SUCCESS = "success", "Success"
    FAILURE = "failure", "Failure"
    UNKNOWN = "unknown", "Can't tell"


class Severity(models.TextChoices):
    """How much harm a failure does."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    CRITICAL = "critical", "Critical"


class Review(models.Model):
    """One person's judgement of one session. Never overwritten: an undone one is marked withdrawn and kept."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reviews")
    session = models.ForeignKey(AgentSession, on_delete=models.RESTRICT, related_name="reviews")
    slot = models.ForeignKey(Slot, on_delete=models.RESTRICT, null=True, blank=True, related_name="reviews")
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="reviews")
    rubric = models.ForeignKey(Rubric, on_delete=models.RESTRICT, related_name="reviews")
    client_id = models.UUIDField(
        default=uuid.uuid4, help_text="Made by the browser: a submission sent twice counts once."
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    session_revision = models.PositiveIntegerField(default=1)
    expected_failure = models.FloatField(
        null=True, blank=True, help_text="Probability of failure that the queue gave it before this judgement."
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        USER,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who took a gold judgement back; of any other review only its reviewer can be.",
    )
    is_gold = models.BooleanField(
        default=False, help_text="A lead's settlement of what others said: outweighs them, and is in no slot."
    )
    reason = models.TextField(blank=True, help_text="Why it was settled so.")
    adopts = models.ManyToManyField(
        "annotate.Failure", blank=True, related_name="adopted_by", help_text="Of others' failures, those that stand."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "client_id"], name="review_submitted_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="review_outcome_known"),
            models.UniqueConstraint(
                fields=["session"],
                condition=models.Q(is_gold=True, withdrawn_at__isnull=True),
                name="review_one_gold_per_session",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-submitted_at"], name="review_newest"),
            # serves what a person did last and how much, which every review page asks
            models.Index(fields=["reviewer", "project", "-submitted_at"], name="review_newest_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.reviewer}"


class Answer(models.Model):
    """What a review answered to one question. `value` is of the shape that `QuestionKind` says."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="answers")
    value = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "question"], name="answer_once_per_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"


class ReviewTimes(models.Model):
    """Where the time of a review went, in milliseconds, as the reviewer's browser measured it.

    Overhead is waiting and entering: what was not reading. A tab in the background measures nothing while it is hidden.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="times")
    waiting_ms = models.PositiveIntegerField(
        null=True, help_text="From the submission before, or the opening, until the session could be read and judged."
    )
    reading_ms = models.PositiveIntegerField(help_text="From then until the first key or click in the judgement.")
    entering_ms = models.PositiveIntegerField(help_text="From then until it was submitted.")

    def __str__(self) -> str:
        return f"times of review {self.review_id}"


class Failure(models.Model):
    """One thing that went wrong, as a person told it. Steps are named by key, which outlives re-derivation."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="failures")
    session = models.ForeignKey(AgentSession, on_delete=models.RESTRICT, related_name="failures")
    review = models.ForeignKey(Review, on_delete=models.RESTRICT, related_name="failures")
    root_step = models.CharField(max_length=80, help_text="Key of the step where it first went wrong.")
    surfaced_step = models.CharField(max_length=80, blank=True, help_text="Key of the step where it showed.")
    note = models.TextField()
    failure_type = models.ForeignKey(
        FailureType, on_delete=models.RESTRICT, null=True, blank=True, related_name="failures"
    )
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.MEDIUM)
    expected = models.TextField(blank=True, help_text="What should have happened.")
    quotes = models.JSONField(
        default=list,
        blank=True,
        help_text='Passages that show it: [{"step": key, "start": 4, "end": 21, "text": "…"}], offsets in characters.',
    )
    assertions = models.JSONField(
        default=list,
        blank=True,
        help_text='What a test of it asks: [{"kind": "must_call", "target": "cancel_order", "detail": "…"}].',
    )
    chosen_issue = models.PositiveIntegerField(
        null=True, blank=True, help_text="Number of the issue the reviewer picked."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    overruled_by = models.ForeignKey(
        Review,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="overruled",
        help_text="The gold judgement that did not adopt it: it is withdrawn for as long as that one stands.",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(severity__in=Severity.values), name="failure_severity_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "updated_at", "id"], name="failure_by_update"),
            # serves the count of a type's uses, which every review page shows
            models.Index(
                fields=["failure_type"], condition=models.Q(withdrawn_at__isnull=True), name="failure_of_type"
            ),
        ]

    def __str__(self) -> str:
        return self.note[:60]


class CalibrationReview(models.Model):
    """A judgement of a gold or a repeated session: it measures its reviewer, and counts nowhere else.

    Kept apart from reviews, so that no share, count or lesson of the ranking can mistake it for one. `failures` holds
    what was told as a draft does, `answers` by the question's key.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.RESTRICT, related_name="calibration_reviews")
    session = models.ForeignKey(AgentSession, on_delete=models.RESTRICT, related_name="calibration_reviews")
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, on_delete=models.RESTRICT, related_name="+")
    compared_with = models.ForeignKey(
        Review, on_delete=models.RESTRICT, related_name="+", help_text="The gold judgement, or their own earlier one."
    )
    client_id = models.UUIDField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    answers = models.JSONField(default=dict, blank=True)
    failures = models.JSONField(default=list, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "client_id"], name="calibrationreview_submitted_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "reviewer", "-submitted_at"], name="calibration_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.reviewer}, to calibrate"
