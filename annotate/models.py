"""Judgements: queues of sessions, the slots people take in them, their reviews and the failures they describe."""

import uuid
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
    guidance = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name", "version"], name="rubric_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class FailureType(models.Model):
    """A label of the team's own taxonomy."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="failure_types")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(models.functions.Lower("name"), "project", name="failuretype_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Stratum(models.TextChoices):
    """How a session came into a queue. Without it no share of traffic can be stated."""

    PRIORITY = "priority", "Ranked"
    RANDOM = "random", "Random sample"
    HAND = "hand", "Added by hand"


class SkipPolicy(models.TextChoices):
    """What becomes of a session that a reviewer skips."""

    OTHERS = "others", "Others may take it"
    NOBODY = "nobody", "Nobody else is given it"


class PriorityModel(models.Model):
    """What reviews had taught about a project's signals at one time. Never changed: the highest number counts.

    A project without one ranks by the prior alone. `weights` holds, by the name of a feature, [mean, standard
    deviation]; `report` what the page about it shows, such as the points of the reliability plot.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="priority_models")
    number = models.PositiveIntegerField()
    prior_version = models.PositiveSmallIntegerField()
    weights = models.JSONField(default=dict)
    reviews = models.PositiveIntegerField(help_text="Judgements that it learned from: successes and failures.")
    failures = models.PositiveIntegerField()
    report = models.JSONField(default=dict)
    fitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="prioritymodel_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project}: model {self.number}"


class Queue(models.Model):
    """An ordered list of sessions for people to review. `filters` holds only keys of `annotate.queries.FILTERS`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    filters = models.JSONField(default=dict, blank=True)
    rubric = models.ForeignKey(Rubric, on_delete=models.RESTRICT, related_name="queues")
    reviewers_per_session = models.PositiveSmallIntegerField(default=1)
    random_share = models.FloatField(default=0.2)
    size_cap = models.PositiveIntegerField(default=1000, help_text="Most sessions waiting at once.")
    fills_itself = models.BooleanField(default=True, help_text="Else only what people add by hand comes in.")
    is_open = models.BooleanField(default=True)
    is_blind = models.BooleanField(
        default=False, help_text="Nobody sees what others said of a session before their own judgement is in."
    )
    takers = models.ManyToManyField(
        "accounts.User", blank=True, related_name="+", help_text="Who may take from it; nobody named: every reviewer."
    )
    due_hours = models.PositiveIntegerField(default=24, help_text="A session is due so long after it came in.")
    skip_policy = models.CharField(max_length=10, choices=SkipPolicy.choices, default=SkipPolicy.OTHERS)
    skips_to_lead = models.PositiveSmallIntegerField(
        default=2, help_text="So many skips of one session put it before the lead, and nobody else is given it."
    )
    drawn_below = models.FloatField(
        default=0,
        help_text="Every session of the filter whose draw is below this belongs to the random sample. It only grows.",
    )
    ranked_at = models.DateTimeField(
        null=True, blank=True, help_text="When its work order was last computed; null: look at all that matches anew."
    )
    has_more = models.BooleanField(default=False, help_text="Sessions of its filter wait outside for room in it.")
    created_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="queue_name_once"),
            models.CheckConstraint(
                condition=models.Q(random_share__gte=0, random_share__lte=1), name="queue_random_share_0_to_1"
            ),
            models.CheckConstraint(
                condition=models.Q(reviewers_per_session__gte=1, reviewers_per_session__lte=5),
                name="queue_1_to_5_reviewers",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueItem(models.Model):
    """A session in a queue: once, ever. One that was removed stays, marked, so that it does not come back."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="items")
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, related_name="queue_items")
    priority = models.FloatField(default=0, help_text="Estimated probability of failure.")
    reasons = models.JSONField(default=list, help_text="Why it is here, as sentences, strongest first.")
    priority_version = models.PositiveSmallIntegerField(default=1)
    priority_model = models.ForeignKey(
        PriorityModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Null: the prior."
    )
    signals_revision = models.PositiveIntegerField(
        default=0, help_text="The session's, when priority and reasons were computed."
    )
    impact = models.FloatField(default=1, help_text="How much a failure here would cost; 1 is usual.")
    news = models.FloatField(default=1, help_text="How unlike what was reviewed; 1 is unlike anything.")
    stratum = models.CharField(max_length=10, choices=Stratum.choices, default=Stratum.PRIORITY)
    selection_probability = models.FloatField(
        null=True,
        blank=True,
        help_text="Of a random item: the chance of any session of the filter to be drawn. Null: chosen, not drawn.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(USER, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    before_lead_at = models.DateTimeField(
        null=True, blank=True, help_text="Skipped so often that the lead is to decide; null again once they have."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["queue", "session"], name="queueitem_once_ever"),
        ]
        indexes: ClassVar = [models.Index(fields=["queue", "-priority", "id"], name="queueitem_work_order")]

    def __str__(self) -> str:
        return f"{self.session} in {self.queue}"


