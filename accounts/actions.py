"""Writes: login sessions, projects, members, invitations, keys. Each is one transaction or nothing."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from accounts.keys import hash_of, new_key, prefix_of
from accounts.models import ApiKey, Invitation, Membership, Project, Role, Scope, User
from common.errors import Refused

INVITATION_VALID = timedelta(days=7)
TOKEN_LENGTH = 43  # of 62 letters: 256 bits
SLUG_LENGTH = 50  # leaves room for a number where a name is taken
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(*, request: HttpRequest, user: User) -> None:
    """The one place that makes a login session. Whoever calls it has checked that the visitor is `user`."""
    if not user.is_active:
        raise Refused("This account is switched off. Ask an admin of your project.")
    login(request, user, backend=BACKEND)


@transaction.atomic
def rename_user(*, user: User, name: str) -> None:
    """Sets the name by which colleagues know the user."""
    user.name = name
    user.save(update_fields=["name"])


# --- projects -----------------------------------------------------------------------------------


@transaction.atomic
def create_project(*, name: str, creator: User, slug: str = "") -> Project:
    """A new project whose creator is its first admin; without a slug, one is made from its name. For superusers."""
    if not creator.is_superuser:
        raise Refused("Only the operator of this installation makes projects.")
    project, is_new = Project.objects.get_or_create(slug=slug or _free_slug(name), defaults={"name": name})
    if not is_new:
        raise Refused("Another project has this address. Choose another.", field="slug")
    Membership.objects.create(project=project, user=creator, role=Role.ADMIN)
    return project


def _free_slug(name: str) -> str:
    wanted = slugify(name)[:SLUG_LENGTH].strip("-_")
    if not wanted:
        raise Refused("No address can be made from this name. Choose one, such as billing-agent.", field="slug")
    taken = set(Project.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 2))]
    return next(slug for slug in candidates if slug not in taken)


@transaction.atomic
def change_project(*, project: Project, name: str, idle_seconds: int, session_keys: Sequence[str]) -> None:
    """Sets what admins may set. The slug stays: it stands in links and in clients' settings."""
    project.name = name
    project.idle_seconds = idle_seconds
    project.session_keys = list(session_keys)
    project.save(update_fields=["name", "idle_seconds", "session_keys"])


# --- members ------------------------------------------------------------------------------------


@transaction.atomic
def change_role(*, membership: Membership, role: Role) -> None:
    """Gives a member another role; refuses to leave the project without an admin."""
    if role is not Role.ADMIN:
        _refuse_last_admin(membership, "demote")
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """Ends a membership. What the person reviewed stays; a project without an admin is refused."""
    _refuse_last_admin(membership, "remove")
    membership.delete()


def _refuse_last_admin(membership: Membership, verb: str) -> None:
    # The lock makes two admins who demote each other at the same moment wait for one another.
    Project.objects.select_for_update(no_key=True).get(pk=membership.project_id)
    others = Membership.objects.filter(project=membership.project_id, role=Role.ADMIN).exclude(pk=membership.pk)
    if membership.role == Role.ADMIN and not others.exists():
        raise Refused(f"You cannot {verb} the last admin. Make somebody else an admin first.")


# --- invitations --------------------------------------------------------------------------------


@transaction.atomic
def invite(*, project: Project, email: str, role: Role, inviter: User) -> tuple[Invitation, str]:
    """An invitation and its token, which is kept nowhere else. An earlier one to the same address stops working."""
    address = email.lower()
    if Membership.objects.filter(project=project, user__email=address).exists():
        raise Refused(f"{address} is already a member of this project.", field="email")
    Invitation.objects.filter(project=project, email__iexact=address, accepted_at=None).delete()
    token = get_random_string(TOKEN_LENGTH)
    invitation = Invitation.objects.create(
        project=project,
        email=address,
        role=role,
        token_hash=hash_of(token),
        invited_by=inviter,
        expires_at=timezone.now() + INVITATION_VALID,
    )
    return invitation, token


@transaction.atomic
def revoke_invitation(*, invitation: Invitation) -> None:
    """Makes the invitation's link worthless at once."""
    if invitation.accepted_at is not None:
        raise Refused("This invitation was accepted. Remove the member instead.")
    invitation.delete()


@transaction.atomic
def accept_as_new_user(*, invitation: Invitation, name: str, password: str) -> User:
    """Makes the account that the invitation was written for, and its membership."""
    _claim(invitation)
    if User.objects.filter(email=invitation.email).exists():
        raise Refused("There is an account with this address already. Log in, then open the link again.")
    user = User.objects.create_user(invitation.email, password, name=name)
    _join(invitation, user)
    return user


@transaction.atomic
def accept_as_user(*, invitation: Invitation, user: User) -> None:
    """Lets an existing user join, if the invitation was written to their address."""
    if user.email != invitation.email:
        raise Refused(f"This invitation was written to {invitation.email}. Log in with that address.")
    _claim(invitation)
    _join(invitation, user)


def _claim(invitation: Invitation) -> None:
    """Uses the invitation up. First of all, so that of two clicks the second waits here and hears what happened."""
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=timezone.now())
    if not claimed.update(accepted_at=timezone.now()):
        raise Refused("This invitation was used, withdrawn or is out of date. Ask for a new one.")


def _join(invitation: Invitation, user: User) -> None:
    # Somebody may have become a member in another way meanwhile: then they keep the role they have.
    Membership.objects.get_or_create(project=invitation.project, user=user, defaults={"role": invitation.role})


# --- keys ---------------------------------------------------------------------------------------


@transaction.atomic
def create_api_key(*, project: Project, name: str, scopes: Sequence[Scope], creator: User) -> tuple[ApiKey, str]:
    """A key and its secret, which is kept nowhere: only its hash is."""
    if not scopes:
        raise Refused("Choose at least one thing that the key may do.", field="scopes")
    if ApiKey.objects.filter(project=project, name=name, revoked_at=None).exists():
        raise Refused("A live key has this name. Names tell keys apart: choose another.", field="name")
    secret = new_key()
    key = ApiKey.objects.create(
        project=project,
        name=name,
        prefix=prefix_of(secret),
        key_hash=hash_of(secret),
        scopes=[scope.value for scope in scopes],
        created_by=creator,
    )
    return key, secret


@transaction.atomic
def revoke_api_key(*, key: ApiKey) -> None:
    """Makes the key worthless at once and for good. The row stays: batches name the key they came with."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
