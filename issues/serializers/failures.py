"""The shapes of labelled failures. Rows are built as plain values; these describe them."""

from rest_framework import serializers

from annotate.models import Outcome, Severity, Stratum
from annotate.told import ASSERTION_KINDS
from issues.lifecycle import State
from issues.sampling import PARTS
from issues.serializers.plain import PLACED_BY, Plain


class FailureSessionSerializer(Plain):
    """The session in which it happened."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    workflow = serializers.CharField()
    release = serializers.CharField()
    environment = serializers.CharField()
    model = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)


class VerdictSerializer(Plain):
    """What one reviewer said of the whole session."""

    review = serializers.IntegerField(help_text="Its id.")
    reviewer = serializers.EmailField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    submitted_at = serializers.DateTimeField()
    rubric = serializers.CharField()
    rubric_version = serializers.IntegerField()


class SessionAgreementSerializer(Plain):
    """How far reviewers agree on the session's outcome, of those who judged under one definition of it."""

    reviewers = serializers.IntegerField()
    pairs = serializers.IntegerField(help_text="How many pairs of them there are.")
    agreed = serializers.IntegerField(help_text="How many of the pairs said the same.")


class FailureReviewSerializer(Plain):
    """The judgement that it is part of."""

    id = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reviewer = serializers.EmailField()
    submitted_at = serializers.DateTimeField()
    is_gold = serializers.BooleanField(help_text="A lead's settlement of what reviewers said, which outweighs them.")
    reason = serializers.CharField(allow_blank=True, help_text="Why it was settled so.")
    rubric = serializers.CharField()
    rubric_version = serializers.IntegerField()
    answers = serializers.DictField(
        child=serializers.JSONField(),
        help_text="By the question's key: pass or fail, a whole number, a choice, a list of choices, or words.",
    )


class SettlementSerializer(Plain):
    """What a lead settled about the session; it outweighs what its reviewers said."""

    review = serializers.IntegerField(help_text="The id of the lead's judgement.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    settled_by = serializers.EmailField()
    settled_at = serializers.DateTimeField()
    reason = serializers.CharField()
    rubric = serializers.CharField()
    rubric_version = serializers.IntegerField()
    answers = serializers.DictField(
        child=serializers.JSONField(), help_text="As those of a review; what the lead left open is not among them."
    )


class NamedStepSerializer(Plain):
    """A step by its stable key. The rest is null where the session no longer has it."""

    key = serializers.CharField()
    position = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class FailureIssueSerializer(Plain):
    """The issue that it belongs to."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)


class FailureMembershipSerializer(Plain):
    """Who or what placed it there. `score` is a cosine where a machine did."""

    source = serializers.ChoiceField(choices=PLACED_BY)  # type: ignore[assignment]  # a field of the row, not DRF's attribute
    score = serializers.FloatField(allow_null=True)
    since = serializers.DateTimeField()


class QuoteSerializer(Plain):
    """A passage that shows it: characters `start` to `end` of the step's words, white space made one."""

    step = serializers.CharField(help_text="The step's key.")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class AssertionSerializer(Plain):
    """What a test of it asks of the agent."""

    kind = serializers.ChoiceField(choices=list(ASSERTION_KINDS.items()))
    target = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class FailureSerializer(Plain):
    """One thing that went wrong, as a person told it. `updated_at` moves with all that is said of its session, too."""

    id = serializers.IntegerField()
    note = serializers.CharField()
    expected = serializers.CharField(allow_blank=True)
    quotes = QuoteSerializer(many=True)
    assertions = AssertionSerializer(many=True)
    failure_type = serializers.CharField(allow_null=True)
    severity = serializers.ChoiceField(choices=Severity.choices)
    withdrawn = serializers.BooleanField(help_text="It does not count: taken back, or overruled.")
    overruled = serializers.BooleanField(help_text="A lead settled the session without it.")
    adopted = serializers.BooleanField(help_text="A lead settled the session with it.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    session = FailureSessionSerializer()
    review = FailureReviewSerializer()
    settlement = SettlementSerializer(allow_null=True, help_text="Null while no lead has settled the session.")
    verdicts = VerdictSerializer(
        many=True, help_text="Of all its reviewers, the oldest first; not what they took back."
    )
    agreement = SessionAgreementSerializer(allow_null=True, help_text="Null where fewer than two can be compared.")
    root_step = NamedStepSerializer(allow_null=True)
    surfaced_step = NamedStepSerializer(allow_null=True)
    issue = FailureIssueSerializer(allow_null=True)
    membership = FailureMembershipSerializer(allow_null=True)
    split = serializers.ChoiceField(
        choices=list(PARTS),
        allow_null=True,
        help_text="Null where its session belongs to issues of different parts: leave it out. Nothing leaks then.",
    )
    selection_probability = serializers.FloatField(
        allow_null=True,
        help_text="The chance of any session of the queue’s filter to be drawn, to six digits; null where chosen.",
    )
    stratum = serializers.ChoiceField(choices=Stratum.choices, allow_null=True)
    weight = serializers.FloatField(
        allow_null=True,
        help_text="How many sessions its session stands for in estimates; null where it was chosen, not drawn.",
    )


class FailurePageSerializer(Plain):
    """A page of failures. `next` is the cursor of the page that follows, or null.

    `next_since` is the `updated_since` of the next call that asks what has changed; it is the same on all pages.
    """

    results = FailureSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    next_since = serializers.DateTimeField()
