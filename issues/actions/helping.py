"""Where else an issue is tracked, and what to do when it happens."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts.models import User
from annotate.models import FailureType
from common.errors import Refused
from issues.deciding import change_issue, lock_issues, make_decision, note
from issues.models import DecisionKind, EventKind, Issue, TypeRunbook

LONGEST_RUNBOOK = 20_000
LONGEST_URL = 500
_check_url = URLValidator(schemes=["http", "https"])


def set_link(*, issue: Issue, url: str, actor: User | None, via: str = "") -> None:
    """Says at which address the issue is tracked elsewhere; empty: nowhere. Only http and https.

    `via` names the API key of a call without a person.
    """
    asked = url.strip()
    if len(asked) > LONGEST_URL:
        raise Refused(f"Keep the address under {LONGEST_URL} characters.", field="external_url")
    if asked:
        try:
            _check_url(asked)
        except ValidationError:
            raise Refused("Give a whole address that begins with http:// or https://.", field="external_url") from None
    _write(issue, actor, via, EventKind.LINKED, external_url=asked)


def set_runbook(*, issue: Issue, text: str, actor: User | None, via: str = "") -> None:
    """Says what to do when the issue happens, in Markdown; empty: nothing in particular."""
    _write(issue, actor, via, EventKind.RUNBOOK, runbook=_checked(text))


def set_type_runbook(*, failure_type: FailureType, text: str, actor: User) -> None:
    """Says what to do about failures of a type, in Markdown. What was written before is kept."""
    asked = _checked(text)
    newest = TypeRunbook.objects.filter(failure_type=failure_type).order_by("-pk").first()
    if asked != (newest.text if newest else ""):
        TypeRunbook.objects.create(failure_type=failure_type, text=asked, written_by=actor)


def _checked(text: str) -> str:
    asked = text.strip()
    if len(asked) > LONGEST_RUNBOOK:
        raise Refused(f"Keep the runbook under {LONGEST_RUNBOOK:,} characters.", field="runbook")
    return asked


@transaction.atomic
def _write(issue: Issue, actor: User | None, via: str, kind: EventKind, **change: str) -> None:
    """Changes one field, with a decision and a line of history that does not repeat long words."""
    [(name, value)] = change.items()
    locked = lock_issues(issue.project, [issue.pk])[issue.pk]
    if getattr(locked, name) == value:
        return
    said = f"{name.replace('external_url', 'link')} of ISS-{issue.number}"
    decision = make_decision(issue.project, DecisionKind.EDIT, actor=actor, cause=via, said=said)
    change_issue(decision, locked, **change)
    note(decision, locked, kind, is_set=bool(value))
    setattr(issue, name, value)
