"""The pages of projects, members, invitations and keys."""

import re
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.access import find_api_key
from accounts.models import ApiKey, Invitation, Membership, Project, Role, Scope, User
from accounts.sending import mail_invitation
from tests.builders import client_of, make_key, make_member, make_project, make_session, make_user


@pytest.fixture
def admin(project: Project) -> User:
    return make_member(project, Role.ADMIN)


@pytest.fixture
def admin_client(admin: User) -> Client:
    return client_of(admin)


def url(name: str, *args: object) -> str:
    return reverse(name, args=["acme", *args])


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


# --- home ---------------------------------------------------------------------------------------


def test_home_leads_into_the_only_project(lead_client: Client) -> None:
    assert lead_client.get("/").headers["Location"] == "/p/acme/"


def test_project_list_shows_several_projects_by_name_with_counts(
    project: Project, lead: User, lead_client: Client
) -> None:
    other = make_project("other", name="Aardvark")
    Membership.objects.create(project=other, user=lead, role=Role.VIEWER)
    make_project("foreign")
    make_member(other)
    for number in range(3):
        make_session(project, f"s-{number}")
    assert lead_client.get("/").headers["Location"] == "/projects/"
    cards = lead_client.get("/projects/").context["cards"]
    assert [(c.project.name, c.role, c.session_count, c.issue_count, c.member_count) for c in cards] == [
        ("Aardvark", "viewer", 0, 0, 2),
        ("Acme", "lead", 3, 0, 1),
    ]


def test_project_list_teaches_who_is_in_no_project(db: None) -> None:
    page = client_of(make_user()).get("/", follow=True).content.decode()
    assert "You are in no project yet" in page
    assert reverse("project_new") not in page
    root = client_of(make_user("root@x.example", is_superuser=True))
    assert reverse("project_new") in root.get("/projects/").content.decode()


def test_all_projects_is_a_page_of_its_own_even_with_one_project(lead_client: Client) -> None:
    page = lead_client.get("/projects/")
    assert (page.status_code, [card.project.slug for card in page.context["cards"]]) == (200, ["acme"])


def test_operator_finds_new_project_in_the_menu_of_every_project(project: Project, lead: User) -> None:
    found = []
    for is_superuser in (False, True):
        lead.is_superuser = is_superuser
        lead.save()
        found.append(f'href="{reverse("project_new")}"' in client_of(lead).get(url("connect")).content.decode())
    assert found == [False, True]


def test_project_list_asks_the_database_as_often_for_many_projects(lead: User, lead_client: Client) -> None:
    counts = []
    for number in range(20):
        Membership.objects.create(project=make_project(f"p-{number}"), user=lead)
        if number in {0, 19}:
            counts.append(queries(lead_client, "/projects/"))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.VIEWER, "session_list"),
        (Role.REVIEWER, "queue_list"),
        (Role.LEAD, "issue_board"),
        (Role.ADMIN, "issue_board"),
    ],
)
def test_project_home_is_where_the_role_works(project: Project, role: Role, page: str) -> None:
    assert client_of(make_member(project, role)).get("/p/acme/").headers["Location"] == url(page)


# --- projects -----------------------------------------------------------------------------------


def test_new_project_is_for_the_operator(lead_client: Client) -> None:
    assert lead_client.get(reverse("project_new")).status_code == 404
    assert lead_client.post(reverse("project_new"), {"name": "Mine"}).status_code == 404
    assert Project.objects.count() == 1


def test_new_project_leads_to_its_connect_page(db: None) -> None:
    root = make_user(is_superuser=True)
    response = client_of(root).post(reverse("project_new"), {"name": "Billing agent"})
    assert response.headers["Location"] == "/p/billing-agent/connect/"
    assert Membership.objects.get().role == Role.ADMIN


