"""What settling writes beside signals: tools, numbers, with what a session was read, and what scores say of it."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Project
from tests.builders import NOON, make_project, make_session, make_steps, make_talk
from traces import shape
from traces.detectors import Choice, Detector
from traces.models import AgentSession, DetectorSet, DetectorSetting, Score, ScoreMeaning, Signal, StepKind, ToolUse
from traces.profile import is_current
from traces.queries.detectors import choices_of, replaced
from traces.queries.facts import FactReader
from traces.records import Baseline, Found, ScoreFacts, SessionFacts, Threshold
from traces.settling import settle_quiet
from traces.storing import content_of, detector_set, evidence_of, settle_again, signals_of

LATER = NOON + timedelta(minutes=5)


def score(session: AgentSession, name: str, value: float | None = None, **fields: Any) -> Score:
    identity = f"{session.pk}-{name}-{fields.get('span_id')}"
    return Score.objects.create(
        project=session.project, session=session, identity=identity, name=name, value=value, **fields
    )


def test_settling_writes_tools_numbers_and_the_detectors(project: Project) -> None:
    session = make_session(project)
    make_steps(
        session,
        (StepKind.USER, {"text": "Hi"}),
        (StepKind.LLM, {"name": "gpt", "ttft_ms": 100}),
        (StepKind.TOOL, {"name": "find", "result": '{"order": 7}'}),
        (StepKind.LLM, {"name": "gpt", "ttft_ms": 900}),
        (StepKind.TOOL, {"name": "find", "is_error": True}),
        (StepKind.TOOL, {"name": "refund", "result": '{"error": "no such order"}'}),
        (StepKind.TOOL, {"name": "", "result": "who?"}),
        (StepKind.LLM, {"name": "gpt", "ttft_ms": 300}),
        (StepKind.AGENT, {"text": "I could not find it."}),
    )
    settle_quiet(LATER)
    session.refresh_from_db()
    assert list(ToolUse.objects.order_by("name").values_list("project", "session", "name", "calls", "errors")) == [
        (project.pk, session.pk, "find", 2, 1),
        (project.pk, session.pk, "refund", 1, 1),
    ]
    assert session.ttft_ms == 300
    assert is_current(session.profile)
    assert session.shape != {}
    assert session.detector_set is not None
    assert session.detector_set.content == content_of({})
    assert session.signals_at is not None


def test_settling_takes_a_session_of_which_nothing_is_known(project: Project) -> None:
    session = make_session(project, workflow="", release="", started_at=None, closed=True)
    assert settle_quiet(NOON) == 1
    session.refresh_from_db()
    assert (session.settled_revision, session.ttft_ms, session.signals_revision) == (1, None, 1)


def test_settling_again_replaces_tools(project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    settle_quiet(LATER)
    AgentSession.objects.update(revision=2)
    settle_quiet(LATER)
    assert list(ToolUse.objects.values_list("name", "calls", "errors")) == [("refund", 1, 1)]


def test_switched_off_kind_is_not_written_and_its_rows_go(project: Project) -> None:
    session, theirs = make_session(project), make_session(make_project("other"))
    for one in (session, theirs):
        make_talk(one)
    settle_quiet(LATER)
    DetectorSetting.objects.create(project=project, detector="tool_error", switched_off=["tool_error"])
    AgentSession.objects.update(revision=2)
    settle_quiet(LATER)
    assert not session.signals.filter(kind="tool_error").exists()
    assert theirs.signals.filter(kind="tool_error").exists()
    assert session.signals.exists()


def test_newest_setting_of_a_detector_counts(project: Project) -> None:
    DetectorSetting.objects.create(project=project, detector="tool_error", switched_off=["tool_error"])
    DetectorSetting.objects.create(project=project, detector="tool_loop", switched_off=["tool_loop"])
    DetectorSetting.objects.create(project=project, detector="tool_error")
    assert choices_of([project.pk]) == {
        project.pk: {"tool_error": Choice(), "tool_loop": Choice(frozenset(["tool_loop"]))}
    }


def test_replaced_is_what_the_detectors_named_or_all_write_and_of_other_apps_what_is_not_wanted(
    project: Project,
) -> None:
    session = make_session(project)
    for kind, step, strength in (
        *(("tool_error", "", 0.5), ("tool_loop", "", 0.5)),
        *(("novel", "", 0.8), ("like_issue", "a", 0.7), ("like_issue", "b", 0.8)),
    ):
        Signal.objects.create(session=session, kind=kind, step_key=step, strength=strength, sentence="So.")

    def goes(choices: dict[str, Choice], *detectors: str) -> list[str]:
        gone = Signal.objects.filter(replaced(choices, detectors)).order_by("pk")
        return [kind + step for kind, step in gone.values_list("kind", "step_key")]

    said = {"novel": Choice(frozenset(["novel"])), "like_issue": Choice(thresholds={"least_like_issue": 0.8})}
    assert goes({}) == ["tool_error", "tool_loop"]
    assert goes(said) == ["tool_error", "tool_loop", "novel", "like_issuea"]
    assert goes(said, "tool_error") == ["tool_error"]
    assert goes(said, "novel") == ["novel"]
    assert goes(said, "like_issue") == ["like_issuea"]
    assert goes({}, "novel") == []


def test_content_of_leaves_out_the_version_of_what_is_switched_off() -> None:
    content = content_of({"tool_error": Choice(frozenset(["tool_error"])), "novel": Choice(frozenset(["novel"]))})
    assert content["tool_error"] == [0, ["tool_error"], {}]
    assert content["novel"] == [0, ["novel"], {}]
    assert content["shape"] == [shape.VERSION, [], {}]
    assert "like_issue" not in content


def test_content_of_holds_least_strengths_where_they_are_moved() -> None:
    moved = {kind: Choice(thresholds={f"least_{kind}": 0.6}) for kind in ("tool_error", "novel")}
    content = content_of(moved)
    assert content["tool_error"] == [*content_of({})["tool_error"][:2], {"least_tool_error": 0.6}]
    assert content["novel"] == [0, [], {"least_novel": 0.6}]
    assert "like_issue" not in content


def test_detector_set_is_made_once_per_project_and_content(project: Project) -> None:
    one, again = detector_set(project.pk, content_of({})), detector_set(project.pk, content_of({}))
    theirs = detector_set(make_project("other").pk, content_of({}))
    assert (one == again, one == theirs, DetectorSet.objects.count()) == (True, False, 2)


def test_facts_hold_what_scores_say(project: Project) -> None:
    session = make_session(project)
    make_talk(session)
    session.steps.filter(key="k2").update(span_id="abc")
    ScoreMeaning.objects.create(project=project, name="thumb", polarity="good", middle=0.5)
    score(session, "thumb", 0.0, annotator_kind="human", explanation="No refund came.")
    score(session, "care", label="low", span_id="abc", author="judge-2", version="v7")
    facts = FactReader().read([session])[session.pk]
    assert facts.scores == (
        ScoreFacts("thumb", 0.0, polarity="bad", by="human", explanation="No refund came."),
        ScoreFacts("care", None, "low", author="judge-2 v7", step_key="k2"),
    )


def test_facts_hold_what_is_usual_of_a_score_in_the_workflow(project: Project) -> None:
    for number in range(31):
        score(make_session(project, f"s-{number}", closed=True), "care", float(number))
    theirs = make_session(project, "other", workflow="sales", closed=True)
    score(theirs, "care", 9.0)
    session = AgentSession.objects.get(external_id="s-3")
    facts = FactReader().read([session, theirs])
    assert facts[session.pk].scores[0].usual == Baseline(15, 8, 31)
    assert facts[theirs.pk].scores[0].usual is None


def test_signals_of_keep_the_strongest_of_a_kind_at_a_step_with_its_detail(project: Project) -> None:
    found = [
        Found("slow", "k1", 0.9, "Very."),
        Found("slow", "k1", 0.4, "A bit.", "network"),
        Found("odd", "", 0.1, "?"),
    ]
    detector = Detector("speed", 3, {"slow": "Slow", "odd": "Odd"}, lambda _facts: found)
    choices = {"speed": Choice(frozenset(["odd"]))}
    session = make_session(project)
    assert signals_of(session, SessionFacts(()), choices, [detector]) == [
        (session.pk, "slow", "k1", 0.9, "Very.", 3, ""),
    ]


def test_signals_of_leave_out_what_is_weaker_than_the_project_wants(project: Project) -> None:
    found = [Found("slow", "k1", 0.59, "A bit."), Found("slow", "k2", 0.6, "Rather."), Found("odd", "", 0.1, "Odd.")]
    detector = Detector("speed", 1, {"slow": "Slow", "odd": "Odd"}, lambda _facts: found)
    choices = {"speed": Choice(thresholds={"least_slow": 0.6})}
    signals = signals_of(make_session(project), SessionFacts(()), choices, [detector])
    assert {(kind, step) for _, kind, step, *_ in signals} == {("slow", "k2"), ("odd", "")}


def test_detector_is_given_the_limits_that_a_project_moved_and_that_it_still_has() -> None:
    given: list[dict[str, float]] = []

    def detect(_facts: object, **limits: float) -> list[Found]:
        given.append(limits)
        return []

    detector = Detector("speed", 1, {"slow": "Slow"}, detect, {"times": Threshold("Times the median", 3, 2, 10)})
    for moved in ({"times": 4.0, "gone": 1.0, "least_slow": 0.5}, {"times": 99.0}):
        detector.found(None, Choice(thresholds=moved))
    detector.found(None, Choice(frozenset(["slow"])))
    assert given == [{"times": 4.0}, {}]


def test_settle_again_marks_a_session_once_its_scores_changed(project: Project) -> None:
    session = make_session(project, revision=3, closed=True)
    settle_quiet(NOON)
    settle_again([session.pk])
    session.refresh_from_db()
    assert (session.revision, session.settled_revision, session.signals_revision) == (3, 2, 2)
    assert settle_quiet(NOON) == 1


def test_score_that_comes_while_a_session_is_being_settled_is_not_missed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(project, closed=True)
    real = evidence_of

    def while_a_score_comes(*facts: Any) -> object:
        monkeypatch.setattr("traces.settling.evidence_of", real)
        settle_again([session.pk])
        return real(*facts)

    monkeypatch.setattr("traces.settling.evidence_of", while_a_score_comes)
    assert [settle_quiet(NOON), settle_quiet(NOON), settle_quiet(NOON)] == [0, 1, 0]
