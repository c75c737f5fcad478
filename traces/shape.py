"""How a session went, in a few numbers that ranking reads and that no query could count: stored when it settles.

They count how much was asked and done and how often somebody had to come back to it: the more there is to get right,
the likelier something is wrong. None depends on what the session is about, and patterns know several languages. Of a
long session only the first MOST_STEPS are read.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from traces.answers import any_of
from traces.records import AGENT, TOOL, USER, StepFacts
from traces.speech import closes, heard, is_deed, worked

# Raised with every change of the numbers: sessions remember with which they were read.
VERSION = 2
Shape = dict[str, float]
MOST_STEPS = 2_000
# A message is compared with so many before it, and only where it has something to say.
COMPARED_WITH = 12
ENOUGH_WORDS = 4
# Longer than most words that only hold a sentence together, in any language.
LONG_WORD = re.compile(r"\w{4,}")
LAST_WORDS = 2
FURTHER = any_of(
    r"\b(?:also|another|additionally|and then|as well|second(?:ly)?|both|all|besides|furthermore|one more)\b",
    r"\b(?:auch|außerdem|noch ein\w*|zusätzlich|beide|alle|zweitens|dann noch)\b",
    r"\b(?:también|además|otr[oa]s?|ambos|todos|aussi|également|encore un\w*|en plus|tous|deuxième)\b",
)
CONDITION = any_of(
    r"\b(?:but|however|if|otherwise|unless|except|only|rather|at least|at most|more than|less than)\b",
    r"\b(?:cheap|prefer)\w*\b",
    r"\b(?:aber|wenn|falls|sonst|außer|nur|mindestens|höchstens|günstig\w*|lieber)\b",
    r"\b(?:pero|excepto|solo|menos|barat[oa]s?|mais|sauf|seulement|moins|plutôt)\b",
)
PERSISTS = any_of(
    r"\b(?:still|again|no luck|same (?:issue|problem|error|message)|not working|(?:does|did|is|has)n't)\b",
    r"\b(?:immer noch|noch immer|wieder|geht nicht|funktioniert nicht|derselbe fehler)\b",
    r"\b(?:todavía|sigue|otra vez|no funciona|toujours|encore|ne marche pas|ne fonctionne pas)\b",
)
LISTED = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]", re.MULTILINE)
CURRENCY = r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf)\b)"
AMOUNT = re.compile(
    rf"{CURRENCY}\s?(\d[\d,.]*\d|\d)|(\d[\d,.]*\d|\d)\s?(?:[€£¥]|\b(?:usd|eur|gbp|chf)\b)", re.IGNORECASE
)
CENTS = re.compile(r"[.,](\d\d?)$")


def shape_of(steps: Sequence[StepFacts]) -> Shape:
    """The numbers by name; one that is 0 is left out."""
    read = steps[:MOST_STEPS]
    asked = [step.text for step in read if step.role == USER and step.text.strip()]
    told = [step.text for step in read if step.role == AGENT and step.text.strip()]
    calls = [step for step in read if step.role == TOOL and not step.by_user]
    numbers = {
        "steps": len(steps),
        "user_messages": len(asked),
        "agent_messages": len(told),
        "calls_by_user": sum(step.by_user for step in read),
        **_of_user(asked),
        **_of_agent(told, read),
        **_of_calls(calls),
    }
    return {name: round(number, 3) for name, number in numbers.items() if number}


def _of_user(asked: Sequence[str]) -> Shape:
    """What the user said: words of further wishes and of conditions, questions, what was said again, what persists."""
    return {
        "conditions": sum(len(CONDITION.findall(heard(text))) for text in asked),
        "persists": sum(bool(PERSISTS.search(heard(text))) for text in asked[1:]),
        "wishes": sum(len(FURTHER.findall(heard(text))) for text in asked),
        "user_questions": sum("?" in text for text in asked),
        "said_again": _said_again(asked),
        "thanked": any(map(closes, asked[-LAST_WORDS:])),
    }


def _said_again(asked: Iterable[str]) -> float:
    """The largest share of a message's words that an earlier one had already, 0..1."""
    most, before = 0.0, list[frozenset[str]]()
    for text in asked:
        words = frozenset(LONG_WORD.findall(heard(text).casefold()))
        if len(words) > ENOUGH_WORDS:
            shared = (len(words & other) / min(len(words), len(other)) for other in before[-COMPARED_WITH:])
            most = max(most, *shared, 0.0)
            before.append(words)
    return most


def _of_agent(told: Sequence[str], steps: Sequence[StepFacts]) -> Shape:
    """What the agent said: lines of lists, the longest list, and amounts that nobody and no tool had named."""
    lists = [len(LISTED.findall(heard(text))) for text in told]
    return {
        "listed": sum(lists),
        "options": max(lists, default=0),
        "new_amounts": len(_new_amounts(told, steps)),
    }


def _new_amounts(told: Sequence[str], steps: Sequence[StepFacts]) -> set[str]:
    """Amounts in the agent's words that stand in no message of the user and no answer of a tool."""
    named = {_plain(found[0] or found[1]) for text in told for found in AMOUNT.findall(heard(text))} - {""}
    if not named:
        return set()
    known = " ".join(part for step in steps if step.role != AGENT for part in (step.text, step.result))
    known = known.replace(",", "")
    return {amount for amount in named if amount not in known}


def _plain(amount: str) -> str:
    """An amount as programs write it: `1,200.50` is 1200.5."""
    cents = CENTS.search(amount)
    whole = re.sub(r"[,.]", "", amount[: cents.start()] if cents else amount)
    rest = cents[1].rstrip("0") if cents else ""
    return f"{whole}.{rest}" if rest else whole


def _of_calls(calls: Sequence[StepFacts]) -> Shape:
    """What the agent did: its calls, those that failed, the same again, and those that change something."""
    deeds = Counter(call.name for call in calls if is_deed(call))
    same = Counter((call.name, call.arguments) for call in calls)
    return {
        "calls": len(calls),
        "failed_calls": sum(not worked(call) for call in calls),
        "repeated_calls": len(calls) - len(same),
        "deeds": sum(deeds.values()),
        "same_deed": max(deeds.values(), default=0),
    }
