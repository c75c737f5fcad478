"""Forms of accounts' pages: what a person may type, with words for what is wrong."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Project, Role, Scope, User

SHORTEST_IDLE = 5
LONGEST_IDLE = 24 * 3600
MOST_SESSION_KEYS = 20
ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")


class LoginForm(AuthenticationForm):
    """E-mail and password. The address is lower-cased first, so that throttling sees one person as one."""

    error_messages = {  # noqa: RUF012  # Django declares it as an instance's attribute
        "invalid_login": "That e-mail and password do not go together. Check both and try again.",
        "inactive": "This account is switched off. Ask an admin of your project.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class NameForm(forms.Form):
    """One's own name."""

    name = forms.CharField(
        max_length=120,
        required=False,
        help_text="How colleagues see you beside your reviews.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewProjectForm(forms.Form):
    name = forms.CharField(max_length=120, help_text="Usually the product or agent. The address is made from it.")


class ProjectForm(forms.Form):
    """What an admin may change about a project."""

    name = forms.CharField(max_length=120)
    idle_seconds = forms.IntegerField(
        label="Idle time in seconds",
        min_value=SHORTEST_IDLE,
        max_value=LONGEST_IDLE,
        help_text="A session that nobody closed counts as over after this long without news.",
    )
    session_keys = forms.CharField(
        label="Extra session keys",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
        help_text="Span attributes of yours that name the session, one per line, strongest first."
        " The usual ones, such as session.id, are known already.",
    )

    @classmethod
    def of(cls, project: Project) -> "ProjectForm":
        return cls(
            initial={
                "name": project.name,
                "idle_seconds": project.idle_seconds,
                "session_keys": "\n".join(project.session_keys),
            }
        )

    def clean_session_keys(self) -> list[str]:
        keys = list(dict.fromkeys(str(self.cleaned_data["session_keys"]).split()))
        if len(keys) > MOST_SESSION_KEYS:
            raise ValidationError(f"At most {MOST_SESSION_KEYS} keys; these are {len(keys)}.")
        for key in keys:
            if not ATTRIBUTE_KEY.fullmatch(key):
                raise ValidationError(f"{key[:100]!r} is no attribute key: use letters, digits and . _ - : /")
        return keys


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role, empty_value=Role.VIEWER)


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role, initial=Role.REVIEWER)


class AcceptForm(forms.Form):
    """Name and password of a person who comes by invitation."""

    name = forms.CharField(
        max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. A few words that only you would put together do well.",
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ApiKeyForm(forms.Form):
    """Name and scopes of a new key."""

    name = forms.CharField(max_length=80, help_text="Who uses it, such as “production exporter”.")
    scopes = forms.TypedMultipleChoiceField(
        label="It may",
        choices=Scope.choices,
        coerce=Scope,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.INGEST],
    )
