"""What leads may type about rubrics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import CheckboxSelectMultiple, HiddenInput, Textarea, TextInput
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME

from annotate.actions.rubrics import MOST_QUESTIONS
from annotate.answers import Asked, Wrong
from annotate.forms.answering import AnswerField
from annotate.models import Question, QuestionKind, Queue, Rubric
from annotate.rubric_versions import (
    Wording,
    choices_as_lines,
    is_reworded,
    no_longer_fits,
    read_choices,
    read_scale,
    same_lines,
)

WORDING, MEANING = "wording", "meaning"
SAYS = [("", "Say which …"), (WORDING, "The wording only: old answers hold"), (MEANING, "What answers mean")]
ASK_WHICH = "You changed this. Say whether it changes what answers mean, or the wording only."
LEAST, MOST = -100, 100
LONGEST_GUIDANCE = 10_000


@dataclass(frozen=True)
class Example:
    """A paragraph that a lead wants behind some guidance: of the question of this key, or without one the outcome's."""

    key: str
    words: str

    def behind(self, key: str, guidance: str, says: str) -> dict[str, str]:
        """What the form of this guidance begins with, where it is for it. `says`: the field that tells what changes."""
        return {"guidance": f"{guidance.rstrip()}\n\n{self.words}".lstrip(), says: WORDING} if key == self.key else {}


class RubricForm(forms.Form):
    """All of a rubric but its questions. A next version says what is new."""

    name = forms.CharField(max_length=120, widget=TextInput(attrs={"autocomplete": "off"}))
    guidance = forms.CharField(
        required=False,
        max_length=LONGEST_GUIDANCE,
        label="What counts as a success and a failure",
        widget=Textarea(attrs={"rows": 10}),
        help_text="Markdown: **bold**, lists, > quotes of examples. Reviewers have it one key away.",
    )
    means_more = forms.ChoiceField(
        choices=SAYS,
        required=False,
        label="What this changes about the outcome",
        help_text="Where it is what success and failure mean, older outcomes are listed, to be looked at again.",
    )
    changed = forms.CharField(
        max_length=2000,
        label="What is new in this version",
        widget=Textarea(attrs={"rows": 2}),
        required=False,
        help_text="For those who review: one or two sentences.",
    )
    queues = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        widget=CheckboxSelectMultiple,
        label="Queues that ask the new version from now on",
        help_text="The others go on with the version that they have. Reviews that were given keep theirs.",
    )

    def __init__(
        self,
        *args: Any,
        rubric: Rubric | None = None,
        queues: Iterable[Queue] = (),
        example: Example | None = None,
        **kwargs: Any,
    ) -> None:
        """`rubric`: the version that is edited, with the queues that ask it; without one it is new."""
        self.rubric = rubric
        offered = list(queues)
        told = {"name": rubric.name, "guidance": rubric.guidance} if rubric else {}
        if rubric and example:
            told |= {"changed": "One more example.", **example.behind("", rubric.guidance, "means_more")}
        initial = {**told, "queues": [queue.pk for queue in offered]}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        if rubric:
            self.fields["name"].help_text = "A new name is that of all versions, and their reviews stay as they are."
        else:
            for name in ("means_more", "changed", "queues"):
                del self.fields[name]
        asked = self.fields.get("queues")
        if isinstance(asked, forms.MultipleChoiceField):
            asked.choices = [(queue.pk, f"{queue.name} (asks version {queue.rubric.version})") for queue in offered]

    def clean_guidance(self) -> str:
        return same_lines(self.cleaned_data["guidance"])

    def clean(self) -> dict[str, Any]:
        """Says so where the meaning of a changed guidance, or what is new, was not told; a new name tells itself."""
        given = self.cleaned_data
        is_renamed = self.rubric is not None and given.get("name") not in {None, self.rubric.name}
        if "changed" in self.fields and not given.get("changed") and not is_renamed:
            self.add_error("changed", "Say in a sentence what is new.")
        is_changed = self.rubric is not None and given.get("guidance", "") != same_lines(self.rubric.guidance)
        if is_changed and not given.get("means_more"):
            self.add_error("means_more", ASK_WHICH)
        return given


