"""Places where sessions come in, in use: files, keys, the first session, health, rules, limits and prices."""

import io
import json
import zipfile
from datetime import timedelta

import regex
from django.urls import reverse
from django.utils import timezone
from playwright._impl._api_structures import FilePayload
from playwright.sync_api import Page, Route, expect

from accounts.models import ApiKey, Membership, Project, Role
from common.compression import compress
from ingest.actions import add_rule
from ingest.models import (
    IntakeCount,
    IntakeEvent,
    ModelPrice,
    RawBatch,
    RedactionRule,
    RefusedRequest,
    UnmappedAttribute,
)
from ingest.uploading import import_waiting
from tests.accessibility import UNFOLD
from tests.accounts.tenants import Tenant
from tests.builders import make_project, make_session
from tests.hostile.corpus import WIDE
from tests.hostile.driving import FEW, TAG, TURNED, State
from tests.hostile.filling import fill
from tests.hostile.sending import send_called

NEW = "new"  # a project to which nothing was sent yet
HELD: list[Route] = []  # what is on its way for as long as a state lasts
GOOD = {"session": {"id": "a"}, "messages": [{"role": "user", "content": "Hi"}]}
NAMED = [*FEW[::2], "👍" + "x" * 199]  # a name that is cut must not be cut inside of a sign


def fill_incoming(tenant: Tenant) -> None:
    """What came in and was refused; sessions as old as a rule would let go of; a project that is new."""
    RawBatch.objects.update(api_key=ApiKey.objects.latest("pk"))
    ApiKey.objects.update(name=TURNED[:80])
    for model in (ApiKey, IntakeCount, IntakeEvent, ModelPrice, RawBatch, RefusedRequest, UnmappedAttribute):
        fill(model, FEW)
    RawBatch.objects.filter(state="failed").update(body=compress("\n".join(FEW).encode()))
    for days, string in enumerate(FEW, start=30):
        past = timezone.now() - timedelta(days=days)
        make_session(tenant.project, f"{days} {string}"[:200], title=string[:300], last_received_at=past)
    new = make_project(NEW, name=TURNED)
    Membership.objects.create(project=new, user=tenant.people[Role.ADMIN], role=Role.ADMIN)


def open_page(page: Page, name: str, slug: str = "acme") -> None:
    page.goto(reverse(name, args=[slug]))


def later(page: Page, seconds: int) -> None:
    """What the page asks every so often it asks now."""
    page.clock.fast_forward(seconds * 1000)


# --- files ---


def files_that_are_empty(page: Page, tenant: Tenant) -> str:
    page.clock.install()
    open_page(page, "upload")
    choose(page, dict.fromkeys(NAMED, b""))
    expect(page.locator("#sending .problem")).to_have_count(len(NAMED))
    return ".upload"


def files_whose_line_broke(page: Page, tenant: Tenant) -> str:
    """The first while it is on its way, the others before they begin."""
    page.reload()
    page.route("**/upload/send/", hold, times=1)
    choose(page, {name: told_of(name) for name in NAMED})
    expect(page.locator("#sending progress")).to_have_count(len(NAMED))
    page.context.set_offline(True)
    HELD.pop().abort("internetdisconnected")
    broke = "The connection broke off. Send the file again."
    expect(page.locator("#sending .problem")).to_have_text([broke] * len(NAMED))
    page.context.set_offline(False)
    return ".upload"


def files_on_their_way(page: Page, tenant: Tenant) -> str:
    page.reload()
    page.route("**/upload/send/", hold, times=1)  # one is sent after the other
    files = {name: told_of(name) for name in NAMED} | {f"{TURNED}.zip": packed(), f"{TURNED}.json": b"no json at all"}
    choose(page, files)
    expect(page.locator("#sending progress")).to_have_count(len(files))
    return ".upload"


def files_that_wait(page: Page, tenant: Tenant) -> str:
    HELD.pop().continue_()
    expect(page.locator("#sending > li")).to_have_count(0)
    expect(page.get_by_text("Waits for a worker")).to_have_count(len(NAMED) + 2)
    return "#uploads"


def files_that_were_read(page: Page, tenant: Tenant) -> str:
    while import_waiting():
        pass
    later(page, 2)
    expect(page.get_by_text("Done in part")).to_have_count(len(NAMED) + 1)
    page.evaluate(UNFOLD)
    return "#uploads"


