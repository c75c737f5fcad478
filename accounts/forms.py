"""Forms of accounts' pages: what a person may type, with words for what is wrong."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Project, Role, Scope, User

if TYPE_CHECKING:  # generic for the type checker alone
    SetPasswordForm = auth_forms.SetPasswordForm[User]
else:
    SetPasswordForm = auth_forms.SetPasswordForm

SHORTEST_IDLE = 5
LONGEST_IDLE = 24 * 3600
MOST_SESSION_KEYS = 20
LONGEST_ADDRESS = 50
PROJECT_ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")


NEEDS_NAME = {"required": "Give it a name."}
NEEDS_EMAIL = dict.fromkeys(["required", "invalid"], "Give an e-mail address, such as ada@example.com.")
NEEDS_PASSWORD = {"required": "Type a password."}
NEEDS_IDLE = dict.fromkeys(
    ["required", "invalid", "min_value", "max_value"], f"Give whole seconds, from {SHORTEST_IDLE} to {LONGEST_IDLE}."
)
PASSWORD_HELP = "At least 10 characters. A few words that only you would put together do well."  # noqa: S105  # a hint
PASSWORD_WORDS = {
    "password_too_short": "This is too short: use at least 10 characters.",
    "password_too_common": "Many people use this one, so it is guessed first. Choose another.",
    "password_too_similar": "This is too close to your name or e-mail address. Choose another.",
}


def password_faults(password: str, user: User) -> list[str]:
    """What is wrong with a new password, in our words; nothing if it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [PASSWORD_WORDS.get(str(fault.code), " ".join(fault.messages)) for fault in error.error_list]
    return []


class LoginForm(auth_forms.AuthenticationForm):
    """E-mail and password. The address is lower-cased first, so that throttling sees one person as one."""

    error_messages = {  # noqa: RUF012  # Django declares it as an instance's attribute
        "invalid_login": "That e-mail and password do not go together. Check both and try again.",
        "inactive": "This account is switched off. Ask an admin of your project.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["username"].error_messages |= NEEDS_EMAIL
        self.fields["password"].error_messages |= NEEDS_PASSWORD

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class ForgottenForm(auth_forms.PasswordResetForm):
    """Where the link for a new password goes."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        error_messages=NEEDS_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NewPasswordForm(SetPasswordForm):
    """A new password, twice. What is wrong with it stands at the first of the two."""

    error_messages: dict[str, Any] = {"password_mismatch": "The two passwords differ."}  # noqa: RUF012  # as in Django

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text, second.label = PASSWORD_HELP, "The same again"
        for field in (first, second):
            field.error_messages |= NEEDS_PASSWORD

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        if password := self.cleaned_data.get("new_password1"):
            for fault in password_faults(password, user):
                self.add_error("new_password1", fault)


class ChangePasswordForm(NewPasswordForm, auth_forms.PasswordChangeForm):
    """A new password for somebody who knows the present one."""

    error_messages = NewPasswordForm.error_messages | {"password_incorrect": "This is not your present password."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Present password"
        self.fields["old_password"].error_messages |= {"required": "Type your present password."}


class NameForm(forms.Form):
    """One's own name."""

    name = forms.CharField(
        max_length=120,
        required=False,
        help_text="How colleagues see you beside your reviews.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewProjectForm(forms.Form):
    """Name and address of a new project."""

    name = forms.CharField(max_length=120, help_text="Usually the product or agent.", error_messages=NEEDS_NAME)
    slug = forms.CharField(
        label="Address",
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="The part of links after /p/, such as billing-agent. It cannot be changed later;"
        " left empty, it is made from the name.",
    )

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug and not PROJECT_ADDRESS.fullmatch(slug):
            raise ValidationError("Use small letters from a to z, digits, and single hyphens between them.")
        return slug


class ProjectForm(forms.Form):
    """What an admin may change about a project."""

    name = forms.CharField(max_length=120, error_messages=NEEDS_NAME)
    idle_seconds = forms.IntegerField(
        error_messages=NEEDS_IDLE,
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
    email = forms.EmailField(label="E-mail", max_length=254, error_messages=NEEDS_EMAIL)
    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role, initial=Role.REVIEWER)


class AcceptForm(forms.Form):
    """Name and password of a person who comes by invitation."""

    name = forms.CharField(
        max_length=120,
        label="Your name",
        error_messages={"required": "Tell your colleagues your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    password = forms.CharField(
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
        error_messages=NEEDS_PASSWORD,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            user = User(email=self.email, name=cleaned.get("name", ""))
            for fault in password_faults(cleaned["password"], user):
                self.add_error("password", fault)
        return cleaned


class ApiKeyForm(forms.Form):
    """Name and scopes of a new key."""

    name = forms.CharField(
        max_length=80, help_text="Who uses it, such as “production exporter”.", error_messages=NEEDS_NAME
    )
    scopes = forms.TypedMultipleChoiceField(
        label="It may",
        choices=Scope.choices,
        coerce=Scope,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.INGEST],
        help_text="A key that reads sees all that was said, also what reviewers of blind queues may not see yet.",
        error_messages={"required": "Choose at least one thing that the key may do."},
    )
