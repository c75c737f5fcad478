"""What leads may type about queues."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import CheckboxSelectMultiple

from accounts.models import Project, User
from annotate.access import reviewers_of
from annotate.actions.queues import MEASURES_ONLY_BLIND, QueueSettings
from annotate.models import Queue, Rubric, SkipPolicy
from annotate.queries.filters import FILTERS, WORDS_GIVEN, offered
from annotate.queries.rubrics import newest_rubrics
from common.keys import is_key
from traces.detectors import label_of

MOST_HOURS = 24 * 365
MOST_WAITING = 100_000
DAY = {"type": "date"}


def _several(key: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(required=False, label=FILTERS[key].label, widget=CheckboxSelectMultiple)


def _day(key: str) -> forms.DateField:
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    return forms.DateField(required=False, label=FILTERS[key].label, widget=widget)


class FilterForm(forms.Form):
    """Which sessions a queue takes: the closed list of filters. Choices are what the newest sessions have."""

    workflow = _several("workflow")
    release = _several("release")
    environment = _several("environment")
    model = _several("model")
    tool = _several("tool")
    tag = _several("tag")
    signal = _several("signal")
    said = _several("said")
    score = forms.ChoiceField(required=False, label="Score")
    score_from = forms.FloatField(required=False, label="Score from")
    score_to = forms.FloatField(required=False, label="Score to")
    started_from = _day("started_from")
    started_to = _day("started_to")
    has_errors = forms.BooleanField(required=False, label=FILTERS["has_errors"].label)

    SEVERAL: ClassVar = ("workflow", "release", "environment", "model", "tool", "tag", "signal", "said")

    def __init__(self, project: Project, *args: Any, stored: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """`stored`: the filters that a queue has, which are always among the choices."""
        initial = {**_as_initial(stored or {}), **kwargs.pop("initial", {})}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        seen = offered(project)
        for name in self.SEVERAL:
            values = sorted({*seen.get(name, []), *initial.get(name, [])})
            self._offer(name, [(value, label_of(value) if name == "signal" else value) for value in values])
        self._offer("said", [(key, words[:1].upper() + words[1:]) for key, (words, _) in WORDS_GIVEN.items()])
        names = sorted({*seen["score"], *filter(None, [initial.get("score")])})
        self._offer("score", [("", "Any"), *((name, name) for name in names)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def choosers(self) -> list[forms.BoundField]:
        """The fields that take several values, as far as there is something to choose."""
        return [self[name] for name in self.SEVERAL if getattr(self.fields[name], "choices", None)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("started_from"), cleaned.get("started_to")
        if first and last and first > last:
            raise ValidationError({"started_to": "This is before the first day."})
        lowest, highest = cleaned.get("score_from"), cleaned.get("score_to")
        if lowest is not None and highest is not None and lowest > highest:
            raise ValidationError({"score_to": "This is below the lowest."})
        return cleaned

    def filters(self) -> dict[str, Any]:
        """The filters as a queue stores them: only those that say something, dates as ISO text."""
        given = {key: self.cleaned_data.get(key) for key in FILTERS}
        if name := self.cleaned_data.get("score"):
            given["score"] = {
                "name": name,
                "from": self.cleaned_data.get("score_from"),
                "to": self.cleaned_data.get("score_to"),
            }
        said = {key: value for key, value in given.items() if value}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in said.items()}


def _as_initial(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a queue as the fields of the form."""
    score = stored.get("score") or {}
    several = {
        key: [value] if isinstance(value, str) else value for key, value in stored.items() if key in FilterForm.SEVERAL
    }
    parts = {"score": score.get("name"), "score_from": score.get("from"), "score_to": score.get("to")}
    return {**stored, **several, **parts}


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django's own takes none when running
    """Several people; a number that no row can have is refused like any other that is none of theirs."""

    def clean(self, value: Any) -> Any:
        foreign = next((one for one in value or () if not is_key(str(one))), None)
        if foreign is not None:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": foreign})
        return super().clean(value)


