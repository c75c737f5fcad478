"""The shapes of agreement over the API."""

from rest_framework import serializers

from annotate.queries.agreement import Measure, Numbers, PairRow


class MeasureSerializer(serializers.Serializer[Measure]):
    """How far reviewers agree on one thing.

    `alpha` is Krippendorff's, with its 95 % interval: null with fewer than 10 sessions, where nothing varies, and for
    places. `agreed` of `pairs` of judgements are the same.
    """

    name = serializers.CharField(source="key", help_text="outcome, failure_type, root_step, or rubric/question.")
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the row, not DRF's attribute
    sessions = serializers.IntegerField(source="agreement.units")
    alpha = serializers.FloatField(source="agreement.alpha", allow_null=True)
    low = serializers.FloatField(source="agreement.low", allow_null=True)
    high = serializers.FloatField(source="agreement.high", allow_null=True)
    agreed = serializers.IntegerField(source="agreement.share.agreed")
    pairs = serializers.IntegerField(source="agreement.share.pairs")


class PairSerializer(serializers.Serializer[PairRow]):
    """Two people who judged the same sessions: how many, how many outcomes were the same, and Cohen's kappa."""

    reviewers = serializers.SerializerMethodField()
    sessions = serializers.IntegerField(source="pair.both")
    agreed = serializers.IntegerField(source="pair.agreed")
    kappa = serializers.FloatField(
        source="pair.kappa", allow_null=True, help_text="Null where both said one thing only."
    )

    def get_reviewers(self, row: PairRow) -> list[str]:
        """Their e-mail addresses."""
        return [row.first.email, row.second.email]


class AgreementSerializer(serializers.Serializer[Numbers]):
    """All of it. `is_cut` says that only the newest judgements were compared."""

    sessions = serializers.IntegerField()
    reviews = serializers.IntegerField()
    is_cut = serializers.BooleanField()
    measures = MeasureSerializer(many=True)
    pairs = PairSerializer(many=True)
