"""The one table of keys: what each does, on which pages, and what one may choose in its place.

It names pages of apps above this one, as they are known to their readers, and imports none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Use = Literal["alone", "alt", "off"]
Page = Literal[
    "review",  # the review screen
    "session",  # a session's page
    "settling",  # a disagreement's page
    "start",  # the lists from which one begins: queues, disagreements
    "board",  # the issues
    "issue",  # the page of an issue
    "compare",  # two issues side by side
    "inbox",  # the proposals
    "map",  # the map of all failures
]
PAGES: tuple[Page, ...] = get_args(Page)
TALKS: tuple[Page, ...] = ("review", "session", "settling")
JUDGING: tuple[Page, ...] = ("review", "settling")

# What a key may be besides one character that is seen. The others move the focus, scroll, or belong to screen readers.
NAMED = {"Enter": "⏎", "ArrowLeft": "←", "ArrowRight": "→"}


@dataclass(frozen=True)
class Action:
    """What a key does, and on which pages.

    `keys`: as a browser names them; the first is shown, and is the one that people may change.
    """

    name: str
    keys: tuple[str, ...]
    does: str
    group: str
    pages: tuple[Page, ...]
    shown: str = ""  # where it cannot be changed

    @property
    def key(self) -> str:
        """Its first key, or ""."""
        return self.keys[0] if self.keys else ""

    def meets(self, other: "Action") -> bool:
        """Whether both are on one page: there they need keys of their own."""
        return not set(self.pages).isdisjoint(other.pages)


def _group(title: str, pages: tuple[Page, ...], *actions: tuple[str, str, str]) -> tuple[Action, ...]:
    return tuple(Action(name, tuple(keys.split()), does, title, pages) for name, keys, does in actions)


READING = "Reading"
GRADING = "Judging"
FAILING = "What went wrong"
WRITING = "While you write in a field, where other keys rest"
GOING_ON = "Going on"
TICKING = "The failures of an issue"
TICKS = {f"tick{place}": str(3 + place) for place in range(1, 7)}

ACTIONS = (
    *_group(
        READING,
        TALKS,
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
    ),
    *_group(
        READING,
        ("review", "session"),
        ("comment", "c", "Comment on this step"),
        ("ask", "C", "Ask the lead about this step"),
    ),
    *_group(
        GRADING,
        JUDGING,
        ("success", "1", "Success"),
        ("failure", "2", "Failure"),
        ("unknown", "3", "Can't tell"),
        ("question", "r", "Go to the next question"),
    ),
    *_group(GRADING, ("review",), ("guide", "h", "Show or hide how to answer it")),
    *_group(
        FAILING,
        JUDGING,
        ("root", "x", "It first went wrong at this step"),
        ("surfaced", "s", "It showed at this step"),
        ("note", "w", "Write what went wrong"),
        ("another", "a", "Add another failure"),
    ),
    *_group(
        FAILING,
        ("review",),
        ("quote", "q", "Quote what is selected, or the whole step"),
        ("type", "t", "Name the type of failure"),
        ("issue", "i", "Choose the known issue that it looks like"),
        ("severity", "v", "Change the severity"),
        ("expected", "f", "Say what should have happened"),
    ),
    Action(
        "near",
        (),
        "Take the first, second or third known issue that is offered",
        WRITING,
        ("review",),
        shown="Alt+1 2 3",
    ),
    *_group(GOING_ON, JUDGING, ("submit", "Enter", "Submit and next (Ctrl+Enter while typing)")),
    *_group(GOING_ON, ("review",), ("undo", "u", "Undo my last review or skip"), ("skip", "z", "Skip this session")),
    *_group(
        "Settling a disagreement",
        ("settling",),
        *((name, key, f"Tick or untick failure {place}") for place, (name, key) in enumerate(TICKS.items(), start=1)),
        ("why", "y", "Write why"),
        ("nextDispute", "d", "Next disagreement, without settling this one"),
    ),
    *_group("Queues and disagreements", ("start",), ("begin", "Enter", "Begin with the first")),
    *_group(
        "Issues and proposals",
        ("board", "inbox", "issue"),
        ("nextRow", "j", "Next in the list"),
        ("previousRow", "k", "Previous in the list"),
    ),
    *_group("Issues and proposals", ("board",), ("openRow", "Enter", "Open the issue")),
    *_group(
        "Many issues at once",
        ("board",),
        ("tickRow", "x", "Tick the issue at hand, or untick it"),
        ("tickRows", "a", "Tick all issues of the page, or none"),
        ("tickMatching", "A", "Choose all that the filters find, on all pages, or only what is ticked"),
    ),
    *_group(
        "What is done about an issue, or about those that are ticked",
        ("board", "issue"),
        ("confirmOpen", "y", "Confirm as open"),
        ("startWork", "w", "Start work"),
        ("fixIssue", "f", "Say in which release it is fixed, or that it is fixed now"),
        ("ignoreIssue", "i", "Ignore, and say why and for how long"),
        ("reopenIssue", "r", "Reopen, or stop ignoring"),
        ("giveOwner", "o", "Choose the owner"),
        ("rateIssue", "e", "Choose how severe it is"),
        ("mergeIssue", "m", "Merge it with another issue"),
    ),
    *_group(
        "What was just done",
        ("board", "issue", "inbox"),
        ("undoAct", "u", "Undo what was just done"),
        ("redoAct", "U", "Do again what was just undone"),
    ),
    *_group(
        "Issues and proposals",
        ("inbox",),
        ("accept", "a", "Accept the proposal"),
        ("decline", "d", "Decline the proposal"),
    ),
    *_group(
        "Map of failures",
        ("map",),
        ("mapIn", "+ =", "Zoom in"),
        ("mapOut", "-", "Zoom out"),
        ("mapAll", "0", "Show all failures"),
        ("mapColour", "c", "Colour by the next thing"),
        ("mapPoint", "x", "Choose the failure in focus, or let it go"),
        ("mapLasso", "l", "Choose by drawing around failures, or stop"),
        ("mapRectangle", "r", "Begin a rectangle at the failure in focus; again, to choose what is inside"),
        ("mapMake", "w", "Name an issue to make of the chosen failures"),
        ("mapMove", "m", "Name the issue to move the chosen failures to"),
        ("mapUndo", "u", "Undo what was just done on the map"),
    ),
    *_group(
        TICKING,
        ("issue",),
        ("tickAll", "a", "Tick all failures of the list, or none"),
        ("moveTicked", "v", "Move what is ticked to another issue"),
        ("splitTicked", "s", "Split off what is ticked as a new issue"),
        ("takeOut", "t", "Take what is ticked out of the issue"),
        ("notThis", "x", "Not this one: take the chosen failure out"),
    ),
    Action("tick", (), "Tick the chosen failure; with Shift all from the last one", TICKING, ("issue",), shown="Space"),
    *_group(
        "The issue",
        ("issue",),
        ("toWhat", "1", "What is it"),
        ("toHowBad", "2", "How bad"),
        ("toWhere", "3", "Where"),
        ("toDo", "4", "What do we do"),
        ("toMembers", "5", "How do we know"),
        ("nameIssue", "n", "Change the title"),
        ("sayOnIssue", "c", "Say something about it"),
        ("watchIssue", "b", "Watch it, or watch it no more"),
    ),
    *_group(
        "Two issues side by side",
        ("compare",),
        ("keepFirst", "1", "Merge into the first"),
        ("keepSecond", "2", "Merge into the second"),
    ),
    *_group("Everywhere", PAGES, ("keys", "?", "Show the keys")),
)
CHANGEABLE = {action.name: action for action in ACTIONS if not action.shown}
USUAL = {name: action.key for name, action in CHANGEABLE.items()}


def is_key(key: object) -> bool:
    """Whether something can be the key of an action: one character that is seen, or one of the named keys."""
    return isinstance(key, str) and (key in NAMED or (len(key) == 1 and key.isprintable() and not key.isspace()))


def read_own(kept: object) -> dict[str, str]:
    """One's own keys, by action, of what the database kept: without what is unknown by now, or cannot be used."""
    given = kept if isinstance(kept, Mapping) else {}
    own = {name: key for name, key in given.items() if name in CHANGEABLE and is_key(key)}
    return {name: key for name, key in own.items() if not _rivals(name, own)}


