"""The keys of a project's programs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import get_api_key
from accounts.actions import create_api_key, revoke_api_key
from accounts.forms import ApiKeyForm
from accounts.models import Role, Scope
from accounts.permissions import member
from accounts.queries import keys_of
from accounts.request import ProjectRequest
from common.errors import Refused

EXAMPLE_SESSION = (
    '{"session": {"id": "first-try", "workflow": "refunds", "closed": true}, "messages": ['
    '{"role": "user", "content": "Please refund order A-1."}, {"role": "assistant", "content": "Done!"}]}'
)


@member(Role.ADMIN)
def api_keys(request: ProjectRequest) -> HttpResponse:
    """The keys; a POST makes one. Its secret is on the answer to that POST and nowhere else, ever.

    A part of the page is asked for with htmx by the Connect page, which makes a key without leaving it.
    """
    form = ApiKeyForm(request.POST or None)
    secret = _make(request, form) if request.method == "POST" and form.is_valid() else ""
    context = {
        "section": "settings",
        "tab": "api_keys",
        "keys": keys_of(request.project),
        "form": ApiKeyForm() if secret else form,
        "secret": secret,
        "example": _example(request, secret, form.cleaned_data["scopes"]) if secret else "",
    }
    response = render(request, "accounts/api_keys.html#fresh" if request.htmx else "accounts/api_keys.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _make(request: ProjectRequest, form: ApiKeyForm) -> str:
    data = form.cleaned_data
    try:
        return create_api_key(project=request.project, name=data["name"], scopes=data["scopes"], creator=request.user)[
            1
        ]
    except Refused as refused:
        form.add_error(refused.field or None, refused.message)
        return ""


def _example(request: ProjectRequest, secret: str, scopes: list[Scope]) -> str:
    """A first call that this very key may make."""
    place = "sessions" if Scope.INGEST in scopes else "failures"
    lines = [f"curl {request.build_absolute_uri(f'/api/v1/{place}/')}", f"  -H 'Authorization: Bearer {secret}'"]
    if Scope.INGEST in scopes:
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{EXAMPLE_SESSION}'"]
    return " \\\n".join(lines)


@member(Role.ADMIN)
def revoke(request: ProjectRequest, key_id: int) -> HttpResponse:
    """Asks once, then makes the key worthless."""
    key = get_api_key(request.project, key_id)
    if request.method != "POST":
        context = {"section": "settings", "tab": "api_keys", "key": key}
        return render(request, "accounts/api_key_revoke.html", context)
    revoke_api_key(key=key)
    messages.success(request, f"{key.name} is revoked. Whatever still uses it gets 401 from now on.")
    return redirect("api_keys", slug=request.project.slug)