class SlotState(models.TextChoices):
    """Where a slot stands; a lease is a slot held for a while."""

    FREE = "free", "Free"
    LEASED = "leased", "Leased"
    SUBMITTED = "submitted", "Submitted"
    SKIPPED = "skipped", "Skipped"
    # Nobody's, and offered to nobody: its item was removed, waits for the lead, or needs no more judgements.
    ASIDE = "aside", "Set aside"


class Slot(models.Model):
    """One reviewer's place on one queued session. Skipping one makes another, so that others still can take it."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="slots")
    item = models.ForeignKey(QueueItem, on_delete=models.CASCADE, related_name="slots")
    ordinal = models.PositiveSmallIntegerField(default=1)
    priority = models.FloatField(
        default=0, help_text="Work order, highest first: the item's worth, or a random item's drawn place."
    )
    begun = models.BooleanField(default=False, help_text="Somebody has taken another slot of this item.")
    is_extra = models.BooleanField(
        default=False, help_text="Made for a judgement that came when every slot was taken; never offered again."
    )
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.FREE)
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    skip_reason = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was submitted or skipped.")
    assigned_to = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Only they are given it."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "ordinal"], name="slot_ordinal_once"),
            models.UniqueConstraint(
                fields=["item", "reviewer"], condition=models.Q(reviewer__isnull=False), name="slot_once_per_reviewer"
            ),
            models.CheckConstraint(condition=models.Q(state__in=SlotState.values), name="slot_state_known"),
        ]
        indexes: ClassVar = [
            # serves the claim: best free or expired slot of a queue
            models.Index(
                fields=["queue", "-begun", "-priority", "id"],
                condition=models.Q(state__in=["free", "leased"]),
                name="slot_claim_order",
            ),
            # serves how far a queue is, which every review page shows
            models.Index(fields=["queue", "state"], name="slot_progress"),
            # serves the newest skips of a person, which undo takes back
            models.Index(
                fields=["reviewer", "-ended_at"], condition=models.Q(state="skipped"), name="slot_skips_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"slot {self.ordinal} of {self.item} ({self.state})"


class Draft(models.Model):
    """What a reviewer has entered and not yet submitted. It is theirs: whoever takes the slot next never sees it."""

    item = models.ForeignKey(QueueItem, on_delete=models.CASCADE, related_name="drafts")
    reviewer = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "reviewer"], name="draft_once_per_reviewer"),
        ]

    def __str__(self) -> str:
        return f"draft {self.version} of {self.item}"


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

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "client_id"], name="review_submitted_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="review_outcome_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "-submitted_at"], name="review_newest"),
            # serves what a person did last and how much, which every review page asks
            models.Index(fields=["reviewer", "project", "-submitted_at"], name="review_newest_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.reviewer}"


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
    chosen_issue = models.PositiveIntegerField(
        null=True, blank=True, help_text="Number of the issue the reviewer picked."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

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
