"""Logging in and out, passwords, and invitations."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actions import invite
from accounts.models import Invitation, Membership, Project, Role, User
from tests.builders import PASSWORD, make_member, make_user


def log_in(client: Client, email: str = "ada@example.com", password: str = PASSWORD, **more: str) -> int:
    return client.post(reverse("login"), {"username": email, "password": password, **more}).status_code


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_login_lets_in_with_e_mail_in_any_case(client: Client, db: None) -> None:
    make_user()
    assert client.get(reverse("login")).status_code == 200
    assert log_in(client, "ADA@example.com") == 302
    assert is_in(client)


def test_login_says_the_same_for_a_wrong_password_and_an_unknown_address(client: Client, db: None) -> None:
    make_user()
    pages = [
        client.post(reverse("login"), {"username": email, "password": "wrong"})
        for email in ("ada@example.com", "nobody@example.com")
    ]
    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0] == errors[1] == ["That e-mail and password do not go together. Check both and try again."]
    assert not is_in(client)


def test_login_refuses_somebody_switched_off(client: Client, db: None) -> None:
    make_user(is_active=False)
    assert log_in(client) == 200
    assert not is_in(client)


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/p/acme/sessions/?q=1", "/p/acme/sessions/?q=1"),
        ("", "/"),
        ("https://evil.example.com/", "/"),
        ("//evil.example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("members", "/"),  # the name of a page that needs more than its name
    ],
)
def test_login_goes_on_to_pages_of_ours_only(client: Client, db: None, wanted: str, target: str) -> None:
    make_user()
    response = client.post(reverse("login"), {"username": "ada@example.com", "password": PASSWORD, "next": wanted})
    assert response.headers["Location"] == target
    assert client.get(reverse("login"), {"next": wanted}).headers["Location"] == target


@override_settings(AXES_ENABLED=True)
def test_login_is_closed_for_an_address_after_too_many_failures(client: Client, db: None) -> None:
    make_user()
    make_user("grace@example.com")
    answers = [log_in(client, email, "wrong") for email in ["ada@example.com", "ADA@Example.com"] * 4]
    assert answers == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    page = client.post(reverse("login"), {"username": "ada@example.com", "password": PASSWORD})
    assert page.status_code == 429
    assert f"paused for {settings.AXES_COOLOFF_TIME * 60:.0f} minutes" in page.content.decode()
    assert not is_in(client)
    assert log_in(client, "grace@example.com") == 302


def test_logout_takes_a_post(client: Client, db: None) -> None:
    client.force_login(make_user(), backend=settings.AUTHENTICATION_BACKENDS[1])
    assert client.get(reverse("logout")).status_code == 405
    assert is_in(client)
    assert client.post(reverse("logout")).headers["Location"] == reverse("login")
    assert not is_in(client)


def test_login_form_is_protected_against_forgery(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "a@b.c", "password": "x"})
    assert response.status_code == 403
    assert "too old to send this" in response.content.decode()


def test_account_changes_the_name(lead_client: Client, lead: User) -> None:
    lead_client.post(reverse("account"), {"name": "Grace Hopper", "email": "evil@example.com", "is_superuser": "on"})
    lead.refresh_from_db()
    assert (lead.name, lead.email, lead.is_superuser) == ("Grace Hopper", "lead@acme.example.com", False)


def test_password_change_keeps_this_browser_and_logs_out_others(lead_client: Client, lead: User) -> None:
    other = Client()
    log_in(other, lead.email)
    new = "another long phrase"
    lead_client.post(
        reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}, follow=True
    )
    assert (is_in(lead_client), is_in(other)) == (True, False)
    assert log_in(Client(), lead.email, new) == 302


@pytest.mark.parametrize(
    ("old", "first", "second", "errors"),
    [
        (PASSWORD, "short", "short", {"new_password1": ["This is too short: use at least 10 characters."]}),
        (
            PASSWORD,
            "password123",
            "password123",
            {"new_password1": ["Many people use this one, so it is guessed first. Choose another."]},
        ),
        (
            PASSWORD,
            "lead@acme.example.com",
            "lead@acme.example.com",
            {"new_password1": ["This is too close to your name or e-mail address. Choose another."]},
        ),
        (PASSWORD, "a long phrase", "another phrase", {"new_password2": ["The two passwords differ."]}),
        (
            "wrong",
            "",
            "a long phrase",
            {"old_password": ["This is not your present password."], "new_password1": ["Type a password."]},
        ),
    ],
)
def test_password_change_says_what_is_wrong_where_it_is_wrong(
    lead_client: Client, old: str, first: str, second: str, errors: dict[str, list[str]]
) -> None:
    values = {"old_password": old, "new_password1": first, "new_password2": second}
    page = lead_client.post(reverse("password_change"), values)
    assert dict(page.context["form"].errors) == errors


def test_password_reset_mails_a_link_that_works_once_and_does_not_log_in(client: Client, db: None) -> None:
    make_user()
    client.post(reverse("password_reset"), {"email": "ada@example.com"})
    (message,) = mail.outbox
    path = re.findall(r"http://testserver(/password-reset/\S+)", str(message.body))[0]
    form_url = client.get(path).headers["Location"]
    new = "a whole new phrase"
    client.post(form_url, {"new_password1": new, "new_password2": new}, follow=True)
    assert not is_in(client)
    assert log_in(client, password=new) == 302
    assert "does not work any more" in Client().get(path).content.decode()


def test_password_reset_does_not_tell_who_has_an_account(client: Client, db: None) -> None:
    response = client.post(reverse("password_reset"), {"email": "nobody@example.com"})
    assert (response.status_code, mail.outbox) == (302, [])


# --- invitations --------------------------------------------------------------------------------


@pytest.fixture
def link(project: Project) -> str:
    admin = make_member(project, Role.ADMIN)
    return reverse(
        "invitation_accept",
        args=[invite(project=project, email="new@example.com", role=Role.LEAD, inviter=admin)[1]],
    )


def test_invitation_makes_account_and_logs_in(client: Client, link: str) -> None:
    assert "new@example.com" in client.get(link).content.decode()
    response = client.post(link, {"name": "New Person", "password": PASSWORD})
    assert response.headers["Location"] == "/p/acme/"
    assert is_in(client)
    assert Membership.objects.get(user__email="new@example.com").role == Role.LEAD


@pytest.mark.parametrize("password", ["short", "password123", "new@example.com", ""])
def test_invitation_refuses_a_weak_password(client: Client, link: str, password: str) -> None:
    response = client.post(link, {"name": "New Person", "password": password})
    assert list(response.context["form"].errors) == ["password"]
    assert not User.objects.filter(email="new@example.com").exists()


def test_invitation_shows_a_stranger_nothing_of_the_project(client: Client, link: str) -> None:
    page = client.get(link).content.decode()
    assert "/p/acme/" not in page


def test_invitation_works_once(client: Client, link: str) -> None:
    client.post(link, {"name": "New Person", "password": PASSWORD})
    response = Client().get(link)
    assert (response.status_code, "does not work any more" in response.content.decode()) == (404, True)


def test_invitation_asks_somebody_with_an_account_to_log_in(client: Client, link: str) -> None:
    make_user("new@example.com")
    page = client.get(link)
    assert page.context["asked"] == "log in"
    client.post(link, {"name": "Evil", "password": "another password"})
    assert not is_in(client)
    assert Invitation.objects.get().accepted_at is None


def test_invitation_is_confirmed_by_its_address(client: Client, link: str) -> None:
    make_user("new@example.com")
    log_in(client, "new@example.com")
    assert client.get(link).context["asked"] == "confirm"
    assert client.post(link).headers["Location"] == "/p/acme/"
    assert Membership.objects.get(user__email="new@example.com").role == Role.LEAD


def test_invitation_is_not_for_somebody_else(client: Client, link: str) -> None:
    make_user("stranger@example.com")
    log_in(client, "stranger@example.com")
    assert client.get(link).context["asked"] == "log out"
    assert client.post(link).status_code == 200
    assert not Membership.objects.filter(user__email="stranger@example.com").exists()