def with_own(own: Mapping[str, str]) -> tuple[Action, ...]:
    """All actions with one's own keys: on a page, what was chosen there takes a key from what has it as usual."""
    return tuple(replace(action, keys=_keys(action, own)) for action in ACTIONS)


def _keys(action: Action, own: Mapping[str, str]) -> tuple[str, ...]:
    chosen = (own[action.name],) if action.name in own else ()
    usual = action.keys[1:] if chosen else action.keys
    taken = {key for name, key in own.items() if CHANGEABLE[name].meets(action)}
    return chosen + tuple(key for key in usual if key not in taken)


def faults(own: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with keys that somebody chose: by action, a sentence. Empty: they can be used."""
    keys = {**USUAL, **own}
    found = {}
    for name, key in own.items():
        if not is_key(key):
            found[name] = "Choose one letter, digit or sign, Enter, or an arrow to the left or right."
        elif rivals := _rivals(name, keys):
            found[name] = f"“{show(key)}” is also the key of “{rivals[0].does}”."
    return found


def _rivals(name: str, keys: Mapping[str, str]) -> list[Action]:
    """The other actions on its pages that have the same key."""
    action = CHANGEABLE[name]
    same = [CHANGEABLE[other] for other, key in keys.items() if other != name and key == keys[name]]
    return [other for other in same if other.meets(action)]


def show(key: str, use: Use = "alone") -> str:
    """A key as pages show it; "" where there is none."""
    shown = NAMED.get(key, key)
    return f"Alt+{shown}" if use == "alt" and key else shown


def keymap(actions: tuple[Action, ...], use: Use, page: Page) -> dict[str, Any]:
    """What a page is told: `use`, and each action's name (`act`), `keys`, the one `shown`, what it `does`, `group`."""
    told = [
        {
            "act": action.name,
            "keys": list(action.keys),
            "shown": action.shown or show(action.key, use),
            "does": action.does,
            "group": action.group,
        }
        for action in actions
        if page in action.pages
    ]
    return {"use": use, "actions": told}
