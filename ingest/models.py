"""What came through the doors, kept as sent until it is digested, and what was read from it."""

from typing import ClassVar

from django.db import models

from accounts.models import ApiKey, Project, User
from traces.models import AgentSession


class BatchState(models.TextChoices):
    """Where a raw batch stands."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class RawBatch(models.Model):
    """One accepted request body, committed before the 200. The work to do is this row; a message only wakes."""

    # The index of same bodies serves look-ups by project.
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="raw_batches", db_index=False)
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    door = models.CharField(max_length=20, help_text="Which door it came through, such as traces or scores.")
    content_type = models.CharField(max_length=60)
    body = models.BinaryField(help_text="Compressed.")
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=80, blank=True, help_text="The program that sent it, by its user agent.")
    items = models.PositiveIntegerField(default=0, help_text="Spans, log records, sessions or scores in it.")
    rejected = models.PositiveIntegerField(default=0, help_text="Items of it that were not taken.")
    received_at = models.DateTimeField()
    digested_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.WAITING)
    claim = models.CharField(
        max_length=32, blank=True, help_text="Names the worker's grip: who asks for it gets these."
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker claimed it.")
    reason = models.TextField(blank=True, help_text="Why it failed, or what of it was refused.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="rawbatch_state_known"),
        ]
        indexes: ClassVar = [
            # serves the claim: oldest waiting first, without reading a body on the way
            models.Index(
                fields=["id", "project", "attempts", "items", "claim", "claimed_until"],
                condition=models.Q(state="waiting"),
                name="rawbatch_claimable",
            ),
            # serves the health page, and the mark beside its name on every page
            models.Index(fields=["project", "-id"], condition=models.Q(state="failed"), name="rawbatch_failed"),
            models.Index(fields=["project", "sha256"], name="rawbatch_same_body"),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.pk} {self.state}"


class Trace(models.Model):
    """Which session a trace belongs to; none while it holds nothing but feedback. A late span may move it."""

    # The constraint below serves look-ups by project.
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="traces", db_index=False)
    trace_id = models.CharField(max_length=32)
    session = models.ForeignKey(AgentSession, on_delete=models.CASCADE, null=True, related_name="traces")
    sampled_out = models.BooleanField(
        default=False, help_text="Not in the project's sample: what still comes of it is dropped too."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "trace_id"], name="trace_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.trace_id


class TracePart(models.Model):
    """What one body brought of one trace, as received. Steps are a pure function of all parts of a session's traces:

    any order, any repetition, any split into parts, the same steps.
    """

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="parts", db_index=False)
    digest = models.CharField(max_length=32, help_text="Hash of the content: the same part again adds nothing.")
    payload = models.BinaryField(help_text="Its spans and log records as compressed JSON.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trace", "digest"], name="tracepart_once_per_trace"),
        ]

    def __str__(self) -> str:
        return self.digest


class Fence(models.Model):
    """How often a project's sessions were written. What was drawn up at one number is not written at another."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="fence")
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"


class Intake(models.Model):
    """What a project takes in, how much of it, and how long it is kept. No row: the defaults."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="intake")
    sample_share = models.FloatField(default=1.0, help_text="The share of sessions that is kept, above 0 and up to 1.")
    daily_limit = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="The most spans, log records, steps and scores in a day (UTC)."
    )
    keep_raw_days = models.PositiveIntegerField(default=14, help_text="How long digested batches can be run again.")
    keep_sessions_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="After so many days without news a session goes, unless people judged it."
    )
    redact = models.JSONField(default=list, blank=True, help_text="Names of the built-in patterns that are on.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sample_share__gt=0, sample_share__lte=1), name="intake_sample_share_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"Intake of {self.project_id}"


class RedactionRule(models.Model):
    """A pattern of the project's own that is taken out of everything before it is stored."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="redaction_rules")
    name = models.CharField(max_length=60)
    pattern = models.CharField(max_length=500, help_text="A regular expression.")
    replacement = models.CharField(max_length=60, default="[redacted]")
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="redactionrule_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DailyIntake(models.Model):
    """How many items a project with a daily limit has sent on a day (UTC)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    items = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "day"], name="dailyintake_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.items}"


class IntakeCount(models.Model):
    """What came in one hour through one door with one key from one program: written with the digest, so never twice."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="intake_counts")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    door = models.CharField(max_length=20)
    source = models.CharField(max_length=80, blank=True)
    hour = models.DateTimeField(help_text="When the hour began.")
    batches = models.PositiveIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes as stored.")
    lag_ms_sum = models.PositiveBigIntegerField(default=0, help_text="From accepted to readable, added up.")
    lag_ms_max = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "api_key", "door", "source", "hour"], name="intakecount_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-hour"], name="intakecount_newest")]

    def __str__(self) -> str:
        return f"{self.hour} {self.door} {self.batches}"