class QueueForm(FilterForm):
    """A queue: its name, which sessions it takes, and how it is read."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    fills_itself = forms.BooleanField(
        required=False,
        initial=True,
        label="Fills itself with new sessions that match",
        help_text="Otherwise only what people add from the list of sessions comes in.",
    )
    size_cap = forms.IntegerField(
        min_value=1,
        max_value=MOST_WAITING,
        initial=1000,
        label="Most sessions waiting",
        help_text="When more match, the best of them are taken, and a random sample of all.",
    )
    random_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        initial=20,
        label="Random share, %",
        help_text="Drawn evenly from all that matches: it finds what no signal knows, and keeps estimates honest.",
    )
    gold_percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=50,
        initial=0,
        label="Settled sessions mixed in, %",
        help_text="Unannounced, sessions that a lead has settled before, to see how well each reviewer finds failures."
        " They count nowhere else. Only in a blind queue; 5 is a good start.",
    )
    repeat_percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=50,
        initial=0,
        label="Repeated sessions mixed in, %",
        help_text="Unannounced, sessions that the reviewer judged a week or 50 reviews ago, to see whether they would"
        " say the same again. Only in a blind queue.",
    )
    reviewers_per_session = forms.IntegerField(
        min_value=1,
        max_value=5,
        initial=1,
        label="Reviewers for each session",
        help_text="How many people judge each session. A change counts for sessions that come in from then on.",
    )
    is_blind = forms.BooleanField(
        required=False,
        label="Blind",
        help_text="Nobody sees what others said of a session before their own judgement is in.",
    )
    due_hours = forms.IntegerField(
        min_value=1, max_value=MOST_HOURS, initial=24, label="Due after, hours", help_text="Counted from coming in."
    )
    skip_policy = forms.ChoiceField(
        choices=SkipPolicy.choices, initial=SkipPolicy.OTHERS.value, label="When somebody skips a session"
    )
    skips_to_lead = forms.IntegerField(
        min_value=1,
        max_value=20,
        initial=2,
        label="Skips until a lead decides",
        help_text="So many skips of one session put it before a lead.",
    )
    rubric = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label="What reviewers are asked",
        help_text="A change counts for judgements from then on; those that were given keep what they were asked.",
    )
    takers = PeopleField(
        User.objects.none(),
        required=False,
        widget=CheckboxSelectMultiple,
        label="Who may take from it",
        help_text="Nobody chosen: every reviewer of the project.",
    )

    field_order = ("name", *FilterForm.base_fields)

    def __init__(
        self, project: Project, *args: Any, queue: Queue | None = None, may_filter: bool = True, **kwargs: Any
    ) -> None:
        """`queue`: the one whose settings the form begins with. Without `may_filter` it has no filters."""
        initial = {**(_settings_of(queue) if queue else {}), **kwargs.pop("initial", {})}
        super().__init__(project, *args, stored=queue.filters if queue else None, initial=initial, **kwargs)
        field = self.fields["takers"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = reviewers_of(project)
        self.rubrics = _rubrics_for(project, queue)
        self._offer("rubric", [(str(pk), _told(rubric)) for pk, rubric in self.rubrics.items()])
        for name in () if may_filter else FilterForm.base_fields:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("is_blind") and (measuring := [name for name in MEASURING if cleaned.get(name)]):
            raise ValidationError(dict.fromkeys(measuring, MEASURES_ONLY_BLIND))
        return cleaned

    def focus_first_error(self) -> None:
        """Makes the page that shows the errors begin at the first field that has one."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    def settings(self) -> QueueSettings:
        """All but the filters."""
        given = {name: self.cleaned_data[name] for name in SETTINGS}
        shares: dict[str, Any] = {f"{name}_share": (self.cleaned_data[f"{name}_percent"] or 0) / 100 for name in SHARES}
        return QueueSettings(
            **given,
            **shares,
            takers=list(self.cleaned_data["takers"]),
            rubric=self.rubrics.get(self.cleaned_data["rubric"]),
        )


SETTINGS = (
    *("name", "fills_itself", "size_cap", "reviewers_per_session", "is_blind", "due_hours"),
    *("skip_policy", "skips_to_lead"),
)


SHARES = ("random", "gold", "repeat")
MEASURING = ("gold_percent", "repeat_percent")


def _rubrics_for(project: Project, queue: Queue | None) -> dict[int, Rubric]:
    """The newest version of each rubric, and the one that the queue asks now; by id."""
    found = list(newest_rubrics(project))
    if queue is not None and queue.rubric not in found:
        found.append(queue.rubric)
    return {rubric.pk: rubric for rubric in found}


def _told(rubric: Rubric) -> str:
    return f"{rubric.name}, version {rubric.version}"


def _settings_of(queue: Queue) -> dict[str, Any]:
    stored = {name: getattr(queue, name) for name in SETTINGS}
    percents = {f"{name}_percent": round(getattr(queue, f"{name}_share") * 100) for name in SHARES}
    return {**stored, **percents, "takers": queue.takers.all(), "rubric": queue.rubric_id}


class PersonForm(forms.Form):
    """Whom a session is given to."""

    person = forms.ModelChoiceField(User.objects.none(), empty_label="Give to …")

    def __init__(self, people: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class AddForm(forms.Form):
    """Sessions chosen by hand, and the queue that they go into."""

    queue = forms.ModelChoiceField(Queue.objects.none())
    everything = forms.BooleanField(required=False)
    # The newest session of those that were counted: what came since then is not among them.
    up_to = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["queue"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Queue.objects.filter(project=project).order_by("-is_open", "name")