class QuestionForm(forms.Form):
    """One question. Which of its fields count goes by its kind."""

    key = forms.CharField(required=False, max_length=40, widget=HiddenInput)
    text = forms.CharField(max_length=300, label="Question", widget=TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(choices=QuestionKind.choices, label="Answered with")
    choices = forms.CharField(
        required=False,
        max_length=4000,
        label="Answers to choose from, one to a line",
        widget=Textarea(attrs={"rows": 4}),
        help_text="To reword one and keep what was answered, write its short name first: “tone | Tone of voice”.",
    )
    lowest = forms.IntegerField(required=False, min_value=LEAST, max_value=MOST, initial=1, label="From")
    highest = forms.IntegerField(required=False, min_value=LEAST, max_value=MOST, initial=5, label="To")
    low_words = forms.CharField(required=False, max_length=60, label="The lowest means")
    high_words = forms.CharField(required=False, max_length=60, label="The highest means")
    guidance = forms.CharField(
        required=False,
        max_length=LONGEST_GUIDANCE,
        label="How to answer it, with examples",
        widget=Textarea(attrs={"rows": 3}),
        help_text="Markdown. One key away while reviewing.",
    )
    is_required = forms.BooleanField(required=False, label="Must be answered")
    meaning = forms.ChoiceField(choices=SAYS, required=False, label="What your change alters")

    def __init__(self, *args: Any, known: Mapping[str, Wording] | None = None, **kwargs: Any) -> None:
        """`known`: the questions of the version that is edited, by their keys."""
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.known = known or {}

    @property
    def old(self) -> Wording | None:
        """The question as it was asked so far; None for a new one."""
        return self.known.get(self["key"].value() or "")

    def clean(self) -> dict[str, Any]:
        """The question as a plain value, under `wording`."""
        given = self.cleaned_data
        if "kind" in given and "text" in given:
            given["wording"] = self._wording(given)
            self._check_meaning(given["wording"])
        if given.get("key") and given["key"] not in self.known:
            raise ValidationError("This question is not of this version. Reload the page.")
        return given

    @property
    def complete(self) -> Wording | None:
        """The question as far as it can be shown already; None where something of it is missing or wrong."""
        is_whole = not self.errors.keys() - {"key", "meaning", NON_FIELD_ERRORS}
        wording: Wording | None = self.cleaned_data.get("wording") if is_whole else None
        return wording

    def _wording(self, given: dict[str, Any]) -> Wording:
        return Wording(
            key=given.get("key", ""),
            kind=given["kind"],
            text=given["text"],
            guidance=same_lines(given.get("guidance", "")),
            options=self._options(given),
            is_required=given["is_required"],
        )

    def _options(self, given: dict[str, Any]) -> Any:
        field = "highest" if given["kind"] == QuestionKind.SCALE else "choices"
        try:
            if given["kind"] == QuestionKind.SCALE:
                ends = [given.get(name) for name in ("lowest", "highest")]
                lowest, highest = (end if end is not None else 0 for end in ends)
                return read_scale(lowest, highest, given.get("low_words", ""), given.get("high_words", ""))
            if given["kind"] in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
                return read_choices(given.get("choices", ""))
        except Wrong as wrong:
            self.add_error(field, str(wrong))
        return None

    def _check_meaning(self, new: Wording) -> None:
        """What no longer fits needs nobody to say so; of all else that reads differently somebody must."""
        old = self.old
        if self.errors or old is None or self.cleaned_data.get("meaning") or no_longer_fits(old, new):
            return
        if is_reworded(old, new):
            self.add_error("meaning", ASK_WHICH)


# As text, because Django's formsets take no type parameters when they run.
QuestionForms: TypeAlias = "forms.BaseFormSet[QuestionForm]"
QuestionFormSet = forms.formset_factory(
    QuestionForm, extra=0, can_order=True, can_delete=True, max_num=MOST_QUESTIONS, absolute_max=MOST_QUESTIONS
)


def as_initial(questions: Iterable[Wording], example: Example | None = None) -> list[dict[str, Any]]:
    """The questions of a version as the fields of their forms, one of them with the example."""
    return [_initial(one, example) for one in questions]


def _initial(one: Wording, example: Example | None = None) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("key", "text", "kind", "guidance", "is_required")}
    if example:
        plain |= example.behind(one.key, one.guidance, "meaning")
    if one.kind == QuestionKind.SCALE:
        return {**plain, **one.options}
    return {**plain, "choices": choices_as_lines(one.options)}


def edited(questions: QuestionForms) -> list[QuestionForm]:
    """The forms of the questions that are to be asked, in the order that was chosen. All of them are valid."""
    return list(questions.ordered_forms)


def entered(questions: QuestionForms) -> list[QuestionForm]:
    """The same of forms that may be wrong or unfinished yet."""
    kept = [one for one in questions if one.has_changed() and not one.cleaned_data.get(DELETION_FIELD_NAME)]
    return sorted(kept, key=lambda one: one.cleaned_data.get(ORDERING_FIELD_NAME) or 0)


class PreviewForm(forms.Form):
    """The questions as reviewers will meet them; nobody sends it."""

    def __init__(self, questions: Iterable[Wording]) -> None:
        super().__init__(label_suffix="")
        for place, one in enumerate(questions):
            question = Question(key=one.key, kind=one.kind, text=one.text, guidance=one.guidance)
            asked = Asked(one.key, one.kind, one.text, one.options, one.is_required)
            self.fields[f"preview-{place}"] = AnswerField(question, asked)
