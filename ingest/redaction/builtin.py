"""The patterns that are known here. Each is linear in the length of a text, whatever stands in it.

A pattern's group `private` (without one: the whole match) is what is taken out. `gate` is a cheap test that must hold
for the pattern to be tried at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from re import Pattern

from ingest.redaction.checks import has_digit, iban_length, is_address, is_card, is_phone

Gate = Callable[[str], object]
Fits = Callable[[str], int | bool]


def _has(*words: str) -> Gate:
    if len(words) == 1:
        word = words[0]
        return lambda text: word in text
    return lambda text: any(word in text for word in words)


def _hints_at_secret(text: str) -> bool:
    small = text.lower()
    for word in SECRET_WORDS:  # noqa: SIM110 # asked of every text: `any` takes three times as long
        if word in small:
            return True
    return False


def _always(_text: str) -> bool:
    return True


@dataclass(frozen=True)
class Builtin:
    """One kind of private words.

    `fits` says whether a match is one: a bool, or how many of its first characters are. `named`: the names of fields
    whose whole value is private, such as "password". `needs_digit`: no text without one is tried.
    """

    name: str
    label: str
    title: str
    help: str
    patterns: tuple[Pattern[str], ...]
    gate: Gate
    fits: Fits = _always
    named: Pattern[str] | None = None
    is_usual: bool = True
    needs_digit: bool = False


ANY_DIGIT = re.compile(r"\d").search
NUMERIC = re.compile(r"\d[ ().\-/]{0,2}\d[ ().\-/]{0,2}\d").search
LONG_NUMBER = re.compile(r"\d{4}").search
DOTTED = re.compile(r"\d\.\d{1,3}\.\d").search
COLONS = re.compile(r"[0-9A-Fa-f]?:[0-9A-Fa-f]{0,4}:").search
IBAN_START = re.compile(r"[A-Za-z]{2}\d\d").search
SECRET_WORDS = (
    *("pass", "pwd", "secret", "token", "key", "bearer", "authorization", "eyj", "akia", "asia", "abia", "acca"),
    *("aroa", "aida", "sk-", "k_live", "k_test", "pk-lf", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat"),
    *("glpat-", "xox", "aiza", "sg.", "hf_", "npm_", "pypi-", "ya29.", "lsv2_", "msk_", "dop_v1_", "gsk_", "xai-"),
)
BIRTH_WORDS = re.compile(r"(?i)born|birth|\bdob\b").search
DAY = (
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[A-Za-z]{3,9},?\s\d{4}"
    r"|[A-Za-z]{3,9}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}"
)

BUILTINS: tuple[Builtin, ...] = (
    Builtin(
        "private_key",
        "private key",
        "Private keys",
        "PEM and PGP blocks, also when their end is missing.",
        (
            re.compile(
                r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
                r"(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
            ),
        ),
        _has("PRIVATE KEY"),
    ),
    Builtin(
        "url_password",
        "password",
        "Passwords in addresses",
        "The part between the name and the @ of postgres://ada:secret@db.example.com.",
        (re.compile(r"://[^\s/@:\"'<>]{0,200}:(?P<private>[^\s/@\"'<>]{1,200})@"),),
        _has("://"),
    ),
    Builtin(
        "secret",
        "secret",
        "API keys, tokens and passwords",
        "Keys of well-known services, JSON web tokens, Bearer headers, and what stands after password= or api_key:.",
        (
            re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{5,}+(?:\.[A-Za-z0-9_-]*+)?"),
            re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
            re.compile(
                r"(?<![A-Za-z0-9])(?:"
                r"sk-[A-Za-z0-9_-]{16,}+|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}+|(?:sk|pk)-lf-[A-Za-z0-9-]{16,}+"
                r"|gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_[A-Za-z0-9_]{20,}+|glpat-[A-Za-z0-9_-]{16,}+"
                r"|xox[abeoprs]-[A-Za-z0-9-]{10,}+|AIza[A-Za-z0-9_-]{35}|SG\.[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+"
                r"|hf_[A-Za-z0-9]{20,}+|npm_[A-Za-z0-9]{30,}+|pypi-[A-Za-z0-9_-]{16,}+|ya29\.[A-Za-z0-9_-]{16,}+"
                r"|lsv2_(?:pt|sk)_[A-Za-z0-9_]{16,}+|msk_[A-Za-z0-9_-]{16,}+|dop_v1_[a-f0-9]{32,}+|gsk_[A-Za-z0-9]{20,}+"
                r"|xai-[A-Za-z0-9]{20,}+)"
            ),
            re.compile(r"(?i)\bbearer\s{1,4}(?P<private>(?=[A-Za-z._~+/=-]{0,64}\d)[A-Za-z0-9._~+/=-]{12,}+)"),
            re.compile(
                r"(?i)\bauthorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:bearer|basic|token|apikey|digest)?\s{0,4}"
                r"(?P<private>[A-Za-z0-9._~+/=-]{8,}+)"
            ),
            re.compile(
                r"(?i)(?:api[_-]?key|access[_-]?key|secret[_-]?key|secret[_-]?access[_-]?key|client[_-]?secret"
                r"|(?:access|auth|refresh|id|session|bearer)[_-]token|accountkey)[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
                r"(?P<private>(?=[A-Za-z._~+/=-]{0,64}\d)[A-Za-z0-9._~+/=-]{8,}+)"
            ),
            re.compile(
                r"(?i)(?:password|passwd|passphrase|pwd)[\"']?(?:\s{0,4}=\s{0,4}[\"']?|\s{0,4}:\s{0,4}[\"']?(?=[A-Za-z]{0,40}[^\sA-Za-z\[\"',;.}\]]))"
                r"(?P<private>[^\s\"',;&}\]\[<>]{4,200}+)"
            ),
        ),
        _hints_at_secret,
        named=re.compile(
            r"(?i)(?:.*[._-])?(?:password|passwd|passphrase|pwd|secret|api[_-]?key|apikey|access[_-]?key|secret[_-]?key"
            r"|client[_-]?secret|private[_-]?key|(?:access|auth|refresh|id|session|bearer)[_-]?token|authorization"
            r"|cookie|set-cookie|x-api-key)\Z"
        ),
    ),
    Builtin(
        "email",
        "email",
        "E-mail addresses",
        "ada@example.com, also with umlauts and in any country's domain.",
        (
            re.compile(
                r"(?<![\w.+%-])[\w.+%-]++(?<!\.)@(?:[\w-]{1,63}+\.){1,9}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})(?![\w@])"
            ),
        ),
        _has("@"),
    ),
    Builtin(
        "iban",
        "iban",
        "Bank accounts (IBAN)",
        "With or without spaces, only where country, length and check digits are right.",
        (re.compile(r"(?i)(?<![A-Za-z0-9])[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}"),),
        IBAN_START,
        iban_length,
        needs_digit=True,
    ),
    Builtin(
        "card",
        "card",
        "Payment cards",
        "13 to 19 digits of a known issuer, only where the check digit is right.",
        (re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w]|[.-]\d)"),),
        NUMERIC,
        is_card,
        needs_digit=True,
    ),
    Builtin(
        "ssn",
        "ssn",
        "Social security numbers (US)",
        "In the form 123-45-6789; with spaces where the words before say so.",
        (
            re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])"),
            re.compile(
                r"(?i)\b(?:ssn|social security)\b[^\w\n]{0,4}(?:(?:number|no|is)\b[^\w\n]{0,4}){0,2}"
                r"(?P<private>\d{3} ?\d\d ?\d{4})(?!\w)"
            ),
        ),
        NUMERIC,
        named=re.compile(r"(?i)(?:.*[._-])?(?:ssn|social[_-]?security(?:[_-]?(?:number|no))?)\Z"),
        needs_digit=True,
    ),
    Builtin(
        "phone",
        "phone",
        "Telephone numbers",
        "International with + or 00, in the American form, or after words such as phone and call.",
        (
            re.compile(r"(?<![\w+.@/-])\+\d(?:[ ().\-/]{0,2}\d){7,14}(?!\w)"),
            re.compile(r"(?<![\w+.@/-])00[1-9]\d(?:[ ().\-/]{0,2}\d){6,12}(?!\w)"),
            re.compile(r"(?<![\w.@/$-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\w-]|\.\d)"),
            re.compile(
                r"(?i)\b(?:phone|telephone|tel|mobile|cell|call|fax|whatsapp)\b[^\w\n]{0,4}"
                r"(?:(?:number|no|me|us|is|at|on)\b[^\w\n]{0,4}){0,3}(?P<private>\(?\d(?:[ ().\-/]{0,2}\d){6,14})(?!\w)"
            ),
        ),
        NUMERIC,
        is_phone,
        named=re.compile(r"(?i)(?:.*[._-])?(?:phone|telephone|mobile|cell|fax|msisdn)(?:[_-]?(?:number|no))?\Z"),
        needs_digit=True,
    ),
    Builtin(
        "ip",
        "ip",
        "Internet addresses (IP)",
        "Version 4 and 6. This machine's own, 127.0.0.1 and ::1, stay.",
        (
            re.compile(r"(?<![\w.])(?<!v)(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"),
            re.compile(
                r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:|::?){2,8}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
            ),
        ),
        lambda text: DOTTED(text) or COLONS(text),
        is_address,
    ),
    Builtin(
        "birth_date",
        "birth date",
        "Dates of birth",
        "Dates that stand after words such as born or date of birth.",
        (
            re.compile(
                rf"(?i)\b(?:born|birth ?da(?:te|y)|date of birth|dob)\b[^\w\n]{{0,4}}"
                rf"(?:(?:is|was|on|the)\b[^\w\n]{{0,4}}){{0,3}}"
                rf"(?P<private>{DAY})(?!\w)"
            ),
        ),
        BIRTH_WORDS,
        has_digit,
        named=re.compile(r"(?i)(?:.*[._-])?(?:dob|birth[_-]?da(?:te|y)|date[_-]?of[_-]?birth)\Z"),
        is_usual=False,
    ),
    Builtin(
        "long_number",
        "number",
        "Long numbers",
        "Any 8 digits or more in a row: account, customer and order numbers too.",
        (re.compile(r"(?<!\w)\d{8,40}+(?!\w)"),),
        LONG_NUMBER,
        is_usual=False,
        needs_digit=True,
    ),
)
BY_NAME = {builtin.name: builtin for builtin in BUILTINS}
