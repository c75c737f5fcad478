"""Sets of failure types to begin with. A project takes one over and makes it its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A failure type of a set: its name, the wider kind that it belongs to, and when it is the right one."""

    name: str
    group: str
    description: str


@dataclass(frozen=True)
class Taxonomy:
    """A set of failure types, and whom it suits."""

    key: str
    title: str
    about: str
    kinds: tuple[Kind, ...]


def _kinds(group: str, *told: tuple[str, str]) -> tuple[Kind, ...]:
    return tuple(Kind(name, group, description) for name, description in told)


SUPPORT = Taxonomy(
    key="support",
    title="Support agents",
    about="For agents that talk with customers and look things up or change them with tools.",
    kinds=(
        *_kinds(
            "Actions",
            ("Claimed but not done", "It says that something was done, and no successful action stands behind it."),
            ("Wrong action", "It did something that the user did not ask for, or did it to the wrong thing."),
            ("Acted without a yes", "It changed something that it should have had confirmed first."),
            ("Task left undone", "It stopped before the user had what they came for, and did not say so."),
        ),
        *_kinds(
            "Answers",
            ("Made-up fact", "It states something that no source in the session says."),
            ("Wrong policy", "It tells a rule of the house wrongly, or applies one that does not hold here."),
            ("Incomplete answer", "What it says is right, but a part that the user needs is missing."),
            ("Contradicts itself", "Two of its messages cannot both be true."),
        ),
        *_kinds(
            "Tools",
            ("Wrong tool or values", "It used a tool that does not fit, or gave it wrong values."),
            ("Error not admitted", "A tool failed or found nothing, and the user is not told."),
            ("Stuck in a loop", "It does the same again and again, without coming nearer."),
        ),
        *_kinds(
            "Conversation",
            ("Misunderstood the user", "It answers another question than the one that was asked."),
            ("Asked for what was given", "The user has to say again what they had said before."),
            ("Did not ask", "What was asked could mean several things, and it guessed."),
            ("Tone", "Rude, cold, or far too long for what was asked."),
        ),
        *_kinds(
            "Limits",
            ("Refused what it may do", "It declines, or says that it cannot, though it could and should have."),
            ("Did what it may not", "It goes beyond what it is allowed to do or to tell."),
            ("Exposed private data", "It tells somebody what only somebody else should know."),
            ("Bad hand-over", "It handed over to a person too late, too early, or without saying what is known."),
        ),
    ),
)

# The names and groups of the fourteen modes are those of M. Cemri et al., "Why Do Multi-Agent LLM Systems Fail?", 2025,
# arXiv:2503.13657. What each means is told in our own words.
MAST = Taxonomy(
    key="mast",
    title="Several agents together (MAST)",
    about="The fourteen failure modes that the paper “Why Do Multi-Agent LLM Systems Fail?” found in seven systems.",
    kinds=(
        *_kinds(
            "System design",
            ("Disobey task specification", "It breaks a requirement or a limit that the task states."),
            (
                "Disobey role specification",
                "An agent does what is another's part, or not what is its own.",
            ),
            ("Step repetition", "A step that was done is done again, for no reason."),
            ("Loss of conversation history", "It goes on as if the latest part of the talk had not happened."),
            ("Unaware of termination conditions", "It does not see that it is time to stop, and goes on."),
        ),
        *_kinds(
            "Inter-agent misalignment",
            ("Conversation reset", "The talk starts over without need, and what was reached is lost."),
            ("Fail to ask for clarification", "Something needed is unclear or missing, and nobody asks."),
            ("Task derailment", "The work drifts away from what it was for."),
            ("Information withholding", "An agent knows what another one needs, and does not pass it on."),
            ("Ignored other agent's input", "What another agent said or advised makes no difference."),
            ("Reasoning-action mismatch", "What an agent does is not what it reasoned that it should do."),
        ),
        *_kinds(
            "Task verification",
            (
                "Premature termination",
                "It ends before the goal is reached, or before all that was needed was told.",
            ),
            ("No or incomplete verification", "The result, or a part of it, is not checked."),
            ("Incorrect verification", "The result is checked, but the check lets a mistake pass."),
        ),
    ),
)

TAXONOMIES = {taxonomy.key: taxonomy for taxonomy in (SUPPORT, MAST)}
