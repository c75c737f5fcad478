"""How one person likes to work, read."""

from dataclasses import dataclass
from typing import Any, cast

from accounts.models import User
from annotate.keys import Use, keymap, read_own, show, with_own
from annotate.models import KeyUse, ReviewPreferences


@dataclass(frozen=True)
class OwnKeys:
    """Somebody's own keys, by action, and how they press them."""

    keys: dict[str, str]
    use: Use

    @property
    def map(self) -> dict[str, Any]:
        """What the page's script is told."""
        return keymap(self.keys, self.use)

    @property
    def shown(self) -> dict[str, str]:
        """Each action's key as pages show it; "" where there is none to press."""
        return {action.name: "" if self.use == "off" else show(action.key, self.use) for action in with_own(self.keys)}

    @property
    def pressed(self) -> dict[str, str]:
        """Each action's key as `aria-keyshortcuts` tells it."""
        before = {"alone": "", "alt": "Alt+", "off": ""}[self.use]
        return {action.name: "" if self.use == "off" else f"{before}{action.key}" for action in with_own(self.keys)}


def own_keys(user: User) -> OwnKeys:
    """The keys of a person; as usual for who changed none."""
    kept = ReviewPreferences.objects.filter(user=user).values_list("keys", "key_use").first()
    keys, use = kept or ({}, KeyUse.ALONE)
    return OwnKeys(read_own(keys), cast("Use", use))
