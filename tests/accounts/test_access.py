"""Finding memberships, projects, invitations and keys: what is not one's own is not there."""

from datetime import timedelta

import pytest
import time_machine
from django.http import Http404
from django.utils import timezone

from accounts.access import (
    find_api_key,
    get_api_key,
    get_invitation,
    get_member,
    get_membership,
    get_project_invitation,
    projects_of,
)
from accounts.actions import invite
from accounts.models import ApiKey, Invitation, Membership, Project, Role, User
from tests.builders import NOON, make_key, make_member, make_project, make_user


def test_membership_is_found_by_slug_and_role(project: Project) -> None:
    lead = make_member(project, Role.LEAD)
    assert get_membership(lead, "acme", Role.LEAD).project == project
    assert get_membership(lead, "acme", Role.VIEWER).role == Role.LEAD


def test_membership_is_missing_for_a_higher_role(project: Project) -> None:
    with pytest.raises(Http404):
        get_membership(make_member(project, Role.LEAD), "acme", Role.ADMIN)


def test_membership_is_missing_in_another_project(project: Project) -> None:
    make_project("other")
    with pytest.raises(Http404):
        get_membership(make_member(project), "other", Role.VIEWER)


def test_membership_is_missing_where_there_is_no_project(project: Project) -> None:
    with pytest.raises(Http404):
        get_membership(make_member(project), "nowhere", Role.VIEWER)


def test_membership_is_missing_for_somebody_switched_off(project: Project) -> None:
    member = make_member(project)
    User.objects.update(is_active=False)
    with pytest.raises(Http404):
        get_membership(member, "acme", Role.VIEWER)


def test_membership_is_missing_for_a_superuser_who_is_no_member(project: Project) -> None:
    root = make_user(is_superuser=True)
    with pytest.raises(Http404):
        get_membership(root, "acme", Role.VIEWER)


def test_projects_are_the_users_own_by_name(project: Project) -> None:
    user = make_member(project)
    first = make_project("first", name="Aardvark")
    make_project("foreign")
    Membership.objects.create(project=first, user=user)
    assert list(projects_of(user)) == [first, project]


def test_key_is_found_by_its_secret(project: Project) -> None:
    secret = make_key(project)
    found = find_api_key({"Authorization": f"Bearer {secret}"})
    assert found is not None
    assert found.project == project


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer msk_other"}, {"Authorization": "Bearer "}])
def test_key_is_missing_without_its_secret(project: Project, sent: dict[str, str]) -> None:
    make_key(project)
    assert find_api_key(sent) is None


def test_key_is_missing_once_revoked(project: Project) -> None:
    secret = make_key(project)
    ApiKey.objects.update(revoked_at=timezone.now())
    assert find_api_key({"Authorization": f"Bearer {secret}"}) is None


def test_key_use_is_noted_once_a_minute(project: Project) -> None:
    headers = {"Authorization": f"Bearer {make_key(project)}"}
    noted = []
    for seconds in (0, 59, 61):
        with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
            find_api_key(headers)
        noted.append(ApiKey.objects.get().last_used_at)
    assert noted == [NOON, NOON, NOON + timedelta(seconds=61)]


@pytest.fixture
def invited(project: Project) -> tuple[Invitation, str]:
    return invite(project=project, email="new@example.com", role=Role.VIEWER, inviter=make_member(project, Role.ADMIN))


def test_invitation_is_found_by_its_token(invited: tuple[Invitation, str]) -> None:
    assert get_invitation(invited[1]) == invited[0]


def test_invitation_is_missing_with_another_token(invited: tuple[Invitation, str]) -> None:
    for token in ("", "x" * 43, invited[0].token_hash):
        with pytest.raises(Http404):
            get_invitation(token)


def test_invitation_is_missing_once_accepted(invited: tuple[Invitation, str]) -> None:
    Invitation.objects.update(accepted_at=timezone.now())
    with pytest.raises(Http404):
        get_invitation(invited[1])


def test_invitation_is_missing_after_seven_days(invited: tuple[Invitation, str]) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert get_invitation(invited[1]) == invited[0]
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)), pytest.raises(Http404):
        get_invitation(invited[1])


def test_rows_of_a_project_are_found_in_it_and_nowhere_else(invited: tuple[Invitation, str]) -> None:
    invitation = invited[0]
    project, other = invitation.project, make_project("other")
    make_key(project)
    key, membership = ApiKey.objects.get(), Membership.objects.get()
    assert get_project_invitation(project, invitation.pk) == invitation
    assert get_api_key(project, key.pk) == key
    assert get_member(project, membership.pk) == membership
    for door, row in ((get_project_invitation, invitation), (get_api_key, key), (get_member, membership)):
        with pytest.raises(Http404):
            door(other, row.pk)


def test_invitation_cannot_be_withdrawn_once_accepted(invited: tuple[Invitation, str]) -> None:
    Invitation.objects.update(accepted_at=timezone.now())
    with pytest.raises(Http404):
        get_project_invitation(invited[0].project, invited[0].pk)
