"""Places where leads work on what was said, in use: settling, wording a rubric, types, proposals, and mentions."""

import uuid

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Role, User
from annotate.models import Comment, FailureType, Mention, Outcome, Question, QuestionKind, Review
from issues.models import Proposal
from tests.accessibility import UNFOLD
from tests.accounts.tenants import Tenant
from tests.annotate.browser.screen import press
from tests.annotate.judging import answer
from tests.builders import make_failure, make_review
from tests.hostile.corpus import DIRECTIONS, WIDE
from tests.hostile.driving import FEW, TAG, TURNED, WRITTEN, State
from tests.hostile.filling import ask_everything, fill
from tests.hostile.sending import TALK, session_called
from traces.models import AgentSession

REASON = WRITTEN[:1500]  # each of its line breaks is sent as two letters


def fill_settling(tenant: Tenant) -> None:
    """Two who differ in all that they were asked of the session that says everything, and a lead who was named."""
    for place, person in enumerate(tenant.people.values()):
        User.objects.filter(pk=person.pk).update(name=f"{DIRECTIONS[place]} {TAG}")
    fill(FailureType, FEW)
    Proposal.objects.update(title=TURNED, words=FEW)
    session = session_called(tenant.project, TALK)
    tenant.names["session_id"] = session.pk
    said = ((Role.REVIEWER, Outcome.FAILURE), (Role.ADMIN, Outcome.SUCCESS))
    reviews = [make_review(session, tenant.people[role], outcome) for role, outcome in said]
    ask_everything(reviews[0].rubric, FEW)
    for question in reviews[0].rubric.questions.all():
        answer(question, reviews, "a", "b")
    words = Question.objects.create(
        rubric=reviews[0].rubric, key="words", position=99, kind=QuestionKind.TEXT, text=TURNED
    )
    answer(words, reviews, TURNED, WIDE[0])
    tell_failures(reviews[0])
    name_in_comments(tenant, session)


def tell_failures(review: Review) -> None:
    kinds = list(FailureType.objects.order_by("-pk")[: len(FEW)])
    for place, string in enumerate(FEW):
        quotes = [{"step": "k1", "start": 0, "end": 3, "text": string}]
        kind = kinds[place % len(kinds)]
        make_failure(review, string, failure_type=kind, expected=string, quotes=quotes, surfaced_step="k1")


def name_in_comments(tenant: Tenant, session: AgentSession) -> None:
    author, lead = tenant.people[Role.REVIEWER], tenant.people[Role.LEAD]
    for string in FEW:
        comment = Comment(project=tenant.project, session=session, author=author, text=string, client_id=uuid.uuid4())
        comment.save()
        Mention.objects.create(comment=comment, user=lead)


def open_dispute(page: Page, tenant: Tenant) -> None:
    page.goto(reverse("disagreement_page", args=["acme", tenant.names["session_id"]]))
    expect(page.locator("#key-sheet kbd").first).to_be_attached()


# --- settling ---


def what_each_said(page: Page, tenant: Tenant) -> str:
    open_dispute(page, tenant)
    expect(page.locator(".failure-card")).to_have_count(len(FEW))
    page.evaluate(UNFOLD)
    return "#settle"


def failures_chosen_and_told(page: Page, tenant: Tenant) -> str:
    press(page, "4 5 j j x w")
    page.keyboard.insert_text(REASON)
    page.locator("[name=own-0-failure_type]").fill(TAG)
    page.get_by_role("button", name="Something else went wrong too").click()
    expect(page.locator("[data-own]")).to_have_count(2)
    return "#settle"


def settling_refused(page: Page, tenant: Tenant) -> str:
    press(page, "Control+Enter")
    expect(page.get_by_text("Say why you settle it so")).to_be_visible()
    return "#settle"


def what_was_written_is_back(page: Page, tenant: Tenant) -> str:
    open_dispute(page, tenant)
    expect(page.get_by_text("What you wrote here before is back.")).to_be_visible()
    expect(page.locator("[name=own-0-failure_type]")).to_have_value(TAG)
    return "#settle"


def settled(page: Page, tenant: Tenant) -> str:
    page.locator("#id_reason").fill(REASON)
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Settled: failure")
    return "body"


def as_it_is_settled(page: Page, tenant: Tenant) -> str:
    open_dispute(page, tenant)
    expect(page.get_by_text("Settled as failure:")).to_be_visible()
    return ".settle-side"


def example_for_reviewers(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Use as example").click()
    expect(page.get_by_text("This follows from what")).to_be_visible()
    expect(page.locator("#preview legend").nth(len(FEW) - 3)).to_be_attached()
    return "main"


def question_added(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Add a question").click()
    added = page.locator("#questions > fieldset").last
    added.locator("[name$=-kind]").select_option("choices")
    added.locator("[name$=-choices]").fill("\n".join(" ".join(string.split()) for string in FEW[:10]))
    added.locator("[name$=-text]").fill(TURNED)
    added.locator("[name$=-is_required]").check()
    expect(page.locator("#preview [type=checkbox]").first).to_be_attached()
    return ".as-seen"


def rubric_refused(page: Page, tenant: Tenant) -> str:
    page.locator("#questions > fieldset [name$=-text]").first.fill("")
    page.get_by_role("button", name="Make version 2").click()
    expect(page.locator("#rubric .errorlist").first).to_be_visible()
    return "#rubric"


def settlement_taken_back(page: Page, tenant: Tenant) -> str:
    open_dispute(page, tenant)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back.")
    page.get_by_text("Settled before").click()
    return ".settle-side"


# --- types, proposals, mentions ---


def type_refused(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("type_list", args=["acme"]))
    for label in ("Name", "When it is the right one", "Group"):
        page.locator(".beginnings").get_by_label(label, exact=True).fill(FEW[0][:80])
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".beginnings .errorlist")).to_be_visible()
    return ".beginnings"


def types_merged(page: Page, tenant: Tenant) -> str:
    for place in range(4):
        page.locator("input[name='type']").nth(place).check()
    page.get_by_role("button", name="Merge …").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("got the type")
    return "body"


def types_taken_apart(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Take").first.click()
    expect(page.locator("#toasts")).to_contain_text("back")
    return "body"


def proposal_declined(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("proposal_inbox", args=["acme"]))
    page.get_by_role("button", name="Decline").first.click()
    expect(page.locator("#toasts")).to_contain_text("Declined: ")
    page.evaluate(UNFOLD)
    return "body"


def mentions(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("mention_list", args=["acme"]))
    expect(page.locator(".notices > li")).to_have_count(len(FEW))
    expect(page.locator(".notices").get_by_text("new", exact=True)).to_have_count(len(FEW))
    return "main"


SETTLING: tuple[State, ...] = (
    what_each_said,
    failures_chosen_and_told,
    settling_refused,
    what_was_written_is_back,
    settled,
    as_it_is_settled,
    example_for_reviewers,
    question_added,
    rubric_refused,
    settlement_taken_back,
    type_refused,
    types_merged,
    types_taken_apart,
    proposal_declined,
    mentions,
)
