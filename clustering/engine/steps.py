"""The text that stands for one step when steps are compared with steps."""

from collections.abc import Collection

from clustering.engine.mask import mask

# Stored with each vector: whoever changes what the text is made of raises it.
STEP_VERSION = 1
SAID_UP_TO = 240
MEANT_UP_TO = 160


def comparable_step(
    kind: str, name: str, said: str, *, answer: str = "", error: str = "", names: Collection[str] = ()
) -> str:
    """What a step was, how it ended, and what the agent said then, without the names and numbers of its session.

    `said` is what was spoken in it or next after it; `answer` a call's answer in words; `error` how it failed.
    """
    what = f"{kind} {name}".strip().replace("_", " ")
    ended = f" failed: {mask(error[:MEANT_UP_TO], names)}" if error else f": {mask(answer[:MEANT_UP_TO], names)}"
    spoken = mask(said[:SAID_UP_TO], names)
    return f"{what}{ended if error or answer else ''}{f' - {spoken}' if spoken else ''}"
