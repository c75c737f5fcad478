"""The page on which people choose their own keys."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.permissions import signed_in
from accounts.request import PageRequest
from annotate.actions.preferences import set_keys
from annotate.forms.keys import KeysForm
from annotate.keys import CHANGEABLE
from annotate.models import KeyUse
from annotate.queries.preferences import OwnKeys, own_keys
from annotate.views import UNPROCESSABLE


@signed_in
def own_keys_page(request: PageRequest) -> HttpResponseBase:
    """One's own keys. `next` (a page of ours) is where it leads back to."""
    back = _back(request)
    if request.method != "POST":
        return _page(request, KeysForm(initial=_initial(own_keys(request.user))), back)
    if "reset" in request.POST:
        set_keys(user=request.user, own={}, use=KeyUse.ALONE)
        messages.success(request, "All keys are as usual.")
        return redirect(back or "own_keys")
    form = KeysForm(request.POST)
    if not form.is_valid():
        return _page(request, form, back)
    set_keys(user=request.user, own=form.own, use=KeyUse(form.cleaned_data["use"]))
    messages.success(request, "Your keys are saved.")
    return redirect(back or "own_keys")


def _back(request: PageRequest) -> str:
    """The page that sent its reader here, or "". `redirect` would take a bare word for a view's name."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _initial(own: OwnKeys) -> dict[str, str]:
    return {"use": own.use, **{name: own.keys.get(name, action.key) for name, action in CHANGEABLE.items()}}


def _page(request: PageRequest, form: KeysForm, back: str) -> HttpResponse:
    return render(
        request, "annotate/own_keys.html", {"form": form, "back": back}, status=UNPROCESSABLE if form.errors else 200
    )
