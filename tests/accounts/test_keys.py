"""Keys as strings: how they are made, hashed, and found in a request."""

import base64
import hashlib

import pytest
from django.http.request import HttpHeaders

from accounts.keys import hash_of, key_in, new_key, prefix_of


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


def headers(**named: str) -> HttpHeaders:
    """As Django shows them, whatever case the client wrote them in."""
    return HttpHeaders({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in named.items()})


def test_new_key_is_marked_long_and_never_the_same() -> None:
    first, second = new_key(), new_key()
    assert first != second
    assert first.startswith("msk_")
    assert len(first) == len("msk_") + 43


def test_prefix_shows_too_little_to_guess_the_rest() -> None:
    assert prefix_of("msk_12345678rest-of-the-secret") == "msk_12345678"


def test_hash_is_sha256_in_hex() -> None:
    assert hash_of("msk_x") == hashlib.sha256(b"msk_x").hexdigest()


@pytest.mark.parametrize(
    "sent",
    [
        {"Authorization": "Bearer msk_x"},
        {"Authorization": "bearer  msk_x "},
        {"Authorization": basic(b"public:msk_x")},
        {"x-api-key": "msk_x"},
        {"X-Api-Key": "msk_x"},
        {"api-key": "msk_x"},
        {"api_key": "msk_x"},
    ],
)
def test_key_is_found_in_every_header_that_clients_use(sent: dict[str, str]) -> None:
    assert key_in(headers(**sent)) == "msk_x"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": "msk_x"},
        {"Authorization": "Token msk_x"},
        {"Authorization": "Basic not base64!"},
        {"Authorization": basic(b"\xff\xfe:msk_x")},
        {"Authorization": basic(b"no colon")},
        {"Cookie": "msk_x"},
    ],
)
def test_no_key_is_found_in_anything_else(sent: dict[str, str]) -> None:
    assert key_in(headers(**sent)) == ""
