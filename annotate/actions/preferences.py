"""How one person likes to work, written down."""

from collections.abc import Mapping

from accounts.models import User
from annotate.keys import faults
from annotate.models import KeyUse, ReviewPreferences
from common.errors import Refused


def set_keys(*, user: User, own: Mapping[str, str], use: KeyUse) -> None:
    """Keeps somebody's own keys, by action, in place of those before. Refused where one cannot be used."""
    for sentence in faults(own).values():
        raise Refused(sentence)
    ReviewPreferences.objects.update_or_create(user=user, defaults={"keys": dict(own), "key_use": use})
