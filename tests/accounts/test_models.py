"""People, roles, memberships and keys as the database holds them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import ApiKey, Invitation, Membership, Project, Role, Scope, User
from tests.builders import PASSWORD, make_member, make_project, make_user


def test_user_email_is_stored_in_lower_case_and_found_in_any(db: None) -> None:
    user = make_user("Ada@Example.COM")
    assert user.email == "ada@example.com"
    assert User.objects.get_by_natural_key("ADA@example.com") == user
    assert user.check_password(PASSWORD)


def test_user_email_is_unique(db: None) -> None:
    make_user("ada@example.com")
    with pytest.raises(IntegrityError):
        make_user("ADA@example.com")


def test_superuser_may_everything_in_the_installation(db: None) -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD)
    assert (root.is_superuser, root.is_staff, root.is_active) == (True, True, True)


def test_user_is_called_by_name_where_there_is_one() -> None:
    assert [str(User(email="a@b.c")), str(User(email="a@b.c", name="Ada"))] == ["a@b.c", "Ada"]


@pytest.mark.parametrize("role", Role)
def test_role_may_what_the_ones_before_it_may(role: Role) -> None:
    order = [Role.VIEWER, Role.REVIEWER, Role.LEAD, Role.ADMIN]
    assert [other for other in order if role.at_least(other)] == order[: order.index(role) + 1]


def test_membership_is_once_per_project(project: Project) -> None:
    user = make_member(project)
    with pytest.raises(IntegrityError):
        Membership.objects.create(project=project, user=user)


def test_membership_has_a_known_role(project: Project) -> None:
    with pytest.raises(IntegrityError):
        Membership.objects.create(project=project, user=make_user(), role="owner")


def test_invitation_is_open_until_accepted_or_expired(project: Project) -> None:
    later, earlier = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)
    assert Invitation(expires_at=later).is_open()
    assert not Invitation(expires_at=earlier).is_open()
    assert not Invitation(expires_at=later, accepted_at=earlier).is_open()


def test_invitation_is_open_once_per_address_in_any_case(project: Project) -> None:
    Invitation.objects.create(project=project, email="a@b.c", token_hash="1", expires_at=timezone.now())
    Invitation.objects.create(project=make_project("other"), email="a@b.c", token_hash="2", expires_at=timezone.now())
    with pytest.raises(IntegrityError):
        Invitation.objects.create(project=project, email="A@B.C", token_hash="3", expires_at=timezone.now())


def test_key_allows_only_its_scopes_and_nothing_once_revoked() -> None:
    key = ApiKey(scopes=["read"])
    assert [scope for scope in Scope if key.allows(scope)] == [Scope.READ]
    key.revoked_at = timezone.now()
    assert [scope for scope in Scope if key.allows(scope)] == []


def test_rows_say_who_they_are(project: Project) -> None:
    member = make_member(project, Role.LEAD)
    assert str(Membership.objects.get(user=member)) == "lead@acme.example.com in Acme: lead"
    assert str(Invitation(email="a@b.c", project=project)) == "a@b.c to Acme"
    assert str(ApiKey(name="exporter", prefix="msk_abc")) == "exporter (msk_abc…)"
