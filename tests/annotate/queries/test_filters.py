"""The closed list of what queues are filtered by: what each takes, and how it is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Project
from annotate.queries.filters import FILTERS, in_words, matching, offered
from tests.builders import make_project, make_session
from traces.models import AnnotatorKind, Polarity, Score, ScoreMeaning, Signal, ToolUse

DAY = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def sessions(project: Project) -> None:
    """`yes` has one of everything, `no` has another of everything, `bare` has nothing."""
    for name, value, started in (("yes", 0.9, DAY), ("no", 0.2, DAY.replace(day=5))):
        session = make_session(
            project,
            name,
            workflow=f"w-{name}",
            release=f"r-{name}",
            environment=f"e-{name}",
            model=f"m-{name}",
            tags=[f"t-{name}", "both"],
            error_count=int(name == "yes"),
            started_at=started,
            signal_count=1,
        )
        ToolUse.objects.create(project=project, session=session, name=f"tool-{name}", calls=1)
        Signal.objects.create(
            session=session, kind="tool_loop" if name == "yes" else "refused", strength=1, sentence=""
        )
        for kind in (AnnotatorKind.HUMAN, AnnotatorKind.LLM):
            said = value if kind == AnnotatorKind.HUMAN else 1 - value
            identity = f"{name} {kind}"
            Score.objects.create(
                project=project, session=session, identity=identity, name=f"s-{kind}", value=said, annotator_kind=kind
            )
            ScoreMeaning.objects.get_or_create(project=project, name=f"s-{kind}", polarity=Polarity.GOOD)
    make_session(project, "bare", started_at=DAY.replace(day=20))
    make_session(make_project("other"), "foreign", workflow="w-yes", error_count=1)


CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "bare no yes", ""),
    ({"workflow": ["w-yes"]}, "yes", "workflow w-yes"),
    ({"workflow": "w-yes"}, "yes", "workflow w-yes"),  # as queues stored it before
    ({"workflow": ["w-yes", "w-no", "gone"]}, "no yes", "workflow w-yes, w-no or gone"),
    ({"release": ["r-no"]}, "no", "release r-no"),
    ({"environment": ["e-yes"]}, "yes", "environment e-yes"),
    ({"model": ["m-yes", "m-no"]}, "no yes", "model m-yes or m-no"),
    ({"tool": ["tool-yes"]}, "yes", "a call of tool-yes"),
    ({"tag": ["t-no"]}, "no", "tag t-no"),
    ({"tag": ["both"]}, "no yes", "tag both"),
    ({"signal": ["tool_loop"]}, "yes", "signal “Going in circles”"),
    ({"signal": ["tool_loop", "refused"]}, "no yes", ""),
    ({"said": ["client_good"]}, "yes", "the client says good"),
    ({"said": ["client_bad"]}, "no", "the client says bad"),
    ({"said": ["machine_bad"]}, "yes", "a machine says bad"),
    ({"said": ["machine_good", "client_good"]}, "no yes", "a machine says good or the client says good"),
    ({"score": {"name": "s-human", "from": 0.5, "to": None}}, "yes", "score s-human from 0.5"),
    ({"score": {"name": "s-human", "from": 0.2, "to": 0.2}}, "no", "score s-human from 0.2 to 0.2"),
    ({"score": {"name": "s-human", "from": None, "to": None}}, "no yes", "score s-human"),
    ({"started_from": "2026-11-05"}, "bare no", "started 5 November 2026 or later"),
    ({"started_to": "2026-11-02"}, "yes", "started 2 November 2026 or earlier"),
    ({"started_to": "9999-12-31"}, "bare no yes", "started 31 December 9999 or earlier"),
    ({"has_errors": True}, "yes", "with an error"),
    ({"workflow": ["w-yes"], "tool": ["tool-no"]}, "", ""),
    ({"workflow": [], "started_from": "", "project__slug": "x"}, "bare no yes", ""),
]


@pytest.mark.parametrize(("filters", "names", "words"), CASES, ids=[str(filters) for filters, _, _ in CASES])
@pytest.mark.usefixtures("sessions")
def test_matching_takes_what_the_filter_tells(
    project: Project, filters: dict[str, Any], names: str, words: str
) -> None:
    found = sorted(matching(project, filters).values_list("external_id", flat=True))

    assert " ".join(found) == names
    if words:
        assert in_words(filters) == [words]


def test_every_filter_of_the_list_is_tried_here() -> None:
    assert {key for filters, _, _ in CASES for key in filters} - {"project__slug"} == set(FILTERS)


@pytest.mark.usefixtures("sessions")
def test_offered_are_the_values_that_were_seen(project: Project) -> None:
    assert offered(project) == {
        "workflow": ["refunds", "w-no", "w-yes"],
        "release": ["1.0", "r-no", "r-yes"],
        "environment": ["default", "e-no", "e-yes"],
        "model": ["m-no", "m-yes"],
        "tag": ["both", "t-no", "t-yes"],
        "tool": ["tool-no", "tool-yes"],
        "signal": ["refused", "tool_loop"],
        "score": ["s-human", "s-llm"],
    }
