"""Sessions that several people judged."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Project, User
from annotate.models import Answer, Failure, FailureType, Outcome, Question, QuestionKind, Review, Rubric
from tests.builders import make_failure, make_review, make_session, make_talk
from traces.models import AgentSession

OUTCOMES = {"s": Outcome.SUCCESS, "f": Outcome.FAILURE, "u": Outcome.UNKNOWN}


def judged_by(people: Sequence[User], session: AgentSession, said: str) -> list[Review]:
    """Each says a letter of `sfu`; a point says nothing."""
    return [
        make_review(session, person, OUTCOMES[letter])
        for person, letter in zip(people, said, strict=True)
        if letter != "."
    ]


def judge_all(project: Project, people: Sequence[User], *said: str, first: int = 1) -> list[AgentSession]:
    """One session for each of `said`."""
    sessions = [make_session(project, f"s-{first + place}") for place in range(len(said))]
    for session, letters in zip(sessions, said, strict=True):
        judged_by(people, session, letters)
    return sessions


def dispute(project: Project, people: Sequence[User], name: str = "disputed") -> tuple[AgentSession, list[Failure]]:
    """A session that the first calls a failure, of two kinds, and the second a success."""
    session = make_session(project, name, title="Where is my refund?")
    make_talk(session)
    review, _ = judged_by(people[:2], session, "fs")
    kinds = [FailureType.objects.get_or_create(project=project, name=kind)[0] for kind in ("Lied", "Too late")]
    return session, [make_failure(review, f"{kind.name}, I say.", failure_type=kind) for kind in kinds]


def ask(project: Project, key: str = "tone", version: int = 1, **fields: Any) -> Question:
    """A question of a version of the rubric that reviews are given under: pass or fail, where nothing else is said."""
    rubric, _ = Rubric.objects.get_or_create(project=project, name="Default", version=version)
    values = {"position": rubric.questions.count() + 1, "kind": QuestionKind.PASS_FAIL, "text": f"{key}?", **fields}
    return Question.objects.create(rubric=rubric, key=key, **values)


def answer(question: Question, reviews: Sequence[Review], *values: Any) -> None:
    """Each review answers the value in its place; None answers nothing."""
    for review, value in zip(reviews, values, strict=True):
        if value is not None:
            Answer.objects.create(review=review, question=question, value=value)
