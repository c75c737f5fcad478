"""Known issues found in sessions that nobody has read."""

from typing import Any

import pytest

from accounts.models import Project, User
from annotate.models import Outcome
from clustering.models import StepEmbedding, StepsRead
from issues.lifecycle import State
from issues.models import Issue, IssueMembership, Recognition, Source
from issues.sightings import look_out
from tests.builders import make_failure, make_project, make_review, make_session, make_steps
from tests.clustering.fakes import WordEmbedder
from traces.models import AgentSession, Signal, StepKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.sightings.get_embedder", lambda _name: WordEmbedder())


def refund_session(project: Project, name: str) -> AgentSession:
    """The refund tool refuses and the agent claims that it worked."""
    said = "Done! Your refund is on its way."
    call = {"name": "refund", "is_error": True, "error_message": "401 token expired"}
    return suspicious(project, name, (StepKind.TOOL, call), (StepKind.AGENT, {"text": said}))


def search_session(project: Project, name: str) -> AgentSession:
    """A search that finds nothing, which the agent admits."""
    said = "Sorry, I cannot find that hotel in our catalogue."
    call = {"name": "search_hotels", "result": '{"results": []}'}
    return suspicious(project, name, (StepKind.TOOL, call), (StepKind.AGENT, {"text": said}))


def suspicious(project: Project, name: str, *steps: tuple[StepKind, dict[str, Any]]) -> AgentSession:
    session = make_session(project, name, settled_revision=1, signal_count=1)
    make_steps(session, *steps)
    Signal.objects.create(session=session, kind="tool_error", step_key="k1", strength=0.5, sentence="It failed.")
    return session


@pytest.fixture
def known(project: Project, lead: User, issue: Issue) -> Issue:
    """An issue with six confirmed sessions, beside twelve reviewed ones without it."""
    for number in range(6):
        review = make_review(refund_session(project, f"bad-{number}"), lead)
        IssueMembership.objects.place(issue, [make_failure(review, root_step="k1").pk], source=Source.PERSON)
    for number in range(12):
        make_review(search_session(project, f"good-{number}"), lead, Outcome.SUCCESS)
    return issue


def look_everywhere(project: Project) -> None:
    while look_out(project):
        pass


def sightings() -> list[tuple[str, str, str]]:
    rows = Signal.objects.filter(kind="like_issue").order_by("session__external_id")
    return list(rows.values_list("session__external_id", "detail", "step_key"))


def test_look_out_marks_unread_sessions_that_look_like_a_known_issue(project: Project, known: Issue) -> None:
    refund_session(project, "new-like-it")
    search_session(project, "new-unlike-it")

    look_everywhere(project)

    assert sightings() == [("new-like-it", f"ISS-{known.number}", "k1")]
    signal = Signal.objects.get(kind="like_issue")
    assert signal.sentence == f"Looks like ISS-{known.number} “{known.title}”."
    session = AgentSession.objects.get(external_id="new-like-it")
    assert (session.signal_count, session.signals_revision) == (2, 1)
    row = Recognition.objects.get(issue=known)
    assert (row.precision, row.recall, row.positives, row.is_good) == (1.0, 1.0, 6, True)


def test_look_out_asks_whether_a_resolved_issue_has_come_back(project: Project, known: Issue) -> None:
    refund_session(project, "new")
    look_everywhere(project)
    Issue.objects.filter(pk=known.pk).update(state=State.RESOLVED)

    look_everywhere(project)

    signal = Signal.objects.get(kind="like_issue")
    assert (signal.strength, signal.sentence.endswith("which is resolved: has it come back?")) == (1.0, True)


def test_look_out_takes_a_sighting_back_when_the_issue_is_ignored(project: Project, known: Issue, lead: User) -> None:
    refund_session(project, "new")
    look_everywhere(project)
    assert len(sightings()) == 1

    Issue.objects.filter(pk=known.pk).update(state=State.IGNORED)
    look_everywhere(project)

    assert sightings() == []
    assert AgentSession.objects.get(external_id="new").signal_count == 1


def test_look_out_leaves_reviewed_sessions_as_they_are(project: Project, known: Issue, lead: User) -> None:
    session = refund_session(project, "reviewed-without-it")
    make_review(session, lead, Outcome.SUCCESS)

    look_everywhere(project)

    assert sightings() == []


def test_look_out_does_nothing_while_no_issue_has_enough_sessions(project: Project, issue: Issue) -> None:
    refund_session(project, "new")

    assert look_out(project) == 0
    assert (StepsRead.objects.count(), StepEmbedding.objects.count()) == (0, 0)


def test_look_out_reads_each_session_once(project: Project, known: Issue) -> None:
    refund_session(project, "new")
    look_everywhere(project)
    before = list(StepsRead.objects.order_by("pk").values_list("pk", "read_at"))
    learned = list(Recognition.objects.values_list("pk", flat=True))

    look_everywhere(project)

    assert list(StepsRead.objects.order_by("pk").values_list("pk", "read_at")) == before
    assert list(Recognition.objects.values_list("pk", flat=True)) == learned


def test_look_out_reads_a_session_again_that_was_settled_again(project: Project, known: Issue) -> None:
    session = search_session(project, "changes")
    look_everywhere(project)
    assert sightings() == []

    session.steps.all().delete()
    make_steps(
        session,
        (StepKind.TOOL, {"name": "refund", "is_error": True, "error_message": "401 token expired"}),
        (StepKind.AGENT, {"text": "Done! Your refund is on its way."}),
    )
    AgentSession.objects.filter(pk=session.pk).update(settled_revision=2)
    look_everywhere(project)

    assert sightings() == [("changes", f"ISS-{known.number}", "k1")]


def test_look_out_never_looks_into_another_project(project: Project, known: Issue) -> None:
    other_project = make_project("other")
    refund_session(other_project, "theirs")

    look_everywhere(project)
    look_everywhere(other_project)

    assert sightings() == []
