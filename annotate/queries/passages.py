"""Steps as far as a judgement quotes them or names their tools."""

from collections.abc import Collection

from traces.models import AgentSession, Step, StepKind, Transcript
from traces.queries import steps_by_session
from traces.quoting import plain_text
from traces.reading import read

MOST_TOOLS = 200


def plain_texts(session: AgentSession, keys: Collection[str]) -> dict[str, str]:
    """The plain text of those of the steps that the session has, by key: two queries."""
    facts = [step for step in steps_by_session([session.pk]).get(session.pk, []) if step.key in keys]
    return {step.key: plain_text(step) for step in read(facts, (), None).steps}


def tool_names(session: AgentSession) -> list[str]:
    """The tools that the agent called, then those that it was offered besides, each group by name: two queries."""
    calls = Step.objects.filter(session=session, kind=StepKind.TOOL).exclude(name="")
    called = sorted(set(calls.values_list("name", flat=True)))
    transcript = Transcript.of(session)
    offered = sorted(set(transcript.tools if transcript else ()) - set(called))
    return [*called, *offered][:MOST_TOOLS]