def file_to_be_read_again(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Try again").first.click()
    expect(page.locator("#toasts")).to_contain_text("will be read again")
    return "body"


def file_off_the_list(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Take off the list").first.click()
    expect(page.locator("#toasts")).to_contain_text("is off the list")
    return "body"


def hold(route: Route) -> None:
    HELD.append(route)


def choose(page: Page, files: dict[str, bytes]) -> None:
    chosen = [FilePayload(name=name, mimeType="text/plain", buffer=content) for name, content in files.items()]
    page.get_by_label("Choose files").set_input_files(chosen)


def told_of(string: str) -> bytes:
    """Lines of which only the first can be read."""
    lines = [GOOD, {"steps": [{"kind": string}]}, {string: string}, {"session": {string: string}, "steps": string}]
    return "\n".join(map(json.dumps, lines)).encode()


def packed() -> bytes:
    """Many files in one, of which what is refused is told by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("good.json", json.dumps(GOOD))
        for string in FEW:
            archive.writestr(f"{string[:200]}.json", told_of(string))
    return file.getvalue()


# --- programs ---


def nothing_has_come(page: Page, tenant: Tenant) -> str:
    open_page(page, "connect", NEW)
    expect(page.get_by_text("Nothing has arrived yet")).to_be_visible()
    return "main"


def key_is_made(page: Page, tenant: Tenant) -> str:
    page.get_by_label("Name of the program").fill(TURNED[:80])
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("#fresh")).to_contain_text("Copy the key now.")
    return "main"


def key_is_refused(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("#fresh")).to_contain_text("A live key has this name.")
    return "#key"


def session_arrives(page: Page, tenant: Tenant) -> str:
    send_called(Project.objects.get(slug=NEW), TURNED)
    later(page, 4)
    expect(page.locator("#arrival")).to_contain_text("Sessions arrive")
    return ".arriving"


def another_session_arrives(page: Page, tenant: Tenant) -> str:
    send_called(Project.objects.get(slug=NEW), WIDE[0])
    later(page, 21)
    expect(page.locator("#arrival .newest")).to_contain_text("WWW")
    return ".arriving"


# --- health ---


def facts_come_anew(page: Page, tenant: Tenant) -> str:
    open_page(page, "ingest_health")
    batch = RawBatch.objects.filter(state="failed").earliest("pk")
    batch.pk, batch.reason = None, f"The newest: {TURNED}"
    batch.save()
    later(page, 16)
    expect(page.get_by_role("link", name="The newest: ")).to_be_visible()
    return "#facts"


def batch_is_opened(page: Page, tenant: Tenant) -> str:
    page.get_by_role("link", name="The newest: ").click()
    page.get_by_text("Discard …").click()
    expect(page.get_by_role("button", name="Discard this batch")).to_be_visible()
    return "main"


def batch_is_read_again(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#toasts")).to_contain_text("The batch will be read again.")
    return "body"


def batches_are_discarded(page: Page, tenant: Tenant) -> str:
    page.get_by_text("Discard all …").click()
    page.get_by_role("button", name="Discard ", exact=False).click()
    expect(page.locator("#toasts")).to_contain_text("discarded")
    page.evaluate(UNFOLD)
    return "body"


# --- what is taken out, kept and paid ---


def rule_is_refused(page: Page, tenant: Tenant) -> str:
    for string in FEW[:12]:
        add_rule(project=tenant.project, name=string[:60], pattern=regex.escape(string[:40]), replacement=string[:60])
    open_page(page, "privacy")
    add_a_rule(page, f"(?P<{TAG}")
    expect(page.get_by_text("This is no regular expression")).to_be_visible()
    return "main"


def rule_is_added(page: Page, tenant: Tenant) -> str:
    add_a_rule(page, "CASE-[0-9]+")
    expect(page.locator("#toasts")).to_contain_text("is on.")
    return "body"


def add_a_rule(page: Page, pattern: str) -> None:
    for label, words in (("Name", TURNED[:60]), ("Pattern", pattern), ("Replacement", TAG[:60])):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Add the rule").click()


def text_is_tried(page: Page, tenant: Tenant) -> str:
    page.get_by_label("Text", exact=True).fill("\n".join([*FEW, "CASE-1"]))
    page.get_by_role("button", name="Show what would be stored").click()
    expect(page.locator("#tried .snippet")).to_contain_text(TAG[:60])
    return "#tried"


def rule_is_switched_off(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name=f"Switch {FEW[0][:60]} off").click()
    expect(page.locator("#toasts")).to_contain_text("is off.")
    assert RedactionRule.objects.filter(is_on=False).count() == 1
    return "body"


def sessions_that_would_go(page: Page, tenant: Tenant) -> str:
    open_page(page, "limits")
    page.get_by_label("Days to keep sessions").fill("1")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_text("would be removed")).to_be_visible()
    return "#limits"


def prices_are_refused(page: Page, tenant: Tenant) -> str:
    open_page(page, "prices")
    lines = ["model,usd_in,usd_out", *(f'"{string[:100]}",{TAG},1' for string in FEW if '"' not in string)]
    file = FilePayload(name=f"{TURNED}.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
    page.get_by_label("CSV file").set_input_files([file])
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("Line 2: ")).to_be_visible()
    return "body"


def price_is_kept(page: Page, tenant: Tenant) -> str:
    for label, words in (("Model", TURNED), ("Tokens in", "1"), ("Tokens out", "1")):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Save the price").click()
    expect(page.locator("#toasts")).to_contain_text("has its price")
    return "body"


def prices_are_applied(page: Page, tenant: Tenant) -> str:
    page.get_by_role("button", name="Apply to stored sessions").click()
    expect(page.locator("#apply")).to_contain_text("Done.")
    return "#apply"


INCOMING: tuple[State, ...] = (
    files_that_are_empty,
    files_whose_line_broke,
    files_on_their_way,
    files_that_wait,
    files_that_were_read,
    file_to_be_read_again,
    file_off_the_list,
    nothing_has_come,
    key_is_made,
    key_is_refused,
    session_arrives,
    another_session_arrives,
    facts_come_anew,
    batch_is_opened,
    batch_is_read_again,
    batches_are_discarded,
    rule_is_refused,
    rule_is_added,
    text_is_tried,
    rule_is_switched_off,
    sessions_that_would_go,
    prices_are_refused,
    price_is_kept,
    prices_are_applied,
)
