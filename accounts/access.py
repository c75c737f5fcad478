"""The doors to accounts' objects. Missing and forbidden look the same from outside: Http404."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.keys import hash_of, key_in
from accounts.models import ApiKey, Invitation, Membership, Project, Role, User
from common.busy import patience
from common.found import found

USE_NOTED_EVERY = timedelta(minutes=1)
NOTE_SECONDS = 0.2


def get_membership(user: User, slug: str, role: Role) -> Membership:
    """The user's membership in the project, if it allows `role`; else Http404."""
    membership = (
        Membership.objects.select_related("project", "user")
        .filter(user=user, user__is_active=True, project__slug=slug)
        .first()
    )
    if membership is None or not membership.may(role):
        raise Http404("No such page.")
    return membership


def projects_of(user: User) -> QuerySet[Project]:
    """The projects that the user belongs to, by name."""
    return Project.objects.filter(memberships__user=user).order_by("name")


def find_api_key(headers: Mapping[str, str], *along: str) -> ApiKey | None:
    """The live key that a request's headers carry, or None. Notes its use, at most once a minute.

    `along`: relations of the key that the caller needs too, fetched with it.
    """
    secret = key_in(headers)
    if not secret:
        return None
    # The look-up is by hash: how long it takes tells nothing about the key.
    keys = ApiKey.objects.select_related("project", *along).filter(key_hash=hash_of(secret), revoked_at=None)
    key = next(iter(keys), None)  # a hash is there once; to put one row in order costs a third of the look-up
    if key is not None:
        _note_use(key)
    return key


def _note_use(key: ApiKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
        # The next request notes it as well; no caller waits for that where the database is busy.
        with suppress(OperationalError), patience(NOTE_SECONDS):
            ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def get_invitation(token: str) -> Invitation:
    """The open invitation that a link's token names; Http404 when it is unknown, used or out of date."""
    invitation = Invitation.objects.select_related("project").filter(token_hash=hash_of(token)).first()
    if invitation is None or not invitation.is_open():
        raise Http404("No such invitation.")
    return invitation


def get_member(project: Project, membership_id: int) -> Membership:
    """A membership of this project; else Http404."""
    return found(Membership.objects.select_related("user").filter(project=project, pk=membership_id), "No such member.")


def get_project_invitation(project: Project, invitation_id: int) -> Invitation:
    """An invitation to this project that nobody accepted yet; else Http404."""
    return found(Invitation.objects.filter(project=project, pk=invitation_id, accepted_at=None), "No such invitation.")


def get_api_key(project: Project, key_id: int) -> ApiKey:
    """A key of this project; else Http404."""
    return found(ApiKey.objects.filter(project=project, pk=key_id), "No such key.")
