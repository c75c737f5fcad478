"""How one person likes to work, read."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from accounts.models import User
from annotate.keys import PAGES, Action, Page, Use, keymap, read_own, show, with_own
from annotate.models import KeyUse, ReviewPreferences

# ARIA joins keys by a plus, and has a name for the one that is one.
TOLD = {"+": "Plus"}


@dataclass(frozen=True)
class OwnKeys:
    """Somebody's own keys, by action, and how they press them."""

    keys: dict[str, str]
    use: Use

    @cached_property
    def maps(self) -> dict[Page, dict[str, Any]]:
        """What each page's script is told."""
        return {page: keymap(self._actions, self.use, page) for page in PAGES}

    @cached_property
    def shown(self) -> dict[str, str]:
        """Each action's key as pages show it; "" where there is none to press."""
        return {action.name: "" if self.use == "off" else show(action.key, self.use) for action in self._actions}

    @cached_property
    def hints(self) -> dict[str, str]:
        """The same in brackets, to stand behind the words of a button's tooltip."""
        return {name: f" ({key})" if key else "" for name, key in self.shown.items()}

    @cached_property
    def pressed(self) -> dict[str, str]:
        """Each action's key as `aria-keyshortcuts` tells it."""
        before = {"alone": "", "alt": "Alt+", "off": ""}[self.use]
        return {
            action.name: "" if self.use == "off" or not action.key else f"{before}{TOLD.get(action.key, action.key)}"
            for action in self._actions
        }

    @cached_property
    def _actions(self) -> tuple[Action, ...]:
        return with_own(self.keys)


def own_keys(user: User) -> OwnKeys:
    """The keys of a person; as usual for who changed none."""
    kept = ReviewPreferences.objects.filter(user=user).values_list("keys", "key_use").first()
    keys, use = kept or ({}, KeyUse.ALONE)
    return OwnKeys(read_own(keys), cast("Use", use))
