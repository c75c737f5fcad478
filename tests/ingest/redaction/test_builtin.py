"""Every built-in pattern: what it takes out, and what only looks like it."""

import re

import pytest

from ingest.redaction import BUILTINS, Redactor
from ingest.redaction.rules import PUT_IN

KEY = b"a project's key"
EVERYTHING = [builtin.name for builtin in BUILTINS]

# name → (text, what must be gone from it)
TAKEN_OUT = {
    "email": [
        ("Write to ada.lovelace+bills@example.co.uk, please.", "ada.lovelace+bills@example.co.uk"),
        ("ADA@EXAMPLE.COM", "ADA@EXAMPLE.COM"),
        ("<jürgen@müller.de>", "jürgen@müller.de"),
        ("mailto:ada@example.com?subject=Hi", "ada@example.com"),
        ("ada@xn--mller-kva.xn--p1ai.", "ada@xn--mller-kva.xn--p1ai"),
    ],
    "phone": [
        ("Ring +49 30 901820 today", "+49 30 901820"),
        ("+1 (415) 555-0132", "+1 (415) 555-0132"),
        ("my number: 415-555-2671.", "415-555-2671"),
        ("(415) 555-2671", "(415) 555-2671"),
        ("0049 30 901820", "0049 30 901820"),
        ("phone: 030 901820", "030 901820"),
        ("Call me at 5552671234", "5552671234"),
    ],
    "card": [
        ("4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("card 5500-0055-5555-5559, thanks", "5500-0055-5555-5559"),
        ("amex 378282246310005", "378282246310005"),
        ("2223003122003222", "2223003122003222"),
    ],
    "iban": [
        ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("to GB82WEST12345698765432 now", "GB82WEST12345698765432"),
        ("de89370400440532013000", "de89370400440532013000"),
        ("NL91 ABNA 0417 1643 00 IS MINE", "NL91 ABNA 0417 1643 00"),
    ],
    "ip": [
        ("from 203.0.113.7 today", "203.0.113.7"),
        ("host=10.1.2.3:8080", "10.1.2.3"),
        ("2001:db8::8a2e:370:7334", "2001:db8::8a2e:370:7334"),
        ("[fe80::1]", "fe80::1"),
        ("2001:0db8:0000:0000:0000:ff00:0042:8329", "2001:0db8:0000:0000:0000:ff00:0042:8329"),
    ],
    "ssn": [
        ("SSN 123-45-6789.", "123-45-6789"),
        ("social security number is 123 45 6789", "123 45 6789"),
        ("ssn:123456789", "123456789"),
    ],
    "secret": [
        ("sk-proj-abcdefghijklmnop1234", "sk-proj-abcdefghijklmnop1234"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
        ("xoxb-123456789012-abcdef", "xoxb-123456789012-abcdef"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
        ("Authorization: Bearer abc.def-123456", "abc.def-123456"),
        ("authorization=Basic cGs6c2VjcmV0", "cGs6c2VjcmV0"),
        ("curl -H 'Bearer 0123456789abcdef'", "0123456789abcdef"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY"),
        ("password=hunter", "hunter"),
        ("Password: hunter2!", "hunter2!"),
        ("https://x.example/?access_token=abc123def456&x=1", "abc123def456"),
        ("msk_abcdefghijklmnopqrstuvwxyz", "msk_abcdefghijklmnopqrstuvwxyz"),
    ],
    "url_password": [
        ("postgres://ada:s3cret@db.example.com/x", "s3cret"),
        ("https://ada:pa%20ss@example.com", "pa%20ss"),
        ("redis://:onlypass@localhost:6379", "onlypass"),
    ],
    "private_key": [
        ("a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b", "MIIE"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r", "b3BlbnNzaC1r"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----", "lQOY"),
    ],
    "birth_date": [
        ("I was born on 12 March 1984.", "12 March 1984"),
        ("DOB: 1984-03-12", "1984-03-12"),
        ("date of birth is 03/12/84", "03/12/84"),
    ],
    "long_number": [("account 12345678", "12345678"), ("0123456789012345678901", "0123456789012345678901")],
}
LEFT_ALONE = {
    "email": ["ada@localhost", "numpy@1.26.4", "@dataclass", "a @ b.com", "meet me @ 5.30", "x@y", "user@@example.com"],
    "phone": [
        "2026-11-02", "12:30:45", "1.234.567", "order 123-4567890", "+1 for that", "+1,000,000", "3.14159265358979",
        "A-415-555-2671", "1700000000000", "100 200 300", "call 911", "+00000000000", "2026-11-02T12:30:45",
    ],
    "card": [
        "4111 1111 1111 1112", "1700000000000000000", "0000000000000000", "4111-1111", "9111111111111111",
        "x4111111111111111", "4111111111111111.5", "1411111111111111",
    ],
    "iban": ["DE89 3704 0044 0532 0130 01", "XX89370400440532013000", "DE89", "AB12 CDEF GHIJ",
             "ID12345678901234"],
    "ip": [
        "127.0.0.1", "::1", "0.0.0.0",  # noqa: S104  # nobody listens there
        "1.2.3", "v1.2.3.4", "12:30:45", "std::vector", "256.1.1.1", "1.2.3.4.5",
        "00:1A:2B:3C:4D:5E", "::", "a::b::c", "10:20",
    ],
    "ssn": ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "1123-45-6789", "123-456-789"],
    "secret": [
        "sk-learn", "a basic understanding", "bearer of bad news", "Bearer certificates", "max_tokens: 4096",
        "password reset", "Password: required", "the token count: 12", "Forgot your password?", "eyJ", "AKIA",
        "access token", "the secret: be kind",
    ],
    "url_password": ["https://example.com:8080/a@b", "https://ada@example.com", "a://b", "http://x/y:z@w"],
    "private_key": ["-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "a private key"],
    "birth_date": ["born to run", "2026-11-02", "date of birth unknown", "born in Berlin"],
    "long_number": ["1234567", "12 34 56 78", "a12345678", "5b8efff798038103"],
}  # fmt: skip


def redacted(text: str, *names: str) -> str:
    return Redactor(KEY, names or EVERYTHING).start().text(text)


def test_every_pattern_is_tried() -> None:
    assert set(TAKEN_OUT) == set(LEFT_ALONE) == set(EVERYTHING)


@pytest.mark.parametrize(("name", "text", "private"), [(n, *case) for n, cases in TAKEN_OUT.items() for case in cases])
def test_pattern_takes_out(name: str, text: str, private: str) -> None:
    found = redacted(text, name)
    before, _, after = text.partition(private)
    assert re.sub(PUT_IN, "*", found) == f"{before}*{after}" or name == "private_key"
    assert private not in found


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in LEFT_ALONE.items() for text in texts])
def test_pattern_leaves_alone(name: str, text: str) -> None:
    assert redacted(text, name) == text


@pytest.mark.parametrize("text", [text for cases in TAKEN_OUT.values() for text, _ in cases])
def test_second_run_changes_nothing(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


def test_same_person_keeps_one_pseudonym() -> None:
    first, second, other = (
        redacted(word, "email") for word in ("ada@example.com", "Ada@Example.com", "bob@example.com")
    )
    assert first == second != other
    assert re.fullmatch(PUT_IN, first)


def test_pseudonym_differs_between_projects() -> None:
    assert Redactor(b"one", ["email"]).start().text("a@b.de") != Redactor(b"two", ["email"]).start().text("a@b.de")


def test_patterns_that_are_off_do_nothing() -> None:
    text = "ada@example.com 4111111111111111"
    assert redacted(text, "ip") == text


HOSTILE = [
    "a" * 300_000, "1" * 300_000, "@" * 300_000, "a@" * 150_000, "1-" * 150_000, "1 " * 150_000, ":" * 300_000,
    "a:" * 150_000, "1." * 150_000, "eyJ" * 100_000, "://" * 100_000, "://a:" * 60_000,
    "-----BEGIN PRIVATE KEY-----" * 9_000,
    "password=" * 30_000, "password: " * 30_000, "DE89" * 70_000, "phone " * 50_000, "born on " * 40_000,
    "Bearer " * 40_000,
    "a.b@c." * 50_000, "+1(" * 100_000, "ssn " * 70_000, "authorization:" * 20_000, "x" * 99 + "\u00e9@" * 90_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:12] for text in HOSTILE])
def test_hostile_text_ends(text: str) -> None:
    """A pattern that goes back over a text for each of its characters would not end within this suite's lifetime."""
    assert redacted(text)
