"""Fields for what is told in more than one line of text: answers to questions, and lists that a script edits."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from annotate.actions.checking import ANSWER
from annotate.answers import LONGEST_TEXT, Asked, Value, Wrong, choices_of, read_answer
from annotate.models import Question, Rubric
from annotate.queries.asking import asked_in
from common.markdown import render_markdown

# A list as its script sends it: more would be no honest page's.
LONGEST_LIST = 200_000


class ListField(forms.CharField):
    """A list that the page's script keeps in a hidden field, as JSON. `read` gives it its shape, or raises Wrong."""

    def __init__(self, read: Callable[[object], Any]) -> None:
        super().__init__(required=False, max_length=LONGEST_LIST, widget=forms.HiddenInput)
        self.read = read

    def prepare_value(self, value: Any) -> Any:
        """A list as the text that the page holds; what was sent stays as it was sent."""
        return value if isinstance(value, str) else json.dumps(value or [])

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it says anything else: an empty list says as much as no text."""
        return bool((data or "[]") != self.prepare_value(initial))

    def clean(self, value: Any) -> Any:
        """The list in its shape."""
        text = super().clean(value)
        try:
            return self.read(json.loads(text) if text else [])
        except (ValueError, RecursionError) as error:
            raise ValidationError("This list cannot be read. Remove what is in it, and enter it again.") from error
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from wrong


class AnswerField(forms.Field):
    """The answer to one question. What it takes is for `annotate.answers` to say."""

    def __init__(self, question: Question, asked: Asked) -> None:
        super().__init__(required=False, label=question.text, widget=_widget(asked))
        self.question, self.asked = question, asked
        self.guidance = render_markdown(question.guidance)

    def clean(self, value: Any) -> Value | None:
        """The answer in the shape of its question; None where nothing was said."""
        try:
            return read_answer(self.asked, value)
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from wrong


def _widget(asked: Asked) -> forms.Widget:
    choices = choices_of(asked.kind, asked.options)
    if asked.kind == "choices":
        return forms.CheckboxSelectMultiple(choices=choices)
    if choices:
        return forms.RadioSelect(choices=choices)
    return forms.Textarea({"rows": 2, "maxlength": LONGEST_TEXT, "aria-label": asked.text})


def answer_fields(rubric: Rubric) -> dict[str, AnswerField]:
    """A field for each of the rubric's questions, by the field's name, in their order: one query."""
    return {f"{ANSWER}{asked.key}": AnswerField(question, asked) for question, asked in asked_in(rubric)}