@pytest.mark.parametrize(
    ("name", "slug", "field"),
    [
        ("", "", "name"),
        ("日本語", "", "slug"),
        ("Taken", "acme", "slug"),
        ("Loud", "LOUD", "slug"),
        ("Gap", "a--b", "slug"),
        ("Edge", "-a", "slug"),
        ("Way", "a/b", "slug"),
        ("Long", "a" * 51, "slug"),
    ],
)
def test_new_project_names_the_field_that_will_not_do(project: Project, name: str, slug: str, field: str) -> None:
    page = client_of(make_user(is_superuser=True)).post(reverse("project_new"), {"name": name, "slug": slug})
    assert list(page.context["form"].errors) == [field]
    assert Project.objects.count() == 1


def test_forms_speak_in_our_words(admin_client: Client, admin: User) -> None:
    pages = [
        admin_client.post(url("api_keys"), {"name": ""}),
        admin_client.post(url("members"), {"email": "x", "role": "lead"}),
        admin_client.post(url("project_settings"), {"name": "", "idle_seconds": "2"}),
        Client().post(reverse("login"), {"username": "", "password": ""}),
        Client().post(reverse("password_reset"), {"email": ""}),
    ]
    assert [dict(page.context["form"].errors) for page in pages] == [
        {"name": ["Give it a name."], "scopes": ["Choose at least one thing that the key may do."]},
        {"email": ["Give an e-mail address, such as ada@example.com."]},
        {"name": ["Give it a name."], "idle_seconds": ["Give whole seconds, from 5 to 86400."]},
        {"username": ["Give an e-mail address, such as ada@example.com."], "password": ["Type a password."]},
        {"email": ["Give an e-mail address, such as ada@example.com."]},
    ]


def test_settings_are_saved(admin_client: Client, project: Project) -> None:
    values = {"name": "New", "idle_seconds": "60", "session_keys": "chat.id\n\n thread.id\nchat.id"}
    assert admin_client.post(url("project_settings"), values).headers["Location"] == url("project_settings")
    project.refresh_from_db()
    assert (project.name, project.idle_seconds, project.session_keys) == ("New", 60, ["chat.id", "thread.id"])
    assert "chat.id\nthread.id" in admin_client.get(url("project_settings")).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("idle_seconds", "4"),
        ("idle_seconds", "86401"),
        ("idle_seconds", "soon"),
        ("session_keys", "käse"),
        ("session_keys", "x" * 101),
        ("session_keys", "\n".join(f"k{number}" for number in range(21))),
    ],
)
def test_settings_refuse_nonsense_and_name_the_field(
    admin_client: Client, project: Project, field: str, value: str
) -> None:
    values = {"name": "New", "idle_seconds": "60", "session_keys": "", field: value}
    response = admin_client.post(url("project_settings"), values)
    assert list(response.context["form"].errors) == [field]
    project.refresh_from_db()
    assert project.name == "Acme"


# --- members ------------------------------------------------------------------------------------


