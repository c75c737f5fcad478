"""The overview as JSON. Shares are 0 to 1, null where they cannot be told."""

from typing import Any

from rest_framework import serializers

from annotate.coverage import Saturation, Unseen
from monitor.baselines import Usual
from monitor.queries.found import Found, FoundRow
from monitor.queries.tools import ErrorClass, ToolRow
from monitor.queries.traffic import CameIn
from monitor.queries.usual import UsualRow
from monitor.queries.work import QueueWork, Work
from monitor.records import Placed

Plain = serializers.Serializer[dict[str, Any]]


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
    """What people said: so in `found` of all `reviewed` sessions, whether the outcome failure, a type or an issue.

    The estimate speaks of `frame` sessions, from `sampled` of them that were drawn at random.
    """

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


class FoundTypeSerializer(serializers.Serializer[FoundRow]):
    """A failure type that people found."""

    name = serializers.CharField()
    people = PeopleSerializer(source="share")


class FoundIssueSerializer(serializers.Serializer[FoundRow]):
    """An issue with confirmed failures."""

    number = serializers.IntegerField()
    title = serializers.CharField(source="name")
    people = PeopleSerializer(source="share")


class UnseenSerializer(serializers.Serializer[Unseen]):
    """The chance that the next failure is of a kind nobody has seen, with its 95 % interval; null of too few."""

    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class SeenKindsSerializer(Plain):
    """After so many reviews, so many kinds had been seen."""

    reviews = serializers.IntegerField()
    kinds = serializers.IntegerField()


class NewKindsSerializer(Plain):
    """The 25 reviews up to this one showed so many kinds for the first time."""

    reviews = serializers.IntegerField()
    new = serializers.IntegerField()


class SaturationSerializer(Plain):
    """Whether reading on still teaches: `kinds` seen in `reviews`, of `at_least` so many that there are."""

    reviews = serializers.IntegerField()
    kinds = serializers.IntegerField()
    at_least = serializers.IntegerField(allow_null=True)
    unseen = UnseenSerializer()
    new_per_25 = NewKindsSerializer(many=True)
    curve = SeenKindsSerializer(many=True)
    words = serializers.CharField()


class SaturationsSerializer(Plain):
    """By what is taken for a kind."""

    failure_types = SaturationSerializer()
    issues = SaturationSerializer()


class PlacedSerializer(serializers.Serializer[Placed]):
    """Sessions, and the judgements on them that are meant: more where several people judge one."""

    sessions = serializers.IntegerField()
    judgements = serializers.IntegerField()


class QueueWorkSerializer(serializers.Serializer[QueueWork]):
    """A queue with what waits in it, what of that is overdue, and what is done."""

    id = serializers.IntegerField(source="row.queue.pk")
    name = serializers.CharField(source="row.queue.name")
    is_open = serializers.BooleanField(source="row.queue.is_open")
    waiting = PlacedSerializer()
    overdue = PlacedSerializer()
    done = PlacedSerializer()
    oldest = serializers.DateTimeField(source="row.oldest", allow_null=True, help_text="Since when the oldest waits.")


class WorkSerializer(serializers.Serializer[Work]):
    """All queues together, now, whatever days are asked for. Closed queues with nothing waiting are not listed."""

    waiting = PlacedSerializer()
    overdue = PlacedSerializer()
    done = PlacedSerializer()
    reviewed_in_7_days = PlacedSerializer(source="week")
    minutes_per_review = serializers.FloatField(
        source="minutes_each", allow_null=True, help_text="The median of the newest 50; null before 5 were timed."
    )
    queues = QueueWorkSerializer(many=True)


class ToolUseSerializer(serializers.Serializer[ToolRow]):
    """A tool's calls, those that failed, and in how many sessions."""

    name = serializers.CharField()
    sessions = serializers.IntegerField()
    calls = serializers.IntegerField()
    failed_calls = serializers.IntegerField(source="errors")
    sessions_failing = serializers.IntegerField(source="failing")


class ToolErrorSerializer(serializers.Serializer[ErrorClass]):
    """A way in which tools fail, and in how many sessions; blank where it is not told apart."""

    kind = serializers.CharField(source="name", allow_blank=True)
    words = serializers.CharField(source="label")
    sessions = serializers.IntegerField()


class UsualSerializer(serializers.Serializer[Usual]):
    """Of the `known` values: the mean, the median, the median distance from it (mad), and what 90, 95, 99 % stay under.

    The highest percentiles are null of fewer than 20 and 100 values.
    """

    known = serializers.IntegerField()
    mean = serializers.FloatField()
    median = serializers.FloatField()
    mad = serializers.FloatField()
    p90 = serializers.FloatField()
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class UsualWorkflowSerializer(serializers.Serializer[UsualRow]):
    """What is usual in a workflow; null where no session says it."""

    name = serializers.CharField(allow_blank=True)
    sessions = serializers.IntegerField()
    cost_usd = UsualSerializer(source="usual.cost", allow_null=True)
    latency_ms = UsualSerializer(source="usual.latency", allow_null=True)
    ttft_ms = UsualSerializer(source="usual.ttft", allow_null=True, help_text="Until the first word.")
    tokens = UsualSerializer(source="usual.tokens", allow_null=True)
    steps = UsualSerializer(source="usual.steps", allow_null=True)
    tool_calls = UsualSerializer(source="usual.tool_calls", allow_null=True)


class UsualsSerializer(Plain):
    """By workflow; `basis` says on how many sessions it rests."""

    basis = serializers.CharField()
    workflows = UsualWorkflowSerializer(many=True, source="rows")


class OverviewSerializer(Plain):
    """What came in, how it went, what looks wrong, what people found, the work, tools and what is usual.

    Of whole days in UTC. `by_workflow`, `by_release` and `usual` tell of the 20 with the most sessions, `tools` of the
    12 with the most failed calls.
    """

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
    failure_types = FoundTypeSerializer(many=True)
    issues = FoundIssueSerializer(many=True)
    saturation = SaturationsSerializer()
    work = WorkSerializer()
    tools = ToolUseSerializer(many=True)
    tool_errors = ToolErrorSerializer(many=True)
    usual = UsualsSerializer()


def came_in_json(counted: CameIn) -> dict[str, Any]:
    """The counts of what came in, under the API's names."""
    return {
        "sessions": counted.sessions,
        "users": counted.users,
        "cost_usd": counted.cost,
        "signalled": counted.signalled,
        "days": counted.days,
    }


def found_json(found: Found) -> dict[str, Any]:
    """What people found."""
    return {
        "failure_types": found.types,
        "issues": found.issues,
        "saturation": {
            "failure_types": _saturation_json(found.by_type),
            "issues": _saturation_json(found.by_issue),
        },
    }


def _saturation_json(told: Saturation) -> dict[str, Any]:
    return {
        "reviews": told.reviews,
        "kinds": told.kinds,
        "at_least": told.at_least,
        "unseen": told.unseen,
        "new_per_25": [{"reviews": end, "new": new} for end, new in told.new_per_25],
        "curve": [{"reviews": reviews, "kinds": kinds} for reviews, kinds in told.points],
        "words": told.words,
    }
