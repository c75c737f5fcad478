"""People, projects, members, invitations and keys: what is done, and what is refused."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.utils import timezone

from accounts.actions import (
    accept_as_new_user,
    accept_as_user,
    change_project,
    change_role,
    create_api_key,
    create_project,
    invite,
    remove_member,
    rename_user,
    revoke_api_key,
    revoke_invitation,
    sign_in,
)
from accounts.keys import hash_of
from accounts.models import ApiKey, Invitation, Membership, Project, Role, Scope, User
from common.errors import Refused
from tests.builders import NOON, PASSWORD, make_member, make_project, make_user


@pytest.fixture
def admin(project: Project) -> User:
    return make_member(project, Role.ADMIN)


def membership_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_sign_in_makes_a_session_under_a_fresh_id(db: None) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session.create()
    before = request.session.session_key
    user = make_user()
    sign_in(request=request, user=user)
    assert request.session["_auth_user_id"] == str(user.pk)
    assert request.session.session_key != before


def test_sign_in_refuses_somebody_switched_off(db: None) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    with pytest.raises(Refused):
        sign_in(request=request, user=make_user(is_active=False))
    assert list(request.session.keys()) == []


def test_rename_changes_the_name_only(db: None) -> None:
    user = make_user()
    rename_user(user=user, name="Ada Lovelace")
    user.refresh_from_db()
    assert (user.name, user.email) == ("Ada Lovelace", "ada@example.com")


# --- projects -----------------------------------------------------------------------------------


def test_new_project_has_its_creator_as_admin(db: None) -> None:
    root = make_user(is_superuser=True)
    project = create_project(name="Billing Agent", creator=root)
    assert (project.name, project.slug) == ("Billing Agent", "billing-agent")
    assert [(m.user, m.role) for m in project.memberships.all()] == [(root, Role.ADMIN)]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Ärger & Söhne", "arger-sohne"), ("x" * 120, "x" * 50), ("Taken", "taken-3")],
)
def test_new_project_gets_a_slug_that_is_free(db: None, name: str, slug: str) -> None:
    make_project("taken")
    make_project("taken-2")
    assert create_project(name=name, creator=make_user(is_superuser=True)).slug == slug


def test_new_project_has_the_slug_that_its_maker_chose(db: None) -> None:
    root = make_user(is_superuser=True)
    assert create_project(name="日本語", slug="nihongo", creator=root).slug == "nihongo"
    for name, slug in (("Other", "nihongo"), ("日本語", "")):
        with pytest.raises(Refused) as refused:
            create_project(name=name, slug=slug, creator=root)
        assert refused.value.field == "slug"
    assert Project.objects.count() == 1


def test_new_project_is_refused_to_ordinary_people(db: None) -> None:
    with pytest.raises(Refused):
        create_project(name="Mine", creator=make_user())
    assert not Project.objects.exists()


def test_project_change_keeps_the_slug(project: Project) -> None:
    change_project(project=project, name="New name", idle_seconds=60, session_keys=["chat.id"])
    project.refresh_from_db()
    assert (project.name, project.slug, project.idle_seconds, project.session_keys) == (
        "New name",
        "acme",
        60,
        ["chat.id"],
    )


# --- members ------------------------------------------------------------------------------------


def test_role_is_changed(project: Project, admin: User) -> None:
    reviewer = make_member(project, Role.REVIEWER)
    change_role(membership=membership_of(reviewer), role=Role.ADMIN)
    assert membership_of(reviewer).role == Role.ADMIN


def test_last_admin_cannot_be_demoted(project: Project, admin: User) -> None:
    with pytest.raises(Refused, match="last admin"):
        change_role(membership=membership_of(admin), role=Role.LEAD)
    assert membership_of(admin).role == Role.ADMIN


def test_last_admin_may_be_made_admin_again(project: Project, admin: User) -> None:
    change_role(membership=membership_of(admin), role=Role.ADMIN)
    assert membership_of(admin).role == Role.ADMIN


def test_last_admin_cannot_be_removed(project: Project, admin: User) -> None:
    make_member(make_project("other"), Role.ADMIN)
    with pytest.raises(Refused, match="last admin"):
        remove_member(membership=membership_of(admin))
    assert membership_of(admin).role == Role.ADMIN


def test_admin_can_leave_another_admin_behind(project: Project, admin: User) -> None:
    make_member(project, Role.ADMIN, "second@example.com")
    remove_member(membership=membership_of(admin))
    assert [m.user.email for m in project.memberships.all()] == ["second@example.com"]


def test_removal_keeps_the_account(project: Project, admin: User) -> None:
    reviewer = make_member(project, Role.REVIEWER)
    remove_member(membership=membership_of(reviewer))
    reviewer.refresh_from_db()
    assert reviewer.is_active
    assert not Membership.objects.filter(user=reviewer).exists()


# --- invitations --------------------------------------------------------------------------------


def invited(project: Project, admin: User, email: str = "new@example.com", role: Role = Role.REVIEWER) -> Invitation:
    return invite(project=project, email=email, role=role, inviter=admin)[0]


def test_invitation_keeps_only_the_hash_of_its_token(project: Project, admin: User) -> None:
    with time_machine.travel(NOON, tick=False):
        invitation, token = invite(project=project, email="New@Example.com", role=Role.LEAD, inviter=admin)
    assert len(token) == 43
    assert (invitation.email, invitation.role, invitation.invited_by) == ("new@example.com", Role.LEAD, admin)
    assert (invitation.token_hash, invitation.expires_at) == (hash_of(token), NOON + timedelta(days=7))


def test_invitation_is_no_membership(project: Project, admin: User) -> None:
    invited(project, admin)
    assert [m.user for m in project.memberships.all()] == [admin]


def test_invitation_replaces_an_earlier_one_to_the_address(project: Project, admin: User) -> None:
    invited(project, admin)
    second = invited(project, admin, "NEW@example.com")
    assert list(Invitation.objects.all()) == [second]


def test_invitation_is_refused_to_a_member(project: Project, admin: User) -> None:
    with pytest.raises(Refused) as refused:
        invited(project, admin, admin.email.upper())
    assert refused.value.field == "email"


def test_invitation_is_withdrawn(project: Project, admin: User) -> None:
    revoke_invitation(invitation=invited(project, admin))
    assert not Invitation.objects.exists()


def test_accepted_invitation_cannot_be_withdrawn(project: Project, admin: User) -> None:
    invitation = invited(project, admin)
    accept_as_new_user(invitation=invitation, name="New", password=PASSWORD)
    invitation.refresh_from_db()
    with pytest.raises(Refused):
        revoke_invitation(invitation=invitation)


def test_acceptance_makes_account_and_membership(project: Project, admin: User) -> None:
    user = accept_as_new_user(invitation=invited(project, admin), name="New Person", password=PASSWORD)
    assert (user.email, user.name, user.is_superuser) == ("new@example.com", "New Person", False)
    assert user.check_password(PASSWORD)
    assert (membership_of(user).project, membership_of(user).role) == (project, Role.REVIEWER)


def test_acceptance_works_once(project: Project, admin: User) -> None:
    invitation = invited(project, admin)
    user = accept_as_new_user(invitation=invitation, name="New", password=PASSWORD)
    Membership.objects.filter(user=user).delete()
    with pytest.raises(Refused):
        accept_as_user(invitation=invitation, user=user)
    assert not Membership.objects.filter(user=user).exists()


def test_acceptance_is_refused_after_its_time(project: Project, admin: User) -> None:
    invitation = invited(project, admin)
    later = timezone.now() + timedelta(days=8)
    with time_machine.travel(later), pytest.raises(Refused):
        accept_as_new_user(invitation=invitation, name="New", password=PASSWORD)
    assert not User.objects.filter(email="new@example.com").exists()


def test_of_two_clicks_on_an_invitation_the_second_hears_what_happened(project: Project, admin: User) -> None:
    invitation = invited(project, admin)
    accept_as_new_user(invitation=invitation, name="New", password=PASSWORD)
    with pytest.raises(Refused, match="was used"):
        accept_as_new_user(invitation=invitation, name="New", password=PASSWORD)


def test_acceptance_never_takes_over_an_account(project: Project, admin: User) -> None:
    make_user("new@example.com")
    with pytest.raises(Refused):
        accept_as_new_user(invitation=invited(project, admin), name="Evil", password="another password")
    assert User.objects.get(email="new@example.com").check_password(PASSWORD)


def test_acceptance_by_an_existing_user_makes_a_membership(project: Project, admin: User) -> None:
    user = make_user("new@example.com")
    accept_as_user(invitation=invited(project, admin, role=Role.LEAD), user=user)
    assert membership_of(user).role == Role.LEAD


def test_acceptance_is_refused_to_another_address(project: Project, admin: User) -> None:
    stranger = make_user("stranger@example.com")
    with pytest.raises(Refused):
        accept_as_user(invitation=invited(project, admin), user=stranger)
    assert not Membership.objects.filter(user=stranger).exists()


def test_acceptance_keeps_the_role_of_somebody_who_joined_meanwhile(project: Project, admin: User) -> None:
    invitation = invited(project, admin, role=Role.VIEWER)
    user = make_member(project, Role.LEAD, "new@example.com")
    accept_as_user(invitation=invitation, user=user)
    assert membership_of(user).role == Role.LEAD


# --- keys ---------------------------------------------------------------------------------------


def test_key_keeps_only_its_hash(project: Project, admin: User) -> None:
    key, secret = create_api_key(project=project, name="exporter", scopes=[Scope.INGEST], creator=admin)
    assert (key.key_hash, key.prefix, key.scopes) == (hash_of(secret), secret[:12], ["ingest"])
    assert secret not in str(ApiKey.objects.values().get())


def test_key_without_scopes_is_refused(project: Project, admin: User) -> None:
    with pytest.raises(Refused) as refused:
        create_api_key(project=project, name="exporter", scopes=[], creator=admin)
    assert refused.value.field == "scopes"


def test_key_name_is_unique_among_live_ones(project: Project, admin: User) -> None:
    key, _ = create_api_key(project=project, name="exporter", scopes=[Scope.INGEST], creator=admin)
    with pytest.raises(Refused) as refused:
        create_api_key(project=project, name="exporter", scopes=[Scope.READ], creator=admin)
    assert refused.value.field == "name"
    revoke_api_key(key=key)
    create_api_key(project=project, name="exporter", scopes=[Scope.READ], creator=admin)
    assert ApiKey.objects.filter(revoked_at=None).get().scopes == ["read"]


def test_key_is_revoked_once(project: Project, admin: User) -> None:
    key, _ = create_api_key(project=project, name="exporter", scopes=[Scope.INGEST], creator=admin)
    for moment in (NOON, NOON + timedelta(hours=1)):
        with time_machine.travel(moment, tick=False):
            revoke_api_key(key=key)
    assert ApiKey.objects.get().revoked_at == NOON
