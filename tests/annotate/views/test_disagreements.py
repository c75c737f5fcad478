"""The pages of agreement and of disagreements: who sees what, and settling from the form to the numbers."""

import html
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Project, User
from annotate.models import Failure, Outcome, Review
from annotate.queries.gold import gold_of
from tests.annotate.judging import dispute, judge_all
from tests.annotate.views.pages import page, settle, url
from tests.builders import make_project, make_queue, make_review, make_session, make_slot
from traces.models import AgentSession

OWN = {"root_step": "k2", "note": "It hid the error.", "severity": "high", "failure_type": "Lied"}


# --- agreement ---


def test_before_two_have_judged_the_same_the_page_teaches(lead_client: Client, project: Project) -> None:
    assert "Set “reviewers per session” of a queue to 2" in page(lead_client, "agreement_page", project)
    queue = make_queue(project, reviewers_per_session=2)
    text = page(lead_client, "agreement_page", project)
    assert "A queue asks for several judgements" in text
    assert url("queue_page", project, queue.pk) in text
    assert "within what you chose" in page(lead_client, "agreement_page", project, query="?days=7")


def test_leads_see_numbers_pairs_and_people(lead_client: Client, project: Project, reviewers: list[User]) -> None:
    judge_all(project, reviewers, *["ss.", "ff.", "sf."] * 5)
    text = page(lead_client, "agreement_page", project)
    assert "15 sessions judged by two or more, 30 reviews" in text
    assert "<bdi>ada@example.com</bdi> and <bdi>bob@example.com</bdi>" in text
    assert "0.36" in text
    assert "no better than chance to substantial" in text
    assert f"?reviewer={reviewers[0].pk}" in text
    assert "Sessions that <strong>ada@example.com</strong>" in page(
        lead_client, "agreement_page", project, query=f"?reviewer={reviewers[0].pk}"
    )


def test_few_sessions_give_no_alpha(lead_client: Client, project: Project, reviewers: list[User]) -> None:
    judge_all(project, reviewers, "ss.", "sf.")
    text = page(lead_client, "agreement_page", project)
    assert "too few: 2 of the 10 sessions that it takes" in text
    assert "50 %" in text


def test_reviewers_see_their_own_numbers_and_nobodys_name(
    client: Client, project: Project, reviewers: list[User]
) -> None:
    judge_all(project, reviewers, "ss.", "sf.", ".sf")
    text = page(client, "agreement_page", project, query=f"?reviewer={reviewers[1].pk}")
    assert "2 sessions judged by two or more" in text
    assert "bob@example.com" not in text
    assert "cyd@example.com" not in text
    for name in ("disagreement_list", "disagreement_next"):
        page(client, name, project, status=404)


def test_what_cannot_be_read_in_the_address_is_left_out_and_named(lead_client: Client, project: Project) -> None:
    theirs = make_queue(make_project("other"))
    text = page(lead_client, "agreement_page", project, query=f"?queue={theirs.pk}&days=x&reviewer=9")
    assert "Not understood and left out: days, queue, reviewer" in text


# --- disagreements ---


def test_without_a_disagreement_the_list_says_what_would_stand_here(lead_client: Client, project: Project) -> None:
    assert "No disagreement" in page(lead_client, "disagreement_list", project)
    response = lead_client.get(url("disagreement_next", project), follow=True)
    assert "no other disagreement waits" in response.content.decode()


