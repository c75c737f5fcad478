"""What a lead says of an issue's life, and what anybody says about it."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms

from annotate.actions.comments import LONGEST_COMMENT
from annotate.models import Severity
from common.errors import Refused
from common.keys import LARGEST_KEY
from issues.actions.helping import LONGEST_RUNBOOK
from issues.lifecycle import ACTS_BY_HAND, State
from issues.lifecycle.ignoring import End, EndKind

LARGEST_NUMBER = 2**31 - 1
ACTS = [(act.value, act.label) for act in ACTS_BY_HAND]


def end_of(asked: dict[str, Any]) -> End:
    """Until when something is to be ignored: of what was sent only what its kind needs."""
    kind = EndKind(asked.get("end") or EndKind.NEVER)
    day = asked.get("until") if kind == EndKind.DATE else None
    return End(
        kind,
        at=datetime.combine(day, time.min, UTC) if day else None,
        count=asked.get("count") if kind in {EndKind.SESSIONS, EndKind.USERS} else None,
        days=asked.get("days") if kind == EndKind.USERS else None,
    )


class ActForm(forms.Form):
    """One act; `source` is where the reader saw the issue stand, unless it is done to many."""

    act = forms.ChoiceField(choices=ACTS)
    source = forms.ChoiceField(choices=State.choices, required=False)
    fixed_in_release = forms.CharField(required=False, max_length=100)
    now = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=300)
    end = forms.ChoiceField(choices=EndKind.choices, required=False)
    until = forms.DateField(required=False)
    count = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    days = forms.IntegerField(required=False, min_value=1, max_value=32_767)
    owner = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)


class BulkForm(ActForm):
    """The same for many issues: an act, an owner (`none`: nobody) or a severity.

    `everything`: for all that the board's filters find.
    """

    act = forms.ChoiceField(choices=ACTS, required=False)
    owner = forms.CharField(required=False, max_length=20)  # type: ignore[assignment]  # empty, `none` or a person's key
    severity = forms.ChoiceField(choices=Severity.choices, required=False)
    everything = forms.BooleanField(required=False)


class RemarkForm(forms.Form):
    """What somebody says about an issue."""

    client_id = forms.UUIDField(error_messages={"required": "This page is too old to be sent. Load it again."})
    text = forms.CharField(max_length=LONGEST_COMMENT)


class HelpForm(forms.Form):
    """What to do when it happens, and where else it is tracked."""

    runbook = forms.CharField(required=False, max_length=LONGEST_RUNBOOK)
    external_url = forms.CharField(required=False, max_length=500)


class LifeRuleForm(forms.Form):
    """When a fix counts as verified."""

    verified_after = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER)


def refuse_nothing(asked: dict[str, Any]) -> None:
    """Raises Refused where a form for many says nothing to do."""
    if not (asked.get("act") or asked.get("owner") or asked.get("severity")):
        raise Refused("Say what to do: an act, an owner or a severity.", field="act")
