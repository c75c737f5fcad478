"""The agent only talked: it made no call at all, though it has tools and sessions of its workflow usually use them."""

from collections.abc import Iterator

from traces.answers import quoted
from traces.records import AGENT, TOOL, USER, Found, SessionFacts, Threshold
from traces.speech import closes

VERSION = 2
LABELS = {"no_tool_used": "No tool used"}
ABOUT = {
    "no_tool_used": "The agent made no call at all, though it has tools and its workflow's sessions usually use them.",
}
USUAL_CALLS = 2.0
THRESHOLDS = {
    "usual_calls": Threshold(
        "Calls that half of a workflow's sessions make, for none to be odd", USUAL_CALLS, 1.0, 20.0
    ),
}
UNUSUAL = 0.7
OFFERED = 0.4
QUOTED = 120
# A greeting and a goodbye need no tool.
FEWEST_MESSAGES = 2


def detect(session: SessionFacts, *, usual_calls: float = USUAL_CALLS) -> Iterator[Found]:
    """At most one finding, for the whole session, at the user's first wish."""
    if any(step.role == TOOL for step in session.steps) or not any(step.role == AGENT for step in session.steps):
        return
    wishes = [step for step in session.steps if step.role == USER and step.text.strip() and not closes(step.text)]
    if len(wishes) < FEWEST_MESSAGES:
        return
    why, strength = _why(session, usual_calls)
    if why:
        words = f"The agent used no tool at all, {why}. The user had asked: {quoted(wishes[0].text, QUOTED)}."
        yield Found("no_tool_used", wishes[0].key, strength, words)


def _why(session: SessionFacts, usual_calls: float) -> tuple[str, float]:
    """What was to be expected, and how sure that is; "" where no call is nothing special."""
    usual = session.baselines.get("tool_calls")
    if usual is not None:
        odd = usual.median >= usual_calls
        return (f"where this workflow's sessions usually make {usual.median:g} calls", UNUSUAL) if odd else ("", 0.0)
    offered = len(session.tools)
    tools = "a tool was offered" if offered == 1 else f"{offered} tools were offered"
    return (f"though {tools}", OFFERED) if offered else ("", 0.0)
