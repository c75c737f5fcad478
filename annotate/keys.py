"""The keys of the pages on which sessions are read and judged: what each does, and what one may choose in its place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Use = Literal["alone", "alt", "off"]

# What a key may be besides one character that is seen. The others move the focus, scroll, or belong to screen readers.
NAMED = {"Enter": "⏎", "ArrowLeft": "←", "ArrowRight": "→"}
# Keys of the page on which a disagreement is settled, which has more of them.
OF_DISAGREEMENTS = frozenset("yd456789")


@dataclass(frozen=True)
class Action:
    """What a key does. `keys`: as a browser names them; the first is shown, and is the one that people may change."""

    name: str
    keys: tuple[str, ...]
    does: str
    group: str
    shown: str = ""  # where it cannot be changed

    @property
    def key(self) -> str:
        """Its first key, or ""."""
        return self.keys[0] if self.keys else ""


def _group(title: str, *actions: tuple[str, str, str]) -> tuple[Action, ...]:
    return tuple(Action(name, tuple(keys.split()), does, title) for name, keys, does in actions)


ACTIONS = (
    *_group(
        "Reading",
        ("next", "j ArrowRight", "Next step"),
        ("previous", "k ArrowLeft", "Previous step"),
        ("signal", "n", "Next signal: a step where something looks wrong"),
        ("signalBefore", "N", "The signal before"),
        ("error", "e", "Next step that failed"),
        ("turn", "m", "Next message of the user"),
        ("first", "g", "First step"),
        ("last", "G", "Last step"),
        ("find", "/", "Find words in the session"),
        ("open", "o", "Open or fold the step"),
        ("behind", "b", "Show or hide what happened behind the scenes"),
        ("saw", "p", "What the agent saw at this step"),
        ("link", "l", "Copy a link to this step"),
        ("comment", "c", "Comment on this step"),
        ("ask", "C", "Ask the lead about this step"),
    ),
    *_group(
        "Judging",
        ("success", "1", "Success"),
        ("failure", "2", "Failure"),
        ("unknown", "3", "Can't tell"),
        ("question", "r", "Go to the next question"),
        ("guide", "h", "Show or hide how to answer it"),
    ),
    *_group(
        "What went wrong",
        ("root", "x", "It first went wrong at this step"),
        ("surfaced", "s", "It showed at this step"),
        ("note", "w", "Write what went wrong"),
        ("quote", "q", "Quote what is selected, or the whole step"),
        ("type", "t", "Name the type of failure"),
        ("issue", "i", "Choose the known issue that it looks like"),
        ("severity", "v", "Change the severity"),
        ("expected", "f", "Say what should have happened"),
        ("another", "a", "Add another failure"),
    ),
    Action(
        "near", (), "Take the first, second or third known issue offered, while writing", "What went wrong", "Alt+1 2 3"
    ),
    *_group(
        "Going on",
        ("submit", "Enter", "Submit and next (Ctrl+Enter while typing)"),
        ("undo", "u", "Undo my last review or skip"),
        ("skip", "z", "Skip this session"),
        ("keys", "?", "Show the keys"),
    ),
)
CHANGEABLE = {action.name: action for action in ACTIONS if not action.shown}


def is_key(key: object) -> bool:
    """Whether something can be the key of an action: one character that is seen, or one of the named keys."""
    return isinstance(key, str) and (key in NAMED or (len(key) == 1 and key.isprintable() and not key.isspace()))


def read_own(kept: object) -> dict[str, str]:
    """One's own keys, by action, of what the database kept: without what is unknown by now, or cannot be used."""
    given = kept if isinstance(kept, Mapping) else {}
    own = {name: key for name, key in given.items() if name in CHANGEABLE and is_key(key)}
    wrong = faults(own)
    return {name: key for name, key in own.items() if name not in wrong}


def with_own(own: Mapping[str, str]) -> tuple[Action, ...]:
    """All actions with one's own keys. A further key, such as an arrow, stays until chosen elsewhere."""
    taken = set(own.values())
    return tuple(
        replace(
            action,
            keys=(own.get(action.name, action.key), *(key for key in action.keys[1:] if key not in taken))
            if action.keys
            else (),
        )
        for action in ACTIONS
    )


def faults(own: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with keys that somebody chose: by action, a sentence. Empty: they can be used."""
    effective = {name: own.get(name, action.key) for name, action in CHANGEABLE.items()}
    counted = Counter(effective.values())
    found = {}
    for name, key in own.items():
        if not is_key(key):
            found[name] = "Choose one letter, digit or sign, Enter, or an arrow to the left or right."
        elif key in OF_DISAGREEMENTS and key != CHANGEABLE[name].key:
            found[name] = f"“{key}” is a key of the page on which disagreements are settled."
        elif counted[key] > 1:
            other = next(each for each, theirs in effective.items() if theirs == key and each != name)
            found[name] = f"“{show(key)}” is also the key of “{CHANGEABLE[other].does}”."
    return found


def show(key: str, use: Use = "alone") -> str:
    """A key as pages show it."""
    shown = NAMED.get(key, key)
    return f"Alt+{shown}" if use == "alt" else shown


def keymap(own: Mapping[str, str], use: Use) -> dict[str, Any]:
    """What pages are told: `use`, and each action's name (`act`), `keys`, the one `shown`, what it `does`, `group`."""
    actions = [
        {
            "act": action.name,
            "keys": list(action.keys),
            "shown": action.shown or show(action.key, use),
            "does": action.does,
            "group": action.group,
        }
        for action in with_own(own)
    ]
    return {"use": use, "actions": actions}