def test_members_page_invites_by_mail_and_shows_the_link_once(admin_client: Client) -> None:
    page = admin_client.post(url("members"), {"email": "New@example.com", "role": "lead"})
    link = page.context["fresh"]["link"]
    (message,) = mail.outbox
    words = page.content.decode()
    assert ("They get a mail" in words, "The link below was mailed" in words) == (True, True)
    assert (message.to, link in str(message.body)) == (["new@example.com"], True)
    assert message.subject == "Join Acme on Misstep"
    assert Client().get(link).status_code == 200
    assert link not in admin_client.get(url("members")).content.decode()
    assert link.split("/")[-2] not in str(Invitation.objects.values().get())


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("", "lead", "email"),
        ("no address", "lead", "email"),
        ("admin@acme.example.com", "lead", "email"),
        ("a@b.example", "owner", "role"),
    ],
)
def test_members_page_refuses_nonsense_invitations(admin_client: Client, email: str, role: str, field: str) -> None:
    page = admin_client.post(url("members"), {"email": email, "role": role})
    assert list(page.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_invitation_stands_where_no_mail_server_answers(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> int:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("accounts.sending.send_mail", refuse)
    page = admin_client.post(url("members"), {"email": "new@example.com", "role": "lead"})
    assert "pass on the link yourself" in page.content.decode()
    assert Invitation.objects.count() == 1


def test_invitation_is_not_called_mailed_where_mail_is_only_printed(
    admin_client: Client, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = admin_client.post(url("members"), {"email": "new@example.com", "role": "lead"})
    assert page.context["fresh"]["mailed"] is False
    words = page.content.decode()
    assert ("They get a mail" in words, "Pass on this link yourself" in words) == (False, True)
    assert page.context["fresh"]["link"] in capsys.readouterr().out


def test_invitation_mail_cannot_be_given_more_headers(project: Project) -> None:
    project.name = "Acme\nBcc: everybody@example.com"
    assert mail_invitation(Invitation(project=project, email="new@example.com"), "link")
    assert mail.outbox[0].subject == "Join Acme Bcc: everybody@example.com on Misstep"
    assert mail.outbox[0].bcc == []


def test_invitation_is_withdrawn(admin_client: Client) -> None:
    page = admin_client.post(url("members"), {"email": "new@example.com", "role": "lead"})
    link, pk = page.context["fresh"]["link"], page.context["fresh"]["invitation"].pk
    assert admin_client.post(url("invitation_revoke", pk)).headers["Location"] == url("members")
    assert Client().get(link).status_code == 404


def test_role_is_changed_by_an_admin(admin_client: Client, lead: User) -> None:
    membership = Membership.objects.get(user=lead)
    admin_client.post(url("member_role", membership.pk), {"role": "viewer"})
    membership.refresh_from_db()
    assert membership.role == Role.VIEWER


@pytest.mark.parametrize("role", ["owner", ""])
def test_unknown_role_is_refused(admin_client: Client, lead: User, role: str) -> None:
    membership = Membership.objects.get(user=lead)
    admin_client.post(url("member_role", membership.pk), {"role": role})
    membership.refresh_from_db()
    assert membership.role == Role.LEAD


def test_last_admin_stays_and_is_told_why(admin_client: Client, admin: User) -> None:
    pk = Membership.objects.get(user=admin).pk
    for name, values in (("member_role", {"role": "lead"}), ("member_remove", {})):
        page = admin_client.post(url(name, pk), values, follow=True)
        assert "the last admin" in page.content.decode()
    assert Membership.objects.get(user=admin).role == Role.ADMIN


def test_admin_who_steps_down_lands_on_a_page_that_exists(admin_client: Client, admin: User, project: Project) -> None:
    make_member(project, Role.ADMIN, "second@example.com")
    pk = Membership.objects.get(user=admin).pk
    assert admin_client.post(url("member_role", pk), {"role": "lead"}).headers["Location"] == "/p/acme/"


def test_removal_asks_first_and_closes_every_page_at_once(
    admin_client: Client, lead: User, lead_client: Client
) -> None:
    pk = Membership.objects.get(user=lead).pk
    assert "Remove lead@acme.example.com" in admin_client.get(url("member_remove", pk)).content.decode()
    assert lead_client.get("/p/acme/").status_code == 302
    admin_client.post(url("member_remove", pk))
    assert lead_client.get("/p/acme/").status_code == 404


def test_admin_who_leaves_lands_at_home(admin_client: Client, admin: User, project: Project) -> None:
    make_member(project, Role.ADMIN, "second@example.com")
    pk = Membership.objects.get(user=admin).pk
    assert admin_client.post(url("member_remove", pk)).headers["Location"] == "/"


def test_members_page_asks_the_database_as_often_for_many(admin_client: Client, project: Project) -> None:
    counts = []
    for number in range(50):
        make_member(project, Role.VIEWER, f"m{number}@example.com")
        if number in {0, 49}:
            counts.append(queries(admin_client, url("members")))
    assert counts[0] == counts[1]


# --- keys ---------------------------------------------------------------------------------------


def test_key_is_shown_once_and_works(admin_client: Client, project: Project) -> None:
    page = admin_client.post(url("api_keys"), {"name": "exporter", "scopes": ["ingest", "read"]})
    secret = page.context["secret"]
    key = find_api_key({"Authorization": f"Bearer {secret}"})
    assert key is not None
    assert (key.project, key.name, key.scopes) == (project, "exporter", ["ingest", "read"])
    assert page.headers["Cache-Control"] == "no-store"
    assert page.content.decode().count(secret) == 3
    assert secret not in admin_client.get(url("api_keys")).content.decode()


@pytest.mark.parametrize(("scope", "place"), [("ingest", "sessions"), ("read", "failures")])
def test_key_comes_with_an_example_that_it_may_do(admin_client: Client, scope: str, place: str) -> None:
    page = admin_client.post(url("api_keys"), {"name": "k", "scopes": [scope]})
    assert page.context["example"].startswith(f"curl http://testserver/api/v1/{place}/")
    assert page.context["secret"] in page.context["example"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "scopes": "read"}, "name"),
        ({"name": "k"}, "scopes"),
        ({"name": "k", "scopes": "everything"}, "scopes"),
        ({"name": "taken", "scopes": "read"}, "name"),
    ],
)
def test_key_is_refused_with_the_field(admin_client: Client, values: dict[str, str], field: str) -> None:
    admin_client.post(url("api_keys"), {"name": "taken", "scopes": "ingest"})
    page = admin_client.post(url("api_keys"), values)
    assert list(page.context["form"].errors) == [field]
    assert ApiKey.objects.count() == 1


