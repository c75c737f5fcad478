"""How a tool's answer reads: does it say that it failed, is it empty, what does it say in a few words.

Real tools report failure in many shapes under a status of OK: a string that begins with `Error`, `{"error": …}`,
`{"ok": false}`, an HTTP status of 400 or more inside JSON, a Python traceback. None of these is looked for in the
middle of a text, because a text may well be *about* errors.
"""

import json
import re
from functools import lru_cache
from typing import Any

from common.markdown import without_marks

PARSED_UP_TO = 200_000
CLIPPED_AT = 160
DEEPEST = 60
HALF_A_CHARACTER = "\\ud"
BRACKETS = re.compile(r"[\[\]{}]")
HTTP_ERRORS = range(400, 600)
ERROR_OPENING = re.compile(
    r"""\s*(?:
        error\s*(?:[:!(\[]|$|-\s|\d{3}\b
          |(?:while|when|in|executing|calling|fetching|processing|occurred|code|invoking|running|during|from)\b)
      | (?:[A-Za-z_.]*(?:Error|Exception))\s*[:(]
      | (?:tool|request|call|execution|api)\s+(?:error|failed|failure)\b
      | traceback\s\(most\srecent\scall\slast\)
      | [45]\d\d\s+(?:bad\ request|unauthorized|forbidden|not\ found|too\ many
          |internal\ server|bad\ gateway|service\ un)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
SUCCESS_KEYS = ("ok", "success", "succeeded", "successful")
STATUS_KEYS = ("status", "status_code", "statusCode", "http_status", "httpStatus")
WORD_KEYS = ("message", "error_message", "detail", "details", "reason", "error", "msg", "description", "title")
RESULT_KEYS = ("results", "items", "data", "documents", "records", "matches", "hits", "rows")
EMPTY_TEXTS = {"", "null", "none", "undefined", "[]", "{}", '""', "''", "no results", "no results found"}


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that matches where any of these does, in whatever letter case."""
    return re.compile("|".join(patterns), re.IGNORECASE)


def parsed(text: str) -> Any:
    """The JSON value in `text`, also where it was encoded twice; None where it is no JSON object or list."""
    if len(text) > PARSED_UP_TO:
        return None
    value: Any = text
    halves = False
    for _ in range(3):
        if not isinstance(value, str):
            break
        stripped = value.strip()
        if not stripped.startswith(("{", "[", '"')) or _is_deep(stripped):
            return None
        try:
            value = json.loads(stripped)
        except (ValueError, RecursionError):
            return None
        halves = halves or HALF_A_CHARACTER in stripped.lower()
    return value if isinstance(value, dict | list) and not (halves and _is_broken(value)) else None


def _is_broken(value: Any) -> bool:
    """True for half a character, which JSON can tell by an escape, and which no page and no database can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _is_deep(text: str) -> bool:
    """True where brackets nest so deeply that reading the value would exhaust the stack. Counts those in texts too."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return False
    depth = 0
    for bracket in BRACKETS.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:
            return True
    return False


def unquoted(text: str) -> str:
    """A text without the quotation marks that enclose the whole of it."""
    stripped = text.strip()
    enclosed = len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "'\""
    return stripped[1:-1] if enclosed else text


def clip(text: str, length: int = CLIPPED_AT) -> str:
    """The first words of a text on one line, at most `length` characters; one that was cut ends with one ellipsis."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else line[: length - 1].rstrip(" .…") + "…"


def quoted(text: str, length: int = CLIPPED_AT) -> str:
    """What somebody said, for a sentence that tells of it: its first words in quotation marks, without Markdown's."""
    return f"“{clip(without_marks(text[: length * 8]), length)}”"


@lru_cache(maxsize=128)  # several detectors ask the same of each answer of a session
def complaint(result: str) -> str:
    """The words with which an answer says that the call failed, or "" where it does not say so."""
    value = parsed(result)
    if value is None:
        return clip(result) if ERROR_OPENING.match(result) else ""
    text = _content_text(value)
    if text is not None:
        said = complaint(text)
        flagged = isinstance(value, dict) and (value.get("isError") is True or value.get("is_error") is True)
        return said or (clip(text) if flagged else "")
    return _complaint_of(value) if isinstance(value, dict) else ""


def _complaint_of(value: dict[str, Any]) -> str:
    error = value.get("error") or value.get("errors") or value.get("exception")
    if error:
        return _words(error) if error is not True else _words(value)
    if any(value.get(key) is False for key in SUCCESS_KEYS):
        return _words(value)
    status = next((value[key] for key in STATUS_KEYS if key in value), None)
    if _is_failure(status, value):
        words = _words(value)
        return f"{status}: {words}" if isinstance(status, int) and str(status) not in words else words
    return ""


def _is_failure(status: object, value: dict[str, Any]) -> bool:
    if isinstance(status, bool) or status is None:
        return False
    if isinstance(status, int):
        return status in HTTP_ERRORS
    # An order may have the status "failed" although looking it up went well: then nothing explains the failure.
    explained = any(key in value for key in ("message", "reason", "detail", "error_message"))
    return status == "error" or (status in {"failed", "failure"} and explained)


def _words(value: Any) -> str:
    """What stands under the usual keys for a message, else the value itself."""
    if isinstance(value, dict):
        found = next((value[key] for key in WORD_KEYS if value.get(key) and value[key] is not True), None)
        if found is not None:
            return _words(found)
    if isinstance(value, list) and value:
        return _words(value[0])
    return clip(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _content_text(value: Any) -> str | None:
    """The text of a list of content parts (`[{"type": "text", "text": …}]`), or of a message that has it as `content`.

    LangChain puts a message's own fields one level down, under `data`.
    """
    message = isinstance(value, dict) and ("type" in value or "role" in value)
    held = value["data"] if message and isinstance(value.get("data"), dict) else value
    parts = held.get("content") if isinstance(held, dict) else held
    if message and isinstance(parts, str):
        return parts
    if isinstance(parts, list) and parts and all(isinstance(p, dict) and isinstance(p.get("text"), str) for p in parts):
        return "\n".join(part["text"] for part in parts)
    return None


@lru_cache(maxsize=128)
def is_empty(result: str) -> bool:
    """True where an answer holds nothing: no text, null, an empty list or object, a result list without results."""
    if result.strip().rstrip(".").lower() in EMPTY_TEXTS:
        return True
    value = parsed(result)
    if isinstance(value, dict):
        held = [value[key] for key in RESULT_KEYS if key in value]
        return bool(held) and not any(held)
    return value is not None and not value


def in_words(result: str) -> str:
    """An answer in a few words: `3 results`, `status=shipped, total=12.5`, or the beginning of its text."""
    value = parsed(result)
    if value is None:
        return clip(result) or "no answer"
    text = _content_text(value)
    if text is not None:
        return in_words(text) if parsed(text) is not None else clip(text)
    if is_empty(result):
        return "nothing found" if value or isinstance(value, list) else "an empty answer"
    if isinstance(value, list):
        return _counted(value)
    return clip(pairs(value))


def _counted(values: list[Any]) -> str:
    if all(isinstance(value, str | int | float) for value in values):
        return clip(", ".join(str(value) for value in values))
    return "1 result" if len(values) == 1 else f"{len(values)} results"


def pairs(value: dict[str, Any], *, separator: str = ", ", length: int = 60) -> str:
    """`key=value` pairs of an object; lists and objects inside are only counted or named."""
    return separator.join(f"{key}={_short(held, length)}" for key, held in value.items())


def _short(value: Any, length: int) -> str:
    if isinstance(value, list):
        if value and all(isinstance(item, str | int | float) for item in value):
            return clip(", ".join(str(item) for item in value), length)
        return f"{len(value)} items" if len(value) != 1 else "1 item"
    if isinstance(value, dict):
        return "{" + clip(", ".join(value), length) + "}"
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    return clip(str(value), length)


def arguments_line(arguments: str, length: int = CLIPPED_AT) -> str:
    """A call's input on one line: `order_id=1234  reason=late`."""
    value = _unwrapped(parsed(arguments))
    if isinstance(value, dict):
        return clip(pairs(value, separator="  ", length=48), length)
    return "" if value is not None and not value else clip(arguments, length)


def _unwrapped(value: Any) -> Any:
    """What stands inside an object that only wraps another: `{"input": {"city": "Berlin"}}` asks with a city."""
    while isinstance(value, dict) and len(value) == 1:
        inner = next(iter(value.values()))
        if not isinstance(inner, dict) or not inner:
            break
        value = inner
    return value
