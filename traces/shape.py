"""How a session went, in a few numbers that ranking reads and that no query could count: stored when it settles.

They count how much was asked and done and how often somebody had to come back to it: the more there is to get right,
the likelier something is wrong. None depends on what the session is about, and patterns know several languages. Of a
long session only the first MOST_STEPS are read.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from traces.records import AGENT, TOOL, USER, StepFacts
from traces.speech import closes, heard, is_deed, worked

# Raised with every change of the numbers: sessions remember with which they were read.
VERSION = 2
Shape = dict[str, float]
MOST_STEPS = 2_000
# A message is compared with so many before it, and only where it has something to say.
COMPARED_WITH = 12
ENOUGH_WORDS = 4
LAST_WORDS = 2
# Longer than most words that only hold a sentence together, in any language.
LONG = 4
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
FURTHER = (
    frozenset(
        WORD.findall("""
        also another additionally second secondly both all besides furthermore
        auch außerdem zusätzlich beide beiden alle zweitens
        también además otra otro otras otros ambos todos todas aussi également tous toutes deuxième
        """)
    ),
    ("and then", "as well", "one more", "noch ein", "dann noch", "encore un", "en plus"),
)
CONDITION = (
    frozenset(
        WORD.findall("""
        but however if otherwise unless except only rather cheap cheaper cheapest prefer preferred preferably
        aber wenn falls sonst außer nur mindestens höchstens lieber günstig günstiger günstigste günstigsten
        pero excepto solo menos barato barata mais sauf seulement moins plutôt
        """)
    ),
    ("at least", "at most", "more than", "less than"),
)
PERSISTS = (
    frozenset(
        WORD.findall("""
        still again doesn't didn't isn't hasn't wieder todavía sigue toujours encore
        """)
    ),
    (
        *("no luck", "not working", "same issue", "same problem", "same error", "same message"),
        *("immer noch", "noch immer", "geht nicht", "funktioniert nicht", "derselbe fehler"),
        *("otra vez", "no funciona", "ne marche pas", "ne fonctionne pas"),
    ),
)
LISTED = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]", re.MULTILINE)
CURRENCY = r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf)\b)"
CURRENCIES = (*"$€£¥₹", "usd", "eur", "gbp", "chf")
NUMBER = r"(\d[\d,.]*\d|\d)"
AMOUNT = re.compile(rf"{CURRENCY}\s?{NUMBER}|{NUMBER}\s?{CURRENCY}")
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
    lowered = [heard(text).lower() for text in asked]
    words = [WORD.findall(text) for text in lowered]
    return {
        "wishes": sum(map(_counted(*FURTHER), words, lowered)),
        "conditions": sum(map(_counted(*CONDITION), words, lowered)),
        "persists": sum(count > 0 for count in map(_counted(*PERSISTS), words[1:], lowered[1:])),
        "user_questions": sum("?" in text for text in asked),
        "said_again": _said_again(words),
        "thanked": any(map(closes, asked[-LAST_WORDS:])),
    }


def _counted(known: frozenset[str], phrases: Sequence[str]) -> Callable[[Sequence[str], str], int]:
    """Counts the known words and phrases of a message, given its words and all of it in small letters."""

    def count(words: Sequence[str], text: str) -> int:
        return sum(map(known.__contains__, words)) + sum(map(text.count, phrases))

    return count


def _said_again(messages: Iterable[Sequence[str]]) -> float:
    """The largest share of a message's words that an earlier one had already, 0..1."""
    most, before = 0.0, list[frozenset[str]]()
    for message in messages:
        words = frozenset(word for word in message if len(word) >= LONG)
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
    lowered = (heard(text).lower() for text in told)
    priced = (text for text in lowered if any(sign in text for sign in CURRENCIES))
    named = {_plain(found[0] or found[1]) for text in priced for found in AMOUNT.findall(text)} - {""}
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