def test_key_is_made_without_leaving_the_connect_page(admin_client: Client) -> None:
    first, second = (
        admin_client.post(
            url("api_keys"), {"name": "k", "scopes": "ingest"}, headers={"HX-Request": "true"}
        ).content.decode()
        for _ in range(2)
    )
    assert re.findall(r'data-fresh-key="(msk_[\w-]+)"', first)
    assert "<html" not in first
    assert "<p>A live key has this name. Names tell keys apart: choose another.</p>" in second


def test_key_is_revoked_after_a_question(admin_client: Client, project: Project) -> None:
    headers = {"Authorization": f"Bearer {make_key(project, Scope.READ)}"}
    pk = ApiKey.objects.get().pk
    assert admin_client.get(url("api_key_revoke", pk)).status_code == 200
    assert find_api_key(headers) is not None
    assert admin_client.post(url("api_key_revoke", pk)).headers["Location"] == url("api_keys")
    assert find_api_key(headers) is None
    assert "Revoked" in admin_client.get(url("api_keys")).content.decode()


def test_keys_page_says_what_a_key_may_in_the_words_of_the_form(admin_client: Client, project: Project) -> None:
    make_key(project, Scope.WRITE, Scope.INGEST)
    (key,) = admin_client.get(url("api_keys")).context["keys"]
    assert key.scope_labels == ["Send sessions", "Change issues and failures, delete sessions"]


def test_keys_page_asks_the_database_as_often_for_many(admin_client: Client, project: Project) -> None:
    counts = []
    for number in range(50):
        make_key(project)
        if number in {0, 49}:
            counts.append(queries(admin_client, url("api_keys")))
    assert counts[0] == counts[1]


# --- connect ------------------------------------------------------------------------------------


def test_connect_page_says_when_a_session_is_offered_for_review(lead_client: Client, project: Project) -> None:
    project.idle_seconds = 120
    project.save()
    assert "else after 2 minutes without news" in lead_client.get(url("connect")).content.decode()


def test_connect_page_lets_only_admins_make_keys(lead_client: Client, admin_client: Client) -> None:
    assert url("api_keys") not in lead_client.get(url("connect")).content.decode()
    assert url("api_keys") in admin_client.get(url("connect")).content.decode()


def test_example_of_a_fresh_key_is_a_session_that_the_api_takes(admin_client: Client) -> None:
    page = admin_client.post(url("api_keys"), {"name": "k", "scopes": ["ingest"]})
    body = re.findall(r"-d '(.*)'", page.context["example"])[0]
    answer = Client().post(
        "/api/v1/sessions/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {page.context['secret']}"},
    )
    assert answer.status_code in {200, 201, 202}, answer.content
