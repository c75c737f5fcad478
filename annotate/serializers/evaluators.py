"""The shapes of evaluators beside people, over the API."""

from rest_framework import serializers

from annotate.calibration import Rate
from annotate.machines import Comparison, Drift, Number, Threshold
from annotate.queries.evaluators import EvaluatorRow, Evaluators


class RateSerializer(serializers.Serializer[Rate]):
    """`found` of `of`, with the 95 % interval of the share (Wilson's); `share` is null with fewer than five."""

    found = serializers.IntegerField()
    of = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField()
    high = serializers.FloatField()


class NumberSerializer(serializers.Serializer[Number]):
    """A measure with its 95 % interval (bootstrap); all null with fewer than ten sessions or one side empty."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """The confusion matrix, in reviewed sessions, and what follows from it."""

    sessions = serializers.IntegerField()
    both_bad = serializers.IntegerField(help_text="Failed, and the machine says bad.")
    missed = serializers.IntegerField(help_text="Failed, and the machine says good.")
    false_alarm = serializers.IntegerField(help_text="Went well, and the machine says bad.")
    both_good = serializers.IntegerField(help_text="Went well, and the machine says good.")
    true_positive = RateSerializer()
    true_negative = RateSerializer()
    balanced_accuracy = NumberSerializer(source="balanced")
    mcc = NumberSerializer()
    kappa = NumberSerializer()


class DriftSerializer(serializers.Serializer[Drift]):
    """Agreement with people on sessions of the last 30 days and on those before, and the interval of the change."""

    lately = RateSerializer()
    before = RateSerializer()
    change = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    is_clear = serializers.BooleanField(help_text="The interval excludes no change.")


class HeldOutSerializer(serializers.Serializer[Threshold]):
    """How the best threshold does on the sessions that it was chosen by, and on those that had no part in it."""

    on_all = ComparisonSerializer()
    held_out = ComparisonSerializer()


class EvaluatorSerializer(serializers.Serializer[EvaluatorRow]):
    """An evaluator beside what leads settled (gold) and beside the majority of reviewers."""

    name = serializers.CharField(source="evaluator.name", help_text="Of the score.")
    kind = serializers.CharField(source="evaluator.kind", help_text="llm or code.")
    author = serializers.CharField(source="evaluator.author", help_text="Who gave it, as the sender names them.")
    version = serializers.CharField(source="evaluator.version", help_text="Its version, as the sender names it.")
    middle = serializers.FloatField(help_text="The value at which the project splits good from bad.")
    gold = ComparisonSerializer()
    majority = ComparisonSerializer()
    drift = DriftSerializer(allow_null=True)
    best_threshold = serializers.FloatField(source="threshold", allow_null=True)
    best = HeldOutSerializer(allow_null=True)


class EvaluatorsSerializer(serializers.Serializer[Evaluators]):
    """All of them. `unread` are names of scores of which the project has not said what they mean."""

    evaluators = EvaluatorSerializer(many=True, source="rows")
    unread = serializers.ListField(child=serializers.CharField())
    is_cut = serializers.BooleanField(help_text="Only the newest reviews were compared.")
