"""A call that could not work as it was made: no readable arguments, a required one left out, or no such tool.

A tool that was called in a way its schema does not foresee and worked all the same counts for little: schemas are
written by people. And who did not send arguments or tools did not send them: what is not known is no mistake.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from traces.answers import PARSED_UP_TO, any_of, clip, complaint, parsed, quoted, unquoted
from traces.records import TOOL, Found, SessionFacts, StepFacts, ToolSchema

VERSION = 2
LABELS = {"invalid_call": "Wrong use of a tool"}
ABOUT = {
    "invalid_call": "A call that could not work: no readable arguments, a required one left out, or no such tool.",
}
FAILED = 0.7
WORKED = 0.25
QUOTED = 100
CUT = "cut"
DEEPEST = 3  # wrappers around arguments: {"kwargs": {…}}, {"input": {"args": {…}}}
BEGINS = ("{", "[")
DEEPEST_READ = 60  # as in traces.answers
# What Python shows of an object: some senders write that down.
PYTHON = re.compile(r"^[\[{(]+\s*'|\b(?:None|True|False)\b|<[\w.]+ object|\w\(\w+=")
CUT_SHORT = ("…", "...", "[truncated]")
SEPARATORS = re.compile(r"[^a-z0-9]+")
# The tool or its runner says itself that it was used wrongly, in words that nothing else is said with.
NO_SUCH_TOOL = any_of(
    r"\b(?:unknown|no such|undefined|unrecogni[sz]ed) (?:tool|function)\b|\bno (?:tool|function) (?:named|called)\b",
    r"\b(?:tool|function)\W{0,3}[\w.:/-]{1,80}\W{0,3} (?:was |is |does )?not "
    r"(?:found|exist|available|a valid|registered)",
    r"\bis not a valid tool\b|\bcould not find (?:a )?tool\b",
)
LEFT_OUT = any_of(
    r"missing \d+ required (?:positional|keyword-only) argument",
    r"missing (?:a )?required (?:\w+ )?(?:argument|parameter|param|field|propert)",
    r"required (?:argument|parameter|param|field|property)\b.{0,60}\b(?:missing|not provided|is required)",
    r"\bis a required property\b|\bfield required\b|(?:argument|parameter|field)\b.{0,40}\bis required\b",
    r"unexpected keyword argument|unrecogni[sz]ed arguments?\b|unknown (?:argument|parameter)",
)
UNREADABLE = any_of(
    r"(?:arguments?|input|parameters?) (?:\w+ ){0,3}(?:not|no|invalid) (?:a )?(?:valid |proper )?json",
    r"(?:failed|unable|could not) (?:to )?(?:parse|decode) (?:the )?(?:tool |function )?(?:arguments?|parameters?)",
)


def detect(session: SessionFacts) -> Iterator[Found]:
    """At most one finding for each call of the agent: the plainest of what is wrong with it."""
    tools = {_plain(name): tool for name, tool in session.tools.items()}
    for step in session.steps:
        if step.role != TOOL or step.kind != "tool" or step.by_user:
            continue
        failed = step.is_error or bool(complaint(step.result))
        wrong = (_unreadable(step) or _unknown(step, tools)) if failed else ""
        wrong = wrong or _left_out(step, tools) or (_told(step) if failed else "")
        if wrong:
            yield Found("invalid_call", step.key, FAILED if failed else WORKED, wrong)


def _plain(name: str) -> str:
    return SEPARATORS.sub("_", name.casefold())


def _unreadable(step: StepFacts) -> str:
    """Arguments that begin as JSON and are none. Text alone may be what the tool takes."""
    text = step.arguments.strip()
    if not text.startswith(BEGINS) or CUT in step.flags or text.endswith(CUT_SHORT) or PYTHON.search(text):
        return ""
    return "" if _is_json(text) else f"“{step.name}” was called with what is no JSON: “{clip(text, QUOTED)}”."


def _is_json(text: str) -> bool:
    """Also where it is too much to be read here, or holds line breaks that JSON wants written out."""
    if len(text) >= PARSED_UP_TO or text.count("[") + text.count("{") > DEEPEST_READ or parsed(text) is not None:
        return True
    try:
        json.loads(text, strict=False)
    except ValueError:
        return False
    return True


def _unknown(step: StepFacts, tools: Mapping[str, ToolSchema]) -> str:
    """A name that was never offered. It is asked of failed calls only: what works is there, whoever offered it."""
    name = _plain(step.name)
    if not tools or not name or any(_is_same(name, other) for other in tools):
        return ""
    return f"The agent called “{step.name}”, but there is no such tool: it was offered {_listed(tools)}."


def _is_same(name: str, offered: str) -> bool:
    """Runners put a server's or a module's name in front: `shop__get_order`, `functions.get_order`."""
    return name == offered or name.endswith(f"_{offered}") or offered.endswith(f"_{name}")


def _listed(tools: Mapping[str, ToolSchema]) -> str:
    names = [f"“{tool.name}”" for tool in tools.values()]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 # three say enough
    return ", ".join(names[:3]) + more


def _left_out(step: StepFacts, tools: Mapping[str, ToolSchema]) -> str:
    tool = tools.get(_plain(step.name))
    given = parsed(step.arguments)
    if tool is None or not isinstance(given, dict) or CUT in step.flags:
        return ""
    names = _names(given)
    missing = [name for name in tool.required if name not in names]
    if not missing or "args" in given:  # arguments in order have no names
        return ""
    what = ", ".join(f"“{name}”" for name in missing[:3])
    return f"“{step.name}” was called without {what}, which it needs{_with(step)}."


def _with(step: StepFacts) -> str:
    return f": it was given “{clip(step.arguments, QUOTED)}”" if step.arguments.strip() not in {"", "{}"} else ""


def _names(value: Any, depth: int = 0) -> set[str]:
    """The names of arguments, also where they stand inside of a wrapper."""
    inner = parsed(value) if isinstance(value, str) and depth else value
    if not isinstance(inner, dict) or depth > DEEPEST:
        return set()
    return {*inner}.union(*(_names(held, depth + 1) for held in inner.values()))


def _told(step: StepFacts) -> str:
    said = unquoted(step.error_message) or complaint(step.result) or step.result
    words = f"{step.error_type} {said}"[:2000]
    for pattern, what in (
        (NO_SUCH_TOOL, "The agent called “{tool}”, and there is no such tool: {said}."),
        (LEFT_OUT, "“{tool}” was called with the wrong arguments: {said}."),
        (UNREADABLE, "“{tool}” could not read what it was asked: {said}."),
    ):
        if pattern.search(words):
            return what.format(tool=step.name or "a tool", said=quoted(said, QUOTED))
    return ""