class RefusedRequest(models.Model):
    """Requests that were refused as a whole, by day and reason."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="refused_requests")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    door = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    source = models.CharField(max_length=80, blank=True)
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "api_key", "day", "door", "status", "reason"], name="refusedrequest_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.reason}"


class IntakeAct(models.TextChoices):
    """What somebody can do about batches that could not be read."""

    RETRIED = "retried", "Asked to read them again"
    DISCARDED = "discarded", "Discarded"


class IntakeEvent(models.Model):
    """History: who did what about failed batches. A discarded one is gone for good, so this says what it was."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="intake_events")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.CharField(max_length=10, choices=IntakeAct.choices)
    batches = models.PositiveIntegerField(help_text="How many it concerned.")
    detail = models.TextField(blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(act__in=IntakeAct.values), name="intakeevent_act_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-happened_at"], name="intakeevent_newest")]

    def __str__(self) -> str:
        return f"{self.batches} {self.act}"


class UnmappedAttribute(models.Model):
    """An attribute key that no dialect reads, so that a team sees what we ignore. Numbers in a key stand as N."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="unmapped_attributes")
    key = models.CharField(max_length=200)
    times = models.PositiveBigIntegerField(default=0)
    example = models.CharField(max_length=200, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "key"], name="unmappedattribute_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["project", "-times"], name="unmappedattribute_commonest")]

    def __str__(self) -> str:
        return self.key


class RedactionCount(models.Model):
    """How often a rule took something out on a day (UTC). Never what it was."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="redaction_counts")
    day = models.DateField()
    rule = models.CharField(max_length=100)
    times = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "day", "rule"], name="redactioncount_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.rule}: {self.times}"


class Removal(models.Model):
    """History: what was deleted by a retention rule or on request, when and by whom. Nobody: the nightly sweep."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="removals")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    sessions = models.PositiveIntegerField(default=0)
    batches = models.PositiveIntegerField(default=0)
    scores = models.PositiveIntegerField(default=0)
    happened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "-happened_at"], name="removal_newest")]

    def __str__(self) -> str:
        return f"{self.sessions} sessions, {self.batches} batches"


class ModelPrice(models.Model):
    """What a model costs where the sender does not say: US dollars per million tokens. `model` may end with a *."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="model_prices")
    model = models.CharField(max_length=120)
    usd_in = models.FloatField(help_text="Tokens in.")
    usd_out = models.FloatField(help_text="Tokens out.")
    usd_cache_read = models.FloatField(null=True, blank=True, help_text="Of the tokens in, those read from a cache.")
    usd_cache_write = models.FloatField(null=True, blank=True, help_text="Of the tokens in, those written to one.")

    class Meta:
        ordering: ClassVar = ["model"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "model"], name="modelprice_once"),
            models.CheckConstraint(condition=models.Q(usd_in__gte=0, usd_out__gte=0), name="modelprice_not_negative"),
        ]

    def __str__(self) -> str:
        return self.model


class Upload(models.Model):
    """A file that somebody uploads to be imported. Its bytes stand in chunks until it is done."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    file_format = models.CharField(max_length=40, blank=True, help_text="Blank: recognised by its content.")
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.WAITING)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    entries_seen = models.PositiveIntegerField(default=0)
    bytes_seen = models.PositiveBigIntegerField(default=0, help_text="How far the import has read.")
    report = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="upload_state_known"),
        ]

    def __str__(self) -> str:
        return self.file_name


class UploadChunk(models.Model):
    """A piece of an uploaded file: in the database, so that any worker on any machine can read it."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    body = models.BinaryField(help_text="Compressed.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload", "number"], name="uploadchunk_once"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class EndedSession(models.Model):
    """A session that its sender called over by name, perhaps before the session came."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)
    noted_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "external_id"], name="endedsession_once"),
        ]

    def __str__(self) -> str:
        return self.external_id
