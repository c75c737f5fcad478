"""Quotes of a session from which private words are taken out: they hold none, and stand where they say."""

import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.rubrics import create_rubric
from annotate.models import CalibrationReview, Draft, Failure, Outcome, Queue
from annotate.queries.examples import example_of
from annotate.queries.passages import plain_texts
from annotate.rubric_versions import Wording
from annotate.told import check_quotes, read_quotes
from ingest.models import Intake, RedactionRule
from tests.builders import NOON, make_failure, make_review, make_session, make_slot, make_steps
from traces.models import AgentSession, StepKind

pytestmark = pytest.mark.django_db

MAIL = "ada@example.com"
STEPS = (
    (StepKind.USER, {"text": f"I am {MAIL}. **Write** to bob@example.com, soon, to bob@example.com!"}),
    (StepKind.TOOL, {"name": "send", "arguments": f'{{"to": "{MAIL}", "times": 2}}', "result": "sent"}),
    (StepKind.AGENT, {"text": "Done! It is on its way."}),
)


@pytest.fixture
def session(project: Project) -> AgentSession:
    Intake.objects.create(project=project, redact=["email"])
    session = make_session(project)
    make_steps(session, *STEPS)
    return session


def quote(session: AgentSession, step: str, words: str, *, last: bool = False) -> dict[str, Any]:
    text = plain_texts(session, [step])[step]
    start = text.rindex(words) if last else text.index(words)
    return {"step": step, "start": start, "end": start + len(words), "text": words}


@pytest.fixture
def quotes(session: AgentSession) -> list[dict[str, Any]]:
    return [
        quote(session, "k1", f"I am {MAIL}"),
        quote(session, "k1", "Write to bob@exam"),
        quote(session, "k1", "to bob@example.com", last=True),
        quote(session, "k1", "soon"),
        quote(session, "k2", f'"to": "{MAIL}"'),
        quote(session, "k3", "Done!"),
    ]


def redact() -> str:
    out = StringIO()
    call_command("redact_stored", "--project", "acme", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_quotes_hold_no_private_word_and_stand_where_they_say(
    session: AgentSession, quotes: list[dict[str, Any]], lead: User
) -> None:
    failure = make_failure(make_review(session, lead), f"Wrote to {MAIL}.", quotes=quotes)
    assert "Quotes have changed" in redact()
    failure.refresh_from_db()
    check_quotes(read_quotes(failure.quotes), plain_texts(session, ["k1", "k2", "k3"]))
    words = [one["text"] for one in failure.quotes]
    assert "@" not in "".join(words)
    assert words[0].startswith("I am [email ")
    assert words[1].startswith("Write to [email ")
    assert words[2].startswith("to [email ")
    assert words[3] == "soon"
    assert words[4].startswith('"to": "[email ')
    assert failure.quotes[5] == quotes[5]
    # The second of two like it, still.
    assert failure.quotes[2]["start"] > failure.quotes[3]["start"] > failure.quotes[1]["start"]
    assert failure.note == f"Wrote to {MAIL}."


def test_what_measures_and_drafts_are_followed_too(
    session: AgentSession, quotes: list[dict[str, Any]], queue: Queue, lead: User
) -> None:
    told = [{"root_step": "k3", "note": "It lied.", "quotes": quotes}, {"root_step": "k2", "note": "No quote."}]
    slot = make_slot(queue, session)
    gold = make_review(session, lead, is_gold=True)
    values = {"rubric": gold.rubric, "client_id": uuid.uuid4(), "submitted_at": timezone.now()}
    CalibrationReview.objects.create(
        project=session.project,
        slot=slot,
        session=session,
        reviewer=lead,
        compared_with=gold,
        outcome=Outcome.FAILURE,
        failures=told,
        **values,
    )
    Draft.objects.create(item=slot.item, reviewer=lead, content={"outcome": "failure", "failures": told}, version=3)
    redact()
    draft = Draft.objects.get()
    plain = plain_texts(session, ["k1", "k2", "k3"])
    for failures in (CalibrationReview.objects.get().failures, draft.content["failures"]):
        check_quotes(read_quotes(failures[0]["quotes"]), plain)
        assert "@" not in str(failures[0]["quotes"])
        assert failures[1] == told[1]
    assert draft.version == 3


def test_a_quote_that_no_longer_stands_is_redacted_for_itself(session: AgentSession, lead: User) -> None:
    gone = [
        {"step": "k9", "start": 3, "end": 18, "text": MAIL},
        {"step": "k1", "start": 3, "end": 18, "text": f"Mail {MAIL}"},
    ]
    failure = make_failure(make_review(session, lead), quotes=gone)
    redact()
    failure.refresh_from_db()
    assert [one["text"].split(" ")[-2] for one in failure.quotes] == ["[email", "[email"]
    assert [one["end"] - one["start"] for one in failure.quotes] == [len(one["text"]) for one in failure.quotes]


def test_a_quote_of_what_was_private_altogether_is_what_stands_there(
    session: AgentSession, project: Project, lead: User
) -> None:
    RedactionRule.objects.create(project=project, name="done", pattern="Done!", replacement="")
    failure = make_failure(make_review(session, lead), quotes=[quote(session, "k3", "Done!")])
    redact()
    failure.refresh_from_db()
    check_quotes(read_quotes(failure.quotes), plain_texts(session, ["k3"]))
    assert "Done" not in failure.quotes[0]["text"]


def test_examples_in_guidance_lose_private_words_and_others_stay(
    session: AgentSession, project: Project, lead: User
) -> None:
    quoted = [quote(session, "k1", f"I am {MAIL}")]
    gold = make_review(session, lead, is_gold=True, reason=f"Do not write to {MAIL}.")
    make_failure(gold, quotes=quoted)
    example = example_of(gold, f"http://testserver/p/acme/sessions/{session.pk}/")
    guidance = f"Write to {MAIL} when in doubt.\n\n{example}"
    rubric = create_rubric(
        project=project, creator=lead, name="Tone", guidance=guidance, questions=[Wording("", "text", "Why?", example)]
    )
    redact()
    rubric.refresh_from_db()
    told, shown = rubric.guidance.split("\n\n")
    assert told == f"Write to {MAIL} when in doubt."
    assert shown.startswith("> “I am [email ")
    assert shown.endswith(f"([step 1](http://testserver/p/acme/sessions/{session.pk}/#step-1))")
    assert MAIL not in shown + rubric.questions.get().guidance


def test_only_failures_whose_words_changed_count_as_updated(session: AgentSession, lead: User) -> None:
    review = make_review(session, lead)
    same, told = (make_failure(review, root_step=step, updated_at=NOON) for step in ("k3", "k2"))
    redact()
    assert list(Failure.objects.filter(updated_at=NOON)) == [same]
    told.refresh_from_db()
    before = told.updated_at
    redact()
    assert Failure.objects.get(pk=told.pk).updated_at == before
