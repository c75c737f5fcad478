"""What no page of ours would send: nonsense in every field that any form has, and in every address."""

from http import HTTPStatus
from typing import Any

import pytest
from django import forms

from accounts.models import Role
from tests.accounts.tenants import Tenant
from tests.accounts.test_every_url import Entry, ask, client_of, entries

pytestmark = [pytest.mark.slow, pytest.mark.sweep]

# More digits than Python reads, and one that it reads though no database does.
ASKED = ("9" * 5_000, "٣")
SENT = (
    *ASKED, "\0", "-1", "NaN", "[" * 2_000,
    '[{"step": 1, "start": -1, "end": 1e400, "text": []}]', '{"failures": {}, "answers": [], "outcome": {}}',
    "9999-12-31T23:59:59+14:00",
)  # fmt: skip
# What is read without a form, and forms that come more than once.
OTHERS = {
    "question", "gold", "after", "because_of", "from", "show", "text", "kind", "on", "detector", "everything",
    "session", "page", "title", "owner", "severity", "type", "seen", "changed", "rubric", "issue", "next",
    "issue_number", "into",
}  # fmt: skip
FORMSETS = ("failures", "own", "questions")
COUNTS = {f"{name}-{count}": "1" for name in FORMSETS for count in ("TOTAL_FORMS", "INITIAL_FORMS")}


def fields() -> list[str]:
    """The names of the fields of all forms, and as those of each formset."""
    named = {name for form in _below(forms.Form) for name in getattr(form, "base_fields", {})} | OTHERS
    return sorted(named | {f"{formset}-0-{name}" for formset in FORMSETS for name in named})


def _below(form: type[Any]) -> set[type[Any]]:
    return set(form.__subclasses__()).union(*map(_below, form.__subclasses__()))


@entries(role=True)
def test_nothing_fails_over_nonsense(entry: Entry, ours: Tenant) -> None:
    # A slot belongs to the reviewer, and an admin may do everything else.
    client = client_of(ours, Role.REVIEWER if "slot_id" in entry.kwargs else Role.ADMIN)
    url, names = entry.url(ours), fields()
    tried = [("get", dict.fromkeys(sorted(OTHERS), value)) for value in ASKED]
    tried += [("post", dict.fromkeys(names, value) | COUNTS) for value in SENT]
    answers = [(method, data["text"][:40], ask(client, method, url, data).status_code) for method, data in tried]
    assert [answer for answer in answers if answer[-1] >= HTTPStatus.INTERNAL_SERVER_ERROR] == []
