"""Takes private words out of a text. The same words always leave the same trace, so that a person stays one person."""

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from re import Match

import regex

from ingest.redaction.builtin import ANY_DIGIT, BY_NAME, Builtin

WITHHELD = "[withheld: redaction took too long]"
# Letters alone, and no vowels: what is put in can be neither a number nor a word that another rule takes out again.
LETTERS = "bcdfghjklmnpqrstvwxz"
LETTERS_SHOWN = 8
PLACE_FOR_PSEUDONYM = "{id}"
PUT_IN = rf"\[[a-z][a-z -]{{0,30}} [{LETTERS}]{{{LETTERS_SHOWN}}}\]"
VALUE_SECONDS = 0.1
REQUEST_SECONDS = 1.0
LONGEST_NAME = 120


class RuleFault(ValueError):
    """A pattern that cannot be used, in words for whoever wrote it."""


@dataclass(frozen=True)
class OwnRule:
    """A project's own pattern. `{id}` in the replacement becomes letters that tell different matches apart."""

    name: str
    pattern: str
    replacement: str


def check_pattern(pattern: str) -> None:
    """Raises RuleFault where the pattern cannot be used."""
    try:
        compiled = _compile(pattern, ())
    except regex.error as error:
        raise RuleFault(f"This is no regular expression: {error}.") from error
    if compiled.search("", timeout=VALUE_SECONDS):
        raise RuleFault(
            "This matches nothing at all, and so it would match everywhere. Ask for at least one character."
        )


def _compile(pattern: str, kept: Iterable[str]) -> "regex.Pattern[str]":
    """The pattern, which steps over what redaction itself has put in: so a second run changes nothing."""
    inner = regex.compile(pattern)
    own = "|".join([PUT_IN, *(regex.escape(word) for word in kept if word)])
    return regex.compile(rf"(?:{own})(*SKIP)(*FAIL)|(?:{pattern})", inner.flags & regex.IGNORECASE)


class Redactor:
    """A project's rules, for as many texts as its rules live. Holds no text of anybody's between requests.

    `secret` keys the pseudonyms: without it nobody can tell whose they are.
    """

    def __init__(self, secret: bytes, builtins: Iterable[str] = (), own: Iterable[OwnRule] = ()) -> None:
        self.secret = secret
        names = set(builtins)
        self.builtins = tuple(builtin for name, builtin in BY_NAME.items() if name in names)
        own = tuple(own)
        kept = {rule.replacement for rule in own if PLACE_FOR_PSEUDONYM not in rule.replacement} | {WITHHELD}
        self.own = tuple((rule, _compile(rule.pattern, kept)) for rule in own)

    def start(self, seconds: float = REQUEST_SECONDS) -> "Redaction":
        """A request's worth of work, which may take `seconds` for the project's own patterns together."""
        return Redaction(self, seconds)

    def named(self, name: str) -> Builtin | None:
        """What the whole value of a field with this name is, if anything private."""
        fits = (one for one in self.builtins if one.named is not None and one.named.match(name[-LONGEST_NAME:]))
        return next(fits, None)

    def pseudonym(self, words: str) -> str:
        """Letters that are the same for the same words, in whatever case they are written."""
        number = int.from_bytes(
            hmac.digest(self.secret, words.casefold().encode("utf-8", "replace"), hashlib.sha256)[:8]
        )
        letters = ""
        for _ in range(LETTERS_SHOWN):
            number, place = divmod(number, len(LETTERS))
            letters += LETTERS[place]
        return letters


class Redaction:
    """One request's redaction: what was taken out, and how much time is left."""

    def __init__(self, redactor: Redactor, seconds: float) -> None:
        self.redactor = redactor
        self.left = seconds
        self.counts: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._names: dict[str, Builtin | None] = {}

    @property
    def ran_out(self) -> bool:
        """Whether there was no time for all. Names are withheld then too, so that one cannot be told from another."""
        return self.left <= 0

    def text(self, text: str) -> str:
        """The text without its private words; the same object where it has none."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._own_rules(self._built_in(text))
        return known

    def named(self, name: str, value: str) -> str:
        """The value of a field: wholly private where its name says so, else as any text."""
        if name not in self._names:
            self._names[name] = self.redactor.named(name)
        builtin = self._names[name]
        if builtin is not None and value and not _is_put_in(value):
            return self._put_in(builtin, value)
        return self.text(value)

    def _built_in(self, text: str) -> str:
        has_digit = ANY_DIGIT(text) is not None
        for builtin in self.redactor.builtins:
            if (has_digit or not builtin.needs_digit) and builtin.gate(text):
                for pattern in builtin.patterns:
                    text = pattern.sub(partial(self._replaced, builtin), text)
        return text

    def _replaced(self, builtin: Builtin, found: Match[str]) -> str:
        whole = found[0]
        group = "private" if "private" in found.re.groupindex else 0
        private = found[group]
        fits = builtin.fits(private)
        if not fits:
            return whole
        start, end = found.start(group) - found.start(), found.end(group) - found.start()
        if fits is not True:
            end = start + fits
        return whole[:start] + self._put_in(builtin, whole[start:end]) + whole[end:]

    def _put_in(self, builtin: Builtin, private: str) -> str:
        self.counts[builtin.name] += 1
        return f"[{builtin.label} {self.redactor.pseudonym(private)}]"

    def _own_rules(self, text: str) -> str:
        for rule, pattern in self.redactor.own:
            if text == WITHHELD:
                break
            text = self._own(rule, pattern, text)
        return text

    def _own(self, rule: OwnRule, pattern: "regex.Pattern[str]", text: str) -> str:
        if self.left <= 0:
            return self._withhold(rule)
        began = time.perf_counter()
        try:
            changed, times = pattern.subn(
                lambda found: self._replacement(rule, found[0]), text, timeout=min(VALUE_SECONDS, self.left)
            )
        except TimeoutError:
            return self._withhold(rule)
        finally:
            self.left -= time.perf_counter() - began
        if times:
            self.counts[rule.name] += times
        return str(changed) if times else text

    def _withhold(self, rule: OwnRule) -> str:
        self.counts[f"{rule.name} (took too long)"] += 1
        return WITHHELD

    def _replacement(self, rule: OwnRule, private: str) -> str:
        return rule.replacement.replace(PLACE_FOR_PSEUDONYM, self.redactor.pseudonym(private))


def _is_put_in(value: str) -> bool:
    return value == WITHHELD or regex.fullmatch(PUT_IN, value) is not None
