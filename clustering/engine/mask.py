"""Replaces what is incidental in a note with neutral words, so that notes about one failure mode look alike.

Two notes that differ only in a customer, a ticker or an amount describe the same thing. The rules are versioned:
a text is stored with the version that made it, and texts of different versions are never compared.
"""

import re
from collections.abc import Collection

TEXT_VERSION = 1
# all-MiniLM reads 256 word pieces and drops the rest silently; we cut knowingly, at about that length.
LONGEST = 1000
THIN = 4

# Short capitals that say what kind of thing went wrong; any other ones (NVDA, JFK, ACME) are somebody's name.
CAPITALS_LIST = """
AI API APIS CEO CI CLI CPU CSS CSV CTA DB DNS EOF ETA FAQ FTP GPU GUI HR HTML HTTP HTTPS ID IDS IP IT JSON JWT LLM MCP
MFA ML NULL OCR OK OS OTP PDF PII PIN PR QA RAG REST SDK SLA SMS SQL SSH SSL SSO TLS TODO TTL TV UI URL UTC UTF VAT VPN
XML YAML A I ALL AND ANY DID HAD HAS MUST NEVER NO NOT OR SAME THE TWICE WRONG
"""
SPOKEN_CAPITALS = frozenset(CAPITALS_LIST.split())

RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"```.*?```", re.DOTALL), " code "),
    (re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+", re.IGNORECASE), " link "),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), " address "),
    (re.compile(r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|«[^»\n]{1,300}»|`[^`\n]{1,300}`"), " quote "),
    (re.compile(r"(?<!\w)'[^'\n]{2,200}'(?!\w)|‘[^’\n]{2,200}’(?!\w)"), " quote "),
    (
        re.compile(
            r"\b[\w-]+\.(?:csv|docx?|html?|jpe?g|js|json|log|md|pdf|png|pptx?|py|sql|ts|txt|xlsx?|xml|ya?ml|zip)\b",
            re.IGNORECASE,
        ),
        " file ",
    ),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?\b"), " date "),
    (re.compile(r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"), " date "),
    (
        re.compile(
            r"\b\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:,? \d{4})?\b",
            re.IGNORECASE,
        ),
        " date ",
    ),
    (
        re.compile(
            r"\b(?:january|february|march|april|june|july|august|september|october|november|december|"
            r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?) \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b",
            re.IGNORECASE,
        ),
        " date ",
    ),
    (re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?\b", re.IGNORECASE), " time "),
    (
        re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?=[a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE),
        " id ",
    ),
    (re.compile(r"[$€£¥]\s?\d[\d.,]*\s?[kKmM]?\b|\b\d[\d.,]*\s?(?:USD|EUR|GBP|dollars?|euros?)\b"), " amount "),
    (re.compile(r"\b\d[\d.,]*\s?%"), " percentage "),
    # letters and digits in one word name one thing: A-1043, ord_55, user12
    (re.compile(r"#?\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])[\w-]{2,}\b"), " id "),
    (re.compile(r"#?(?<![\w.])[-+]?\d[\d.,]*(?!\w)"), " number "),
)
CAPITALS = re.compile(r"\b[A-Z][A-Z&]{1,5}\b")
NOT_PUNCTUATION_SPACE = re.compile(r"\s+([,.;:!?)\]])")


def mask(text: str, names: Collection[str] = ()) -> str:
    """`text` with what is incidental replaced: quotes, numbers, dates, ids, addresses, links, files, names.

    `names` are words of the session's own data, such as a tool's arguments. Masking twice changes nothing more.
    """
    masked = text[: LONGEST * 4]
    for pattern, word in RULES:
        masked = pattern.sub(word, masked)
    masked = _mask_names(masked, names)
    if not masked.isupper():
        masked = CAPITALS.sub(lambda found: _word_or_name(found.group()), masked)
    return NOT_PUNCTUATION_SPACE.sub(r"\1", " ".join(masked.split()))[:LONGEST]


def _mask_names(text: str, names: Collection[str]) -> str:
    known = sorted((name for name in set(names) if name.strip()), key=lambda name: (-len(name), name))
    if not known:
        return text
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)", re.IGNORECASE)
    return pattern.sub("name", text)


def _word_or_name(capitals: str) -> str:
    return capitals if capitals in SPOKEN_CAPITALS else "name"


def comparable(note: str, *, step: str = "", names: Collection[str] = ()) -> str:
    """The text that stands for a failure: its note, masked. A thin note is helped by its root step."""
    masked = mask(note, names)
    if len(masked.split()) < THIN and step:
        masked = f"{masked} ({mask(step)})".strip()
    return masked
