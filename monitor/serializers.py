"""The overview as JSON. Shares are 0 to 1, null where they cannot be told."""

from typing import Any

from rest_framework import serializers

from monitor.records import Choice


class CountedSerializer(serializers.Serializer[Any]):
    """A count, and the same of as many days before."""

    value = serializers.IntegerField(allow_null=True)
    before = serializers.IntegerField(allow_null=True)


class CostSerializer(serializers.Serializer[Any]):
    """US dollars of the sessions that say what they cost, and of as many days before; null where none says it."""

    value = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    """Sessions of one day (UTC)."""

    day = serializers.DateField()
    sessions = serializers.IntegerField(source="value")


class SignalShareSerializer(serializers.Serializer[Any]):
    """A kind of signal: the sessions that show it, their share, and the share in as many days before."""

    kind = serializers.CharField()
    words = serializers.CharField(source="label")
    sessions = serializers.IntegerField(source="share.found")
    share = serializers.FloatField(source="share.share", allow_null=True)
    share_before = serializers.FloatField(source="share.before", allow_null=True)


class PeopleSerializer(serializers.Serializer[Any]):
    """Failed in `found` of all `reviewed`; the estimate speaks of `frame` sessions, from `sampled` drawn at random."""

    found = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    sampled = serializers.IntegerField()
    frame = serializers.IntegerField()
    estimate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class SaidSerializer(serializers.Serializer[Any]):
    """Of those that something is said of: how many bad and good, and the share of bad with its 95 % interval."""

    bad = serializers.IntegerField()
    good = serializers.IntegerField()
    estimate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class OutcomeSerializer(serializers.Serializer[Any]):
    """How sessions went by people, clients and machines. `name` is blank where the sessions name none."""

    name = serializers.CharField(allow_blank=True)
    sessions = serializers.IntegerField()
    people = PeopleSerializer()
    client = SaidSerializer()
    machine = SaidSerializer()


class OverviewSerializer(serializers.Serializer[Any]):
    """What came in, how it went and what looks wrong, of whole days in UTC."""

    start = serializers.DateField()
    end = serializers.DateField()
    workflow = serializers.CharField(allow_blank=True)
    sessions = CountedSerializer()
    users = CountedSerializer()
    cost_usd = CostSerializer()
    signalled = CountedSerializer()
    days = DaySerializer(many=True)
    outcome = OutcomeSerializer()
    by_workflow = OutcomeSerializer(many=True)
    by_release = OutcomeSerializer(many=True)
    signals = SignalShareSerializer(many=True)


def overview_json(choice: Choice, counted: Any, tables: Any, signals: Any) -> Any:
    """What `came_in`, `outcome_table` by workflow and by release, and `signal_rows` found, under the API's names."""
    by_workflow, by_release = tables
    return OverviewSerializer(
        {
            "start": choice.period.first,
            "end": choice.period.last,
            "workflow": choice.workflow,
            "sessions": counted.sessions,
            "users": counted.users,
            "cost_usd": counted.cost,
            "signalled": counted.signalled,
            "days": counted.days,
            "outcome": by_workflow.whole,
            "by_workflow": by_workflow.rows,
            "by_release": by_release.rows,
            "signals": signals,
        }
    ).data
