"""What a session is made of, and the builder in which scenarios write it down."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.ground_truth import Mode
from demo.story.words import BYES, CITIES, CLOSINGS, FIRST_NAMES, GOODS, LAST_NAMES, STREETS


@dataclass(frozen=True)
class Turn:
    """The user or the agent says something (`who`: user, agent)."""

    who: str
    text: str


@dataclass(frozen=True)
class Call:
    """The agent calls a tool. `error` is what the tool raised; `seconds` how long it took."""

    tool: str
    arguments: Mapping[str, Any]
    result: Any = None
    error: str = ""
    seconds: float = 0.4


@dataclass(frozen=True)
class Person:
    """A customer of the shop."""

    number: str
    name: str
    email: str
    address: str

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]


@dataclass(frozen=True)
class Order:
    """What a customer bought, for how much (in euros) and how many days ago."""

    number: str
    item: str
    price: float
    days_ago: int


@dataclass
class Talk:
    """A session as a scenario writes it: events in order, and where it went wrong, if it does."""

    rng: random.Random
    slip: Mode | None
    person: Person
    order: Order
    events: list[Turn | Call] = field(default_factory=list)
    root: int = -1
    surfaced: int = -1
    note: str = ""
    expected: str = ""
    wordings: tuple[str, ...] = ()

    def user(self, *variants: str) -> None:
        """The user says one of `variants`."""
        self.events.append(Turn("user", self.rng.choice(variants)))

    def agent(self, *variants: str) -> None:
        """The agent says one of `variants`."""
        self.events.append(Turn("agent", self.rng.choice(variants)))

    def goodbye(self, chance: float) -> None:
        """With this chance the user says goodbye and gets an answer; else the session ends as it is."""
        if self.rng.random() < chance:
            self.user(*BYES)
            self.agent(*CLOSINGS)

    def call(self, tool: str, result: Any = None, *, error: str = "", seconds: float = 0.0, **arguments: Any) -> None:
        """The agent calls `tool`; without `seconds` it takes about half a second."""
        took = seconds or round(self.rng.uniform(0.1, 0.9), 3)
        self.events.append(Call(tool, arguments, result, error, took))

    def is_slip(self, mode: Mode) -> bool:
        return self.slip is mode

    def went_wrong(self, *notes: str, expected: str) -> None:
        """The event just written is where it first went wrong; a reviewer would write one of `notes`."""
        self.root = self.surfaced = len(self.events) - 1
        self.note = self.rng.choice(notes) + self.rng.choice(self._remarks())
        self.expected = expected
        self.wordings = notes

    def _remarks(self) -> tuple[str, ...]:
        """What people add to a note, or nothing: no two reviewers write the same sentence."""
        who, what = self.person.first_name, self.order.item
        return (
            "",
            f" This was about the {what}.",
            f" {who} did not notice.",
            f" {who} will write to us again.",
            f" Order {self.order.number}.",
            " Second time today that I see this.",
            " Everything before that was fine.",
            f" Poor {who}.",
            " Not what I would expect from it.",
        )

    def showed(self) -> None:
        """The event just written is where the user could see it."""
        self.surfaced = len(self.events) - 1


def make_person(rng: random.Random) -> Person:
    """A made-up customer."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    mail = f"{first}.{last}@example.{rng.choice(('com', 'net', 'org'))}".lower().replace(" ", "").replace("'", "")
    address = f"{rng.randint(1, 180)} {rng.choice(STREETS)}, {rng.choice(CITIES)}"
    return Person(f"C-{rng.randint(10000, 99999)}", f"{first} {last}", mail, address)


def make_order(rng: random.Random) -> Order:
    """A made-up order, two to twenty-five days old."""
    item, price = rng.choice(GOODS)
    return Order(f"HB-{rng.randint(100000, 999999)}", item, price, rng.randint(2, 25))
