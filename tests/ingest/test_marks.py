"""What was cut, or has no time that can be meant, says so to whoever reads the step."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.receiving.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_TEXT
from tests.ingest.payloads import attribute, export, post, span
from traces.models import AgentSession, Step


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(levels):
        value = {"arrayValue": {"values": [value]}}
    return {"key": "nested", "value": value}


TOOL = attribute("openinference.span.kind", "TOOL")
MARKED: dict[str, tuple[str, dict[str, Any]]] = {
    "a long text": ("cut", {"attributes": [TOOL, attribute("output.value", "x" * (MAX_TEXT + 1))]}),
    "many attributes": ("cut", {"attributes": [TOOL, *(attribute(f"k{n}", "v") for n in range(MAX_ATTRIBUTES))]}),
    "deep nesting": ("cut", {"attributes": [TOOL, deep(MAX_DEPTH + 1)]}),
    "a start in 1970": ("no credible time", {"startTimeUnixNano": "5", "attributes": [TOOL]}),
    "an end in 2200": ("no credible time", {"endTimeUnixNano": "7258118400000000000", "attributes": [TOOL]}),
}


@pytest.mark.parametrize("case", MARKED)
def test_a_step_says_on_its_page_what_is_wrong_with_it(
    lead_client: Client, project: Project, secret: str, case: str
) -> None:
    mark, fields = MARKED[case]
    sent = json.loads(export(span(1)))
    sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(fields)
    assert post(Client(), secret, "/v1/traces", json.dumps(sent).encode()).status_code == 200
    digest_waiting()
    assert {"cut": "cut", "no credible time": "bad_time"}[mark] in Step.objects.get().flags
    page = lead_client.get(reverse("session_page", args=[project.slug, AgentSession.objects.get().pk]))
    assert f">{mark}</span>" in page.content.decode()
