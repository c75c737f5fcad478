"""What the tests of the pages share."""

import uuid
from typing import Any

from django.urls import reverse

from accounts.models import Project
from annotate.models import Queue, Slot
from tests.builders import make_session, make_slot, make_talk

BACKEND = "django.contrib.auth.backends.ModelBackend"


def add_slot(queue: Queue, name: str = "s-1", *, workflow: str = "refunds", **fields: Any) -> Slot:
    session = make_session(queue.project, name, workflow=workflow)
    make_talk(session)
    return make_slot(queue, session, **fields)


def url(name: str, project: Project, *args: int) -> str:
    return reverse(name, args=[project.slug, *args])


def judgement(**fields: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "lease_token": str(uuid.uuid4()),
        "outcome": "failure",
        "failures-TOTAL_FORMS": "1",
        "failures-INITIAL_FORMS": "0",
        "failures-0-root_step": "k2",
        "failures-0-note": "It lied.",
        "failures-0-severity": "high",
        **fields,
    }
