"""MLflow's traces as files."""

from pathlib import Path
from typing import Any

from accounts.models import Project
from tests.ingest.formats.example import TRACE, imported, spoken
from traces.models import AgentSession, Score


def test_assessments_of_mlflow_are_scores_of_people_judges_and_code(project: Project, tmp_path: Path) -> None:
    def assessment(kind: str, name: str, **more: Any) -> dict[str, Any]:
        return {
            "assessment_id": f"a-{name}",
            "assessment_name": name,
            "source": {"source_type": kind, "source_id": "x"},
            **more,
        }

    value = {
        "info": {
            "trace_id": f"tr-{TRACE}",
            "trace_metadata": {"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"},
            "assessments": [
                assessment("HUMAN", "thumb", feedback={"value": True}),
                assessment("LLM_JUDGE", "grade", feedback={"value": "good"}, rationale="because"),
                assessment("CODE", "length", feedback={"value": 7}, span_id="t3qcK/KVeOE="),
            ],
        },
        "data": {
            "spans": [
                {
                    "span_id": "t3qcK/KVeOE=",
                    "name": "agent",
                    "start_time_unix_nano": 1795219416162133729,
                    "end_time_unix_nano": 1795219416299116599,
                    "attributes": {
                        "mlflow.spanType": '"AGENT"',
                        "mlflow.spanInputs": '{"q": "Hi"}',
                        "mlflow.spanOutputs": '"Ho"',
                    },
                }
            ]
        },
    }
    assert spoken(imported(project, tmp_path, value)) == [("user", "Hi"), ("agent", "Ho")]
    session = AgentSession.objects.get()
    assert (session.external_id, session.user_ref) == ("s-1", "u-1")
    found = Score.objects.order_by("name").values_list("name", "value", "label", "annotator_kind", "span_id", "session")
    assert list(found) == [
        ("grade", None, "good", "llm", "", session.pk),
        ("length", 7.0, "", "code", "b77a9c2bf29578e1", session.pk),
        ("thumb", 1.0, "true", "human", "", session.pk),
    ]
