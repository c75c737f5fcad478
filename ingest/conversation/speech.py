"""Who said what to whom. Chat programs send the whole history again each turn: only what is new is a step."""

from ast import literal_eval
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.conversation.tree import Node, Turn
from ingest.dialects.fields import value_of
from ingest.dialects.parts import readable
from ingest.dialects.tables import Field
from ingest.dialects.values import as_json, as_text, as_word
from ingest.records import MessageRecord

LONGEST_HISTORY = 500  # user messages; beyond it a session is no talk with a person
MOST_WRAPPED = 4  # objects of one member, round the words
ENDING = ("final_answer", "final_output", "final_result")
LONGEST_LITERAL = 20_000
LONGEST_ECHO = 300  # characters by which words are known again: clients cut, and strip
ASKING = (
    "input",
    "question",
    "query",
    "q",
    "message",
    "user_message",
    "prompt",
    "user_input",
    "user_query",
    "text",
    "content",
    "task",
)
SAYING = (
    "output",
    "answer",
    "response",
    "final_output",
    "final_answer",
    "reply",
    "message",
    "text",
    "content",
    "result",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """The new messages that a node was given."""

    node: Node
    messages: list[MessageRecord]


class Listener:
    """Hears a session turn by turn, and tells which words and calls of what was sent are new."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self.known: list[str] = []
        self._turns = turns
        self._said: set[str] | None = None

    def hear(self, turn: Turn) -> dict[int, Heard]:
        """New messages of the turn, by the id() of the node before which they stand."""
        return self._hear(turn, _sources(turn)) or self._hear(turn, _deeper(turn))

    def _hear(self, turn: Turn, nodes: Iterable[Node]) -> dict[int, Heard]:
        found: dict[int, Heard] = {}
        fresh = True
        for node in nodes:
            given = asked(node)
            if not _words(given):
                continue
            new = self._new(given, fresh=fresh)
            if new:
                # Whatever came before the first that heard the user, came of what the user said.
                found[id(turn.nodes[0] if fresh else node)] = Heard(node, new)
                self.known += _words(new)
            fresh = False
        return found

    def _new(self, given: list[MessageRecord], *, fresh: bool) -> list[MessageRecord]:
        said = _words(given)
        tail = _tail(given)
        # A turn begins because somebody spoke: its last words are new even when they are the same words again.
        most = len(said) - 1 if fresh and _words(tail) else len(said)
        known = overlap(self.known, said, most)
        if known or (fresh and not self.known):
            return list(_after(given, known))
        # Nothing in common: a turn's window on the history, or a prompt that the program wrote to itself.
        return [message for message in tail if _speaks(message)] if fresh else []

    def is_unheard(self, message: MessageRecord) -> bool:
        """Whether no step has an agent's words: then the history is the only one to know of them. True only once."""
        if self._said is None:
            nodes = [node for turn in self._turns for node in turn.nodes if node.kind in {"llm", "agent", "chain"}]
            self._said = {_echo(m.text) for node in nodes for m in node.answered if m.role == "assistant"}
            self._said |= {_echo(spoken(node)) for node in nodes}
        echo = _echo(message.text)
        if not echo or echo in self._said:
            return False
        self._said.add(echo)
        return True


def _echo(text: str) -> str:
    return " ".join(text.split())[:LONGEST_ECHO]


def _after(given: Sequence[MessageRecord], known: int) -> Sequence[MessageRecord]:
    """What follows the first `known` user messages."""
    places = [place for place, message in enumerate(given) if _speaks(message)]
    return given[places[known - 1] + 1 :] if known else given


def overlap(known: Sequence[str], said: Sequence[str], most: int) -> int:
    """How many of the first words of `said` are the last of `known`; at most `most`."""
    for length in range(min(len(known), most, LONGEST_HISTORY), 0, -1):
        if list(known[-length:]) == list(said[:length]):
            return length
    return 0


def _sources(turn: Turn) -> list[Node]:
    """The nodes that hear the user: the root, the speaking agents, the model calls that are not a tool's own."""
    listens = turn.root.kind in {"agent", "chain", "other"} and _has_talk(turn)
    return [node for node in turn.nodes if _hears(node) or (listens and node is turn.root)]


def _hears(node: Node) -> bool:
    return node.is_speaker or (node.kind == "llm" and not node.aside and node.agents_above <= 1)


def _deeper(turn: Turn) -> list[Node]:
    """Where agents stand within agents and the outer ones tell nothing: the inner ones and their models."""
    return [node for node in turn.nodes if node.kind in {"llm", "agent"} and not node.aside and not _hears(node)]


def _has_talk(turn: Turn) -> bool:
    return any(node.kind in {"llm", "agent"} for node in turn.nodes) or turn.root.kind == "chain"


def asked(node: Node) -> list[MessageRecord]:
    """The messages that a node was given; a plain input counts as the user's words."""
    if node.given:
        return node.given
    value = as_json(value_of(node.words, Field.INPUT))
    if value is None:
        return []
    text = _member(value, ASKING)
    if not text and node.kind == "agent" and not isinstance(value, dict | list):
        text = as_text(value)
    return [MessageRecord("user", text=text)] if text else []


def _member(value: Any, names: Sequence[str]) -> str:
    """A string, or the first string member of an object under a name that means speech."""
    for _ in range(MOST_WRAPPED):
        if isinstance(value, dict) and isinstance(value.get("args"), list) and isinstance(value.get("kwargs"), dict):
            value = {**dict(zip(names, value["args"][:1], strict=False)), **value["kwargs"]}
        if not isinstance(value, dict | list) or len(value) != 1:
            break
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    if isinstance(value, dict):
        value = next((value[name] for name in names if isinstance(value.get(name), str)), "")
    return value if isinstance(value, str) else ""


def _speaks(message: MessageRecord) -> bool:
    return message.role == "user" and bool(message.text.strip())


def _words(messages: Iterable[MessageRecord]) -> list[str]:
    return [message.text.strip() for message in messages if _speaks(message)]


def _tail(messages: Sequence[MessageRecord]) -> list[MessageRecord]:
    """The messages after the last one that is no user's."""
    tail: list[MessageRecord] = []
    for message in reversed(messages):
        if message.role in {"assistant", "tool"}:
            break
        tail.insert(0, message)
    return tail


def spoken(node: Node) -> str:
    """The words that a node answered with; "" when it only called tools."""
    if node.spoken is None:
        node.spoken = _spoken(node)
    return node.spoken


def _spoken(node: Node) -> str:
    texts = [message.text for message in node.answered if message.role == "assistant" and message.text.strip()]
    if texts:
        return texts[-1]
    return "" if node.answered else _spoken_value(as_json(value_of(node.words, Field.OUTPUT)))


def _spoken_value(value: Any) -> str:
    return "" if value is None else _member(_literal(value), SAYING) or readable(value)


def _literal(value: Any) -> Any:
    """An object that a program printed as Python writes it."""
    if not isinstance(value, str) or not value.startswith("{'") or len(value) > LONGEST_LITERAL:
        return value
    try:
        return literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


def thoughts(node: Node) -> str:
    """What a model thought before it answered, where that was told."""
    return "\n".join(message.reasoning for message in node.answered if message.reasoning)


def calls_tools(node: Node) -> bool:
    """Whether a model call asked for tools."""
    return any(message.calls for message in node.answered)


def speakers(turn: Turn, heard: dict[int, Heard]) -> dict[int, str]:
    """What the agent said to the user in a turn, by the id() of the node whose words they are."""
    models = [node for node in turn.nodes if node.kind == "llm" and not node.aside and spoken(node).strip()]
    final = [node for node in models if not calls_tools(node)]
    said = {id(node): spoken(node) or _last_words(node, final) for node in turn.nodes if node.is_speaker}
    said |= {id(node): _result_of(node, turn) for node in turn.nodes if node.is_speaker and not said[id(node)].strip()}
    said = {place: words for place, words in said.items() if words.strip()}
    return {**_between(turn, models, heard), **(said or _without_agent(turn, final or models))}


def _last_words(agent: Node, final: list[Node]) -> str:
    """An agent without an output of its own said what the last model below it said that asked for no tool."""
    below: set[int] = set()
    stack = [agent] if final else []
    while stack:
        node = stack.pop()
        if id(node) not in below:
            below.add(id(node))
            stack += node.children
    return next((spoken(node) for node in reversed(final) if id(node) in below), "")


def _result_of(agent: Node, turn: Turn) -> str:
    """Some frameworks let the model end its work by calling a tool with the answer."""
    ends = [
        node for node in turn.nodes if node.kind == "tool" and as_word(value_of(node.words, Field.TOOL_NAME)) in ENDING
    ]
    if agent is not turn.root or not ends:
        return ""
    given = value_of(ends[-1].words, Field.ARGUMENTS)
    return _spoken_value(as_json(given if given is not None else value_of(ends[-1].words, Field.INPUT)))


def _without_agent(turn: Turn, models: list[Node]) -> dict[int, str]:
    if models:
        return {id(models[-1]): spoken(models[-1])}
    if turn.root.kind == "chain" and not any(node.kind == "llm" for node in turn.nodes):
        words = spoken(turn.root)
        return {id(turn.root): words} if words.strip() else {}
    return {}


def _between(turn: Turn, models: list[Node], heard: dict[int, Heard]) -> dict[int, str]:
    """In a trace that holds a whole chat, the model's last words before each further user message were answers."""
    answers: dict[int, str] = {}
    last: Node | None = None
    speaking = {id(node) for node in models}
    for node in turn.nodes:
        if last is not None and id(node) in heard and _words(heard[id(node)].messages):
            answers[id(last)] = spoken(last)
        if id(node) in speaking:
            last = node
    return answers
