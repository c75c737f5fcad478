"""Pages on which people come in, leave, and look after their own account."""

from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import views as auth_views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import get_invitation
from accounts.actions import accept_as_new_user, accept_as_user, rename_user, sign_in
from accounts.forms import AcceptForm, ChangePasswordForm, ForgottenForm, LoginForm, NameForm, NewPasswordForm
from accounts.models import Invitation, User
from accounts.permissions import public, signed_in
from accounts.queries import has_account
from accounts.request import PageRequest
from common.errors import Refused


@public
@sensitive_post_parameters("password")
@never_cache
def login(request: HttpRequest) -> HttpResponseBase:
    """E-mail and password. Failures are counted by django-axes, which also answers once there were too many."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = LoginForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        sign_in(request=request, user=form.get_user())
        return HttpResponseRedirect(_next(request))
    return render(request, "accounts/login.html", {"form": form, "next": _next(request)})


def _next(request: HttpRequest) -> str:
    """The path that the visitor wanted, if it is one of ours. `redirect` would take it for a view's name, too."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else resolve_url("home")


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("login")


@signed_in
def account(request: PageRequest) -> HttpResponse:
    """One's own name; the way to another password."""
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        rename_user(user=request.user, name=form.cleaned_data["name"])
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form})


change_password = signed_in(
    auth_views.PasswordChangeView.as_view(
        template_name="accounts/password_change.html",
        form_class=ChangePasswordForm,
        success_url=reverse_lazy("password_change_done"),
    )
)


@signed_in
def password_changed(request: PageRequest) -> HttpResponse:
    messages.success(request, "Your password is changed. Other browsers are logged out.")
    return redirect("account")


ask_for_reset = public(
    auth_views.PasswordResetView.as_view(
        template_name="accounts/password_reset.html",
        form_class=ForgottenForm,
        email_template_name="accounts/password_reset_mail.txt",
        subject_template_name="accounts/password_reset_subject.txt",
        success_url=reverse_lazy("password_reset_done"),
    )
)
reset_asked = public(auth_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"))
# It does not log in: `sign_in` stays the one place that makes login sessions.
reset_password = public(
    auth_views.PasswordResetConfirmView.as_view(
        template_name="accounts/password_reset_confirm.html",
        form_class=NewPasswordForm,
        success_url=reverse_lazy("password_reset_complete"),
    )
)


@public
def reset_complete(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your password is set. Log in with it.")
    return redirect("login")


@public
@sensitive_post_parameters("password")
@never_cache
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A new person sets name and password; somebody with an account logs in first and confirms."""
    try:
        invitation = get_invitation(token)
    except Http404:
        return render(request, "accounts/invitation_gone.html", status=404)
    form = AcceptForm(request.POST or None, email=invitation.email)
    if request.method == "POST":
        try:
            if _accept(request, invitation, form):
                return redirect("project_home", slug=invitation.project.slug)
        except Refused as refused:
            messages.error(request, refused.message)
    # Not "project": the frame of the page would show that project's navigation to a stranger.
    context = {
        "invitation": invitation,
        "form": form,
        "asked": _asked(request, invitation),
    }
    return render(request, "accounts/invitation.html", context)


def _accept(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> bool:
    if isinstance(request.user, User):
        accept_as_user(invitation=invitation, user=request.user)
        return True
    if has_account(invitation.email) or not form.is_valid():
        return False
    data = form.cleaned_data
    sign_in(
        request=request,
        user=accept_as_new_user(invitation=invitation, name=data["name"], password=data["password"]),
    )
    return True


def _asked(request: HttpRequest, invitation: Invitation) -> str:
    """What the visitor has to do: confirm, log out, log in, or register."""
    if isinstance(request.user, User):
        return "confirm" if request.user.email == invitation.email else "log out"
    return "log in" if has_account(invitation.email) else "register"