def test_the_list_has_the_same_queries_with_one_row_and_with_twenty(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    counts = []
    for size in (1, 20):
        for n in range(size):
            dispute(project, reviewers, f"{size}-{n}")
        with CaptureQueriesContext(connection) as captured:
            text = page(lead_client, "disagreement_list", project)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "0 of 21 settled" in text
    assert "1 × failure, 1 × success" in text


def test_judgements_stand_side_by_side_with_their_steps(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    session, failures = dispute(project, reviewers)
    text = page(lead_client, "disagreement_page", project, session.pk)
    assert '<tr class="differs"><th scope="row"><bdi>Outcome</bdi>' in text
    assert '<th scope="row"><bdi>First went wrong</bdi></th><td>Step 2</td><td>–</td>' in text
    assert "Lied, I say." in text
    assert 'href="#step-2"' in text
    assert 'id="step-2"' in text
    assert f'value="{failures[0].pk}" data-tick="tick1"' in text


def test_settling_leads_to_the_next_and_counts_at_once(
    lead_client: Client, project: Project, reviewers: list[User], lead: User
) -> None:
    session, failures = dispute(project, reviewers)
    other, _ = dispute(project, reviewers, "other")
    response = settle(lead_client, session, adopted=[failures[1].pk])
    assert response.url == f"{url('disagreement_next', project)}?after={session.pk}"
    assert lead_client.get(response.url)["Location"] == url("disagreement_page", project, other.pk)
    assert list(Failure.objects.filter(session=session, withdrawn_at=None)) == [failures[1]]
    text = page(lead_client, "disagreement_list", project, query="?show=settled")
    assert "1 of 2 settled" in text
    assert "Where is my refund?" in text
    shown = page(lead_client, "disagreement_page", project, session.pk)
    assert "Settled as failure:</strong>" in shown
    assert "overruled" in shown


def test_a_lead_who_chose_a_queue_settles_on_within_it(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    one, other = make_queue(project), make_queue(project, "Other")
    here, there, next_here = (dispute(project, reviewers, name)[0] for name in ("here", "there", "next"))
    for session, queue in ((here, one), (there, other), (next_here, one)):
        for ordinal, review in enumerate(session.reviews.order_by("pk"), start=1):
            Review.objects.filter(pk=review.pk).update(slot=make_slot(queue, session, ordinal=ordinal))
    chosen = f"?queue={one.pk}&days=7"
    text = html.unescape(page(lead_client, "disagreement_list", project, query=f"{chosen}&show=open&page=1"))
    led_to = [url("disagreement_page", project, session.pk) + chosen for session in (here, next_here)]
    assert set(re.findall(r'href="([^"]*/disagreements/\d+/[^"]*)"', text)) == set(led_to)

    text = html.unescape(page(lead_client, "disagreement_page", project, here.pk, query=chosen))
    action = url("disagreement_settle", project, here.pk) + chosen
    assert f'action="{action}"' in text
    for link in (
        url("disagreement_list", project) + chosen,
        f"{url('disagreement_next', project)}?after={here.pk}&queue={one.pk}&days=7",
    ):
        assert f'href="{link}"' in text

    def settled(session: AgentSession) -> Any:
        return lead_client.get(settle(lead_client, session, query=chosen, outcome="success").url)

    assert settled(here)["Location"] == led_to[1]
    last = settled(next_here)
    assert last["Location"] == url("disagreement_list", project) + chosen
    assert "no other disagreement waits among what you chose" in page(
        lead_client, "disagreement_list", project, query=chosen
    )
    assert gold_of(there) is None


def test_a_settlement_that_is_taken_back_leads_to_the_page_as_it_was_chosen(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    session, _ = dispute(project, reviewers)
    settle(lead_client, session, outcome="success")
    gold = gold_of(session)
    assert gold is not None
    back = lead_client.post(url("disagreement_unsettle", project, session.pk) + "?days=7", {"gold": gold.pk})
    assert back["Location"] == url("disagreement_page", project, session.pk) + "?days=7"


def test_a_lead_settles_in_their_own_words_and_goes_on_to_the_guidance(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    session, _ = dispute(project, reviewers)
    own = telling(0)
    response = settle(lead_client, session, guidance="1", **own)
    gold = gold_of(session)
    assert gold is not None
    assert response.url == f"{reverse('rubric_edit', args=[project.slug, gold.rubric_id])}?because_of={gold.pk}"
    [failure] = Failure.objects.filter(session=session, withdrawn_at=None)
    assert (failure.note, failure.review) == ("It hid the error.", gold)
    # Whoever settles it anew begins with these words, and loses none of them.
    shown = page(lead_client, "disagreement_page", project, session.pk)
    assert ">\nIt hid the error.</textarea>" in shown
    settle(lead_client, session, instead_of=gold.pk, **own)
    assert Failure.objects.filter(session=session, withdrawn_at=None).get().note == "It hid the error."


def telling(*places: int, **words: str) -> dict[str, str]:
    """Failures of the lead's own in the forms of these numbers; `words` are of the last."""
    told = {f"own-{place}-{name}": value for place in places for name, value in OWN.items()}
    return told | {f"own-{places[-1]}-{name}": value for name, value in words.items()}


def test_whoever_settles_anew_finds_every_failure_that_they_told_with_all_that_belongs_to_it(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    session, _ = dispute(project, reviewers)
    quotes = '[{"step": "k3", "start": 0, "end": 5, "text": "Done!"}]'
    # The second form was removed before it was sent.
    settle(lead_client, session, **telling(0, 2, note="It said done.", quotes=quotes, chosen_issue="ISS-7"))
    first = gold_of(session)
    assert first is not None
    text = page(lead_client, "disagreement_page", project, session.pk)
    told = re.findall(r'<textarea name="own-[01]-note".*?>\n(.*?)</textarea>', text, re.DOTALL)
    assert told == ["It hid the error.", "It said done."]
    unseen = re.findall(r'<input type="hidden" name="own-1-(\w+)" value="([^"]*)"', text)
    carried = {name: html.unescape(value) for name, value in unseen}
    settle(lead_client, session, instead_of=first.pk, **telling(0, 1, note="Again.", **carried))
    again = Failure.objects.get(withdrawn_at=None, note="Again.")
    assert again.review == gold_of(session)
    assert (again.quotes, again.chosen_issue) == (json.loads(quotes), 7)


def test_what_is_missing_is_said_at_the_failure_that_lacks_it(
    lead_client: Client, project: Project, reviewers: list[User]
) -> None:
    session, _ = dispute(project, reviewers)
    response = settle(lead_client, session, **telling(0, 2, note="Where?", root_step=""))
    text = response.getvalue().decode()
    second = text[text.index('name="own-2-root_step"') :]
    assert response.status_code == 422
    assert second.index("Mark the step") < second.index('name="own-2-note"')
    assert gold_of(session) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"outcome": ""}, "Say first whether it worked"),
        ({"reason": ""}, "Say why you settle it so"),
        ({}, "Choose what went wrong, or say it yourself."),
        ({"own-0-note": "No step.", "own-0-severity": "high"}, "Mark the step where it first went wrong."),
        ({"adopted": ["999999"]}, "was taken back meanwhile"),
    ],
)
def test_what_is_missing_is_said_and_what_was_entered_stays(
    lead_client: Client, project: Project, reviewers: list[User], fields: dict[str, Any], message: str
) -> None:
    session, _ = dispute(project, reviewers)
    response = settle(lead_client, session, **{"reason": "Because I say so.", **fields})
    text = response.getvalue().decode()
    assert response.status_code == 422
    assert message in text
    assert ("Because I say so." in text) == (fields.get("reason") is None)
    assert f'?next={url("disagreement_page", project, session.pk)}"' in text
    assert gold_of(session) is None


def test_the_second_of_two_leads_is_told_who_was_first(
    lead_client: Client, project: Project, reviewers: list[User], lead: User
) -> None:
    session, failures = dispute(project, reviewers)
    settle(lead_client, session, outcome="success")
    response = settle(lead_client, session, adopted=[failures[0].pk])
    assert response.status_code == 422
    assert f"Meanwhile {lead} has settled this session: success" in response.getvalue().decode()


def test_a_settlement_can_be_taken_back_and_stays_in_the_history(
    lead_client: Client, project: Project, reviewers: list[User], lead: User
) -> None:
    session, failures = dispute(project, reviewers)
    settle(lead_client, session, outcome="success")
    gold = gold_of(session)
    assert gold is not None
    lead_client.post(url("disagreement_unsettle", project, session.pk), {"gold": gold.pk})
    assert gold_of(session) is None
    assert Failure.objects.filter(withdrawn_at=None).count() == len(failures)
    text = page(lead_client, "disagreement_page", project, session.pk)
    assert "Settled before" in text
    assert f"Taken back by <bdi>{lead}</bdi>" in text
    again = lead_client.post(url("disagreement_unsettle", project, session.pk), {"gold": "x"}, follow=True)
    assert "taken back already" in again.content.decode()


def test_a_lead_who_may_yet_judge_it_blind_finds_nothing_to_settle(
    lead_client: Client, project: Project, reviewers: list[User], lead: User
) -> None:
    session, _ = dispute(project, reviewers)
    queue = make_queue(project, is_blind=True, reviewers_per_session=3)
    queue.takers.add(lead)
    make_slot(queue, session)
    page(lead_client, "disagreement_page", project, session.pk, status=404)
    assert settle(lead_client, session, outcome="success").status_code == 404
    assert not Review.objects.filter(is_gold=True).exists()


def test_what_nobody_judged_is_no_page(lead_client: Client, project: Project, lead: User) -> None:
    session = make_session(project)
    make_review(session, lead, Outcome.SUCCESS, is_gold=True)
    page(lead_client, "disagreement_page", project, session.pk, status=404)
