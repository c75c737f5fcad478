"""Queues of sessions, and the places that people take in them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from accounts.models import Project
from annotate.models.priority import PriorityModel
from annotate.models.rubrics import Rubric
from traces.models import AgentSession

USER = settings.AUTH_USER_MODEL


class Stratum(models.TextChoices):
    """How a session came into a queue. Without it no share of traffic can be stated."""

    PRIORITY = "priority", "Ranked"
    RANDOM = "random", "Random sample"
    HAND = "hand", "Added by hand"
    # Unannounced, to measure the reviewer and not the session: in no count of sessions, of work or of failures.
    GOLD = "gold", "Settled before"
    REPEAT = "repeat", "Reviewed by the same person before"


# What measures reviewers. A session may stand in a queue for that besides its own place.
CALIBRATING = (Stratum.GOLD, Stratum.REPEAT)
# What is read for its own sake: the work.
WORKING = (Stratum.PRIORITY, Stratum.RANDOM, Stratum.HAND)


class SkipPolicy(models.TextChoices):
    """What becomes of a session that a reviewer skips."""

    OTHERS = "others", "Others may take it"
    NOBODY = "nobody", "Nobody else is given it"


class Queue(models.Model):
    """An ordered list of sessions for people to review. `filters` holds only keys of `annotate.queries.FILTERS`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    filters = models.JSONField(default=dict, blank=True)
    rubric = models.ForeignKey(Rubric, on_delete=models.RESTRICT, related_name="queues")
    reviewers_per_session = models.PositiveSmallIntegerField(default=1)
    random_share = models.FloatField(default=0.2)
    gold_share = models.FloatField(
        default=0, help_text="Share of a reviewer's sessions that a lead has settled before."
    )
    repeat_share = models.FloatField(
        default=0, help_text="Share of a reviewer's sessions that they have reviewed themselves before."
    )
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
                condition=models.Q(gold_share__gte=0, gold_share__lte=0.5), name="queue_gold_share_0_to_half"
            ),
            models.CheckConstraint(
                condition=models.Q(repeat_share__gte=0, repeat_share__lte=0.5), name="queue_repeat_share_0_to_half"
            ),
            # Who can read the answer is not measured by giving it.
            models.CheckConstraint(
                condition=models.Q(is_blind=True) | models.Q(gold_share=0, repeat_share=0),
                name="queue_measures_only_blind",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewers_per_session__gte=1, reviewers_per_session__lte=5),
                name="queue_1_to_5_reviewers",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    """What may be asked of items."""

    def work(self) -> Self:
        """Those that are read for their own sake: what measures reviewers is in no list and in no count."""
        return self.filter(stratum__in=WORKING)


class SlotQuerySet(models.QuerySet["Slot"]):
    """What may be asked of places."""

    def work(self) -> Self:
        """Those on sessions that are read for their own sake."""
        return self.filter(item__stratum__in=WORKING)

    def measuring(self) -> Self:
        """The few that measure reviewers."""
        return self.filter(item__stratum__in=CALIBRATING)


class QueueItem(models.Model):
    """A session in a queue: once, ever. One that was removed stays, marked, so that it does not come back.

    Beside it, a session may stand there to measure reviewers: those are `CALIBRATING`, and none of the work.
    """

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
    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["queue", "session"],
                condition=~models.Q(stratum__in=["gold", "repeat"]),
                name="queueitem_once_ever",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["queue", "-priority", "id"], name="queueitem_work_order"),
            # serves the few that measure reviewers, which every count of a queue leaves out; SQLite would not use an
            # index of only those, because it does not see the values that are asked for
            models.Index(fields=["queue", "stratum"], name="queueitem_measures"),
        ]

    def __str__(self) -> str:
        return f"{self.session} in {self.queue}"

    @property
    def is_measuring(self) -> bool:
        """Whether it measures its reviewer."""
        return self.stratum in CALIBRATING


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
    in_turn = models.BooleanField(
        default=False, help_text="Whoever has it was handed it by the queue, as the next of its random sample."
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
    objects = SlotQuerySet.as_manager()

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
