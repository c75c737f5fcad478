"""How a session went, in a few numbers that ranking reads and that no query could count: stored when it settles."""

from collections.abc import Sequence

from traces.records import AGENT, TOOL, USER, StepFacts


def shape_of(steps: Sequence[StepFacts]) -> dict[str, float]:
    """Counts of what was said and done; a number that is 0 is left out."""
    counts = {
        "user_messages": sum(step.role == USER for step in steps),
        "agent_messages": sum(step.role == AGENT for step in steps),
        "tool_calls": sum(step.role == TOOL for step in steps),
    }
    return {name: count for name, count in counts.items() if count}
