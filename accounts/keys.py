"""API keys as strings: how one is made, hashed, and found in a request's headers. No database."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping

MARK = "msk_"
SHOWN = 12


def new_key() -> str:
    """A fresh secret of 256 bits, marked so that secret scanners can recognise it."""
    return MARK + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    """The part that may be stored and shown, by which people recognise a key."""
    return key[:SHOWN]


def hash_of(secret: str) -> str:
    """SHA-256 in hex. A key has 256 random bits, so that a slow hash would add nothing but latency."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_in(headers: Mapping[str, str]) -> str:
    """The key in any header that a known client sends it in, or "" (see docs/architecture.md, Doors).

    `Authorization: Bearer KEY`; `Basic base64(name:KEY)` as Langfuse's SDK; `x-api-key` as LangSmith's; `api_key`.
    """
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        return _password(value.strip())
    return headers.get("X-Api-Key", "") or headers.get("Api-Key", "") or headers.get("Api_key", "")


def _password(encoded: str) -> str:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[2]
