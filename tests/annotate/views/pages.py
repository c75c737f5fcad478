"""What the tests of the pages share."""

import re
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Project
from annotate.models import Queue, Slot
from tests.builders import make_session, make_slot, make_talk
from traces.models import AgentSession


def add_slot(queue: Queue, name: str = "s-1", *, workflow: str = "refunds", **fields: Any) -> Slot:
    session = make_session(queue.project, name, workflow=workflow)
    make_talk(session)
    return make_slot(queue, session, **fields)


def url(name: str, project: Project, *args: int) -> str:
    return reverse(name, args=[project.slug, *args])


def page(client: Client, name: str, project: Project, *args: int, query: str = "", status: int = 200) -> str:
    response = client.get(url(name, project, *args) + query)
    assert response.status_code == status
    return response.getvalue().decode()  # not `content`: a long page is streamed


def said(html: bytes) -> str:
    """Its words without its elements. A name that is set apart stands within its sentence."""
    return " ".join(strip_tags(re.sub("</(?!bdi>)", " </", html.decode())).split())


def settle(client: Client, session: AgentSession, query: str = "", **fields: Any) -> Any:
    """A lead's settlement as a failure, where `fields` do not say otherwise; `query` is of the list that led there."""
    values = {
        "client_id": str(uuid.uuid4()),
        "outcome": "failure",
        "reason": "The refund never came.",
        "own-TOTAL_FORMS": 3,
        "own-INITIAL_FORMS": 0,
        **fields,
    }
    return client.post(url("disagreement_settle", session.project, session.pk) + query, values)


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
