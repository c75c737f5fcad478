"""What people may type where they talk about a session."""

from django import forms

from annotate.actions.comments import LONGEST_COMMENT


class CommentForm(forms.Form):
    """A remark: its words, the key of the step it is about, and whether the lead is asked."""

    client_id = forms.UUIDField(error_messages={"required": "This page is too old to be sent. Load it again."})
    text = forms.CharField(
        max_length=LONGEST_COMMENT,
        error_messages={
            "required": "Write something first.",
            "max_length": f"That is too long: a comment has at most {LONGEST_COMMENT:,} characters.",
        },
    )
    step = forms.CharField(max_length=80, required=False)
    for_lead = forms.BooleanField(required=False)


class AnswerForm(forms.Form):
    """What a lead answers to a question."""

    client_id = forms.UUIDField()
    text = CommentForm.base_fields["text"]
