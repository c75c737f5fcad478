"""What is on a page only once somebody uses it: lists that scripts build, answers to what was sent, drafts and errors.

Each state is full of hostile words, is looked at like a page of its own, and is read by axe.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from accounts.models import Membership, Role, User
from annotate.models import Comment, Draft, FailureType, QueueItem, Slot
from issues.models import Issue
from issues.queries import nearest
from tests.accounts.tenants import Tenant, leased_by, make_tenant
from tests.annotate.browser.screen import expect_quiet, press
from tests.builders import make_queue, make_slot
from tests.hostile.corpus import CORPUS, storable
from tests.hostile.driving import LEAST, SOME, WRITTEN, State, drive, expect_many
from tests.hostile.filling import ask_everything, fill, told
from tests.hostile.sending import TALK, send_talk, session_called
from tests.hostile.watching import Watched

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Lists that are cut after a few rows are cut after all.
CUT = {"review-types.js": "const MOST = 7;", "review-mentions.js": "const MOST = 6;"}
ALL = "const MOST = 9999;"
NOTE = "#id_failures-0-note"


# --- a project in which all words are hostile ---


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """Its reviewer has one session open; its names lead there."""
    tenant = make_tenant("acme", issue_number=7)
    send_talk(tenant.project)
    for model in (FailureType, Issue, User):
        fill(model)
    unseen = [kind.pk for kind in FailureType.objects.all() if not kind.name.strip()]
    FailureType.objects.filter(pk__in=unseen).delete()  # our form takes no such name
    strangers = User.objects.filter(memberships=None).order_by("pk")
    members = [Membership(project=tenant.project, user=user) for user in strangers[::2]]
    Membership.objects.bulk_create(members)
    slot = open_slot(tenant)
    tenant.names |= {"slot_id": slot.pk, "session_id": slot.item.session_id, "rubric_id": slot.queue.rubric_id}
    for name, value in (("_known", {}), ("SHOWN", 999), ("LOOKED_AT", 999), ("LEAST_BY_WORDS", -1.0)):
        monkeypatch.setattr(nearest, name, value)
    nearest.read_issues(tenant.project)
    return tenant


def open_slot(tenant: Tenant) -> Slot:
    """A queue that asks hostile questions, and a session in it with a draft."""
    queue = make_queue(tenant.project, storable(CORPUS[0]))
    ask_everything(queue.rubric, SOME)
    session, reviewer = session_called(tenant.project, TALK), tenant.people[Role.REVIEWER]
    slot = make_slot(queue, session, **leased_by(reviewer))
    QueueItem.objects.filter(pk=slot.item_id).update(reasons=[storable(string) for string in SOME])
    Draft.objects.create(item=slot.item, reviewer=reviewer, content=drafted("{{"))
    author = User.objects.filter(email__endswith="@evil.example").earliest("pk")
    for place, string in enumerate(SOME[:3]):
        comment = Comment(project=tenant.project, session=session, author=author, for_lead=True)
        comment.text, comment.client_id = storable(string), f"00000000-0000-4000-8000-00000000000{place}"
        comment.save()
    return slot


def drafted(string: str) -> dict[str, Any]:
    """One failure, with everything in it that scripts show in a way of their own."""
    words = storable(string)
    quotes = [{"step": "k1", "start": 0, "end": 3, "text": storable(each)} for each in SOME[:8]]
    assertions = [{"kind": "must_call", "target": storable(each)[:200], "detail": words} for each in SOME[:8]]
    return {"outcome": "failure", "failures": [told(words) | {"quotes": quotes, "assertions": assertions}]}


@pytest.fixture
def windows(windows: dict[Role, Watched]) -> dict[Role, Watched]:
    """Lists in them end with their last row."""
    for window in windows.values():
        for name in CUT:
            window.page.route(f"**/{name}", uncut)
    return windows


def uncut(route: Route) -> None:
    name = route.request.url.rpartition("/")[-1]
    script = (Path(settings.BASE_DIR) / "static" / "js" / name).read_text()
    assert CUT[name] in script
    route.fulfill(body=script.replace(CUT[name], ALL), content_type="text/javascript")


# --- the review screen ---


def press_on_page(page: Page, keys: str) -> None:
    """Keys of the page, not of a field."""
    page.locator("#why").focus()
    press(page, keys)


def draft_put_back(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("review_page", args=[tenant.project.slug, tenant.names["slot_id"]]))
    expect(page.locator("#key-sheet kbd").first).to_be_attached()
    expect(page.locator("[data-quote]")).to_have_count(8)
    expect(page.locator("[data-condition]")).to_have_count(8)
    return "#failures"


def issues_that_are_near(page: Page, tenant: Tenant) -> str:
    page.locator(NOTE).fill(WRITTEN)
    expect_many(page.locator(".near-issue"))
    expect_quiet(page)
    return ".near"


def list_of_types(page: Page, tenant: Tenant) -> str:
    page.locator(NOTE).fill("{{")  # too little to be like anything
    expect(page.locator(".near-issue")).to_have_count(0)
    press_on_page(page, "t")
    press(page, "Control+a Backspace ArrowDown")
    expect_many(page.locator("#type-choices li"))
    return ".field.type"


def type_that_is_new(page: Page, tenant: Tenant) -> str:
    page.keyboard.insert_text("<img src=x class=pwned onerror=window.__pwned=1> none of these")
    expect(page.locator("#type-choices li").last).to_contain_text("Create “<img")
    return ".field.type"


def quotes(page: Page, tenant: Tenant) -> str:
    press(page, "Escape")
    press_on_page(page, "g q")
    for _ in range(9):  # some steps say too much, or nothing
        press(page, "j q")
    expect(page.locator("[data-quote]")).to_have_count(10)
    return ".quotes"


def json_as_trees(page: Page, tenant: Tenant) -> str:
    page.evaluate("document.querySelectorAll('details.call').forEach((each) => { each.open = true; })")
    page.locator(".as-tree").first.wait_for(state="attached")
    page.evaluate("document.querySelectorAll('.as-tree').forEach((each) => each.click())")
    expect(page.locator(".tree").nth(5)).to_be_attached()
    return ".tree:not(:has(li:nth-child(20)))"


def words_found(page: Page, tenant: Tenant) -> str:
    press_on_page(page, "/")
    for string in SOME:
        page.locator("#find input").fill(storable(string)[:200])
        press(page, "Enter")
    page.locator("#find input").fill("script")
    press(page, "Enter")
    expect(page.locator("#find .count")).to_contain_text("1 of ")
    return "#find"


def what_the_agent_saw(page: Page, tenant: Tenant) -> str:
    press(page, "Escape")
    press_on_page(page, "G p")
    expect(page.locator("#saw h2")).to_contain_text("What the agent saw at step")
    expect(page.locator("#saw .saw-tools")).to_be_visible()
    return "#saw"


def keys_and_guidance(page: Page, tenant: Tenant) -> str:
    press(page, "Escape")
    press_on_page(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    return "#keys"


def names_behind_an_at(page: Page, tenant: Tenant) -> str:
    press(page, "Escape")
    press_on_page(page, "c")
    page.keyboard.insert_text("@")
    expect_many(page.locator("#comment-names li"))
    return ".comment-form"


def refusals(page: Page, tenant: Tenant) -> str:
    press(page, "Escape Control+a Backspace")
    press_on_page(page, "1 Enter")
    expect(page.locator("#judgement .errors").nth(len(SOME) - 1)).to_contain_text("Answer this too")
    return "#judgement"


def two_texts(page: Page, tenant: Tenant) -> str:
    press_on_page(page, "2")
    expect(page.locator("#status")).to_have_text("Saved")
    draft = Draft.objects.get(reviewer=tenant.people[Role.REVIEWER], item__queue__slots=tenant.names["slot_id"])
    Draft.objects.filter(pk=draft.pk).update(version=draft.version + 5, content=drafted(WRITTEN))
    page.locator(NOTE).press_sequentially("!")
    expect(page.locator("#choose-dialog pre").last).to_contain_text("onerror")
    return "#choose-dialog"


def outbox(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Take that one").click()
    expect(page.locator("#status")).to_have_text("Saved")
    expect_quiet(page)
    page.context.set_offline(True)
    page.locator("#comment-text").fill(WRITTEN)
    press(page, "Control+Enter")
    expect(page.locator("#outbox")).to_contain_text("1 comment waits")
    press_on_page(page, "3 Enter")
    expect(page.locator("#outbox")).to_contain_text("1 review")
    page.get_by_text("What is kept").click()
    expect(page.locator(".kept pre").first).to_be_visible()
    return ".outbox"


REVIEWING: tuple[State, ...] = (
    draft_put_back,
    issues_that_are_near,
    list_of_types,
    type_that_is_new,
    quotes,
    json_as_trees,
    words_found,
    what_the_agent_saw,
    keys_and_guidance,
    names_behind_an_at,
    refusals,
    two_texts,
    outbox,
)


# --- what a lead uses ---


def preview_of_a_rubric(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("rubric_edit", args=[tenant.project.slug, tenant.names["rubric_id"]]))
    expect(page.locator("#preview legend").nth(len(SOME) - 3)).to_be_attached()
    return ".as-seen"


def rubric_put_back(page: Page, tenant: Tenant) -> str:
    page.get_by_label("Question", exact=True).first.fill(storable(SOME[1])[:200])
    page.reload()
    expect(page.get_by_role("button", name="Start anew")).to_be_visible()
    return "#rubric"


def answer_refused(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("lead_list", args=[tenant.project.slug]))
    page.get_by_label("Your answer").first.fill(" ")
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_text("Write something first.")).to_be_visible()
    return "main"


def question_answered(page: Page, tenant: Tenant) -> str:
    page.get_by_label("Your answer").first.fill(WRITTEN)
    page.get_by_role("button", name="Answer").first.click()
    expect(page.get_by_text("finds it among their mentions")).to_be_visible()
    return "main"


def sessions_for_a_queue(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("session_list", args=[tenant.project.slug]))
    page.get_by_role("button", name="everything that matches").click()
    expect(page.locator("#queue-add-ask select")).to_be_visible()
    return "#queue-add"


def types_to_merge(page: Page, tenant: Tenant) -> str:
    page.goto(reverse("type_list", args=[tenant.project.slug]))
    for place in range(3):
        page.locator("input[name='type']").nth(place).check()
    page.get_by_role("button", name="Merge …").click()
    stays = page.get_by_label("The one that stays")
    stays.select_option(index=LEAST)
    expect(page.get_by_text("get the type")).to_be_visible()
    return "#merge"


LEADING: tuple[State, ...] = (
    preview_of_a_rubric,
    rubric_put_back,
    answer_refused,
    question_answered,
    sessions_for_a_queue,
    types_to_merge,
)


def test_no_state_of_a_page_does_what_its_words_ask_for(windows: dict[Role, Watched], tenant: Tenant) -> None:
    wrong = drive(windows[Role.REVIEWER], tenant, REVIEWING) | drive(windows[Role.LEAD], tenant, LEADING)
    assert wrong == {}
