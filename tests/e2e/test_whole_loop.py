"""The whole loop as people live it: import, review by keyboard, grouping, an issue decided, failures read back."""

import json
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.conftest import SHARED_DATA
from tests.e2e.running import Running, get, wait_until

FILE = SHARED_DATA / "sessions" / "tau2" / "sierra_airline_qwen2.5-7b_50.json"
RESULTS = json.loads(FILE.read_bytes()) if FILE.exists() else {"info": {}, "simulations": []}
INFO, SIMULATIONS = RESULTS["info"], {simulation["id"]: simulation for simulation in RESULTS["simulations"]}
EMAIL, PASSWORD = "lead@example.com", "a long enough phrase"
# Two ways of going wrong, each told four times in other words; two sessions went well.
TRANSFERRED = [
    "Handed the customer over to a human although its tools could have solved it",
    "Transferred to a human agent without trying to solve it with the tools it has",
    "Gave up and transferred the customer to a human instead of using its tools",
    "Passed the customer on to a human agent when a tool would have solved the request",
]
UNCONFIRMED = [
    "Changed the booking without asking the customer to confirm first",
    "Updated the reservation before the customer had confirmed the change",
    "Modified the booking without a confirmation from the customer",
    "Did not ask the customer for confirmation before it changed the reservation",
]
NOTES = [note for pair in zip(TRANSFERRED, UNCONFIRMED, strict=True) for note in pair]
SETUP = f"""
from accounts.models import *
from accounts.keys import *
user = User.objects.create_user({EMAIL!r}, {PASSWORD!r}, name="Lea Lead")
project = Project.objects.create(name="Airline", slug="airline")
Membership.objects.create(user=user, project=project, role=Role.LEAD)
secret = new_key()
ApiKey.objects.create(project=project, name="e2e", prefix=prefix_of(secret), key_hash=hash_of(secret), scopes=["read"])
print("KEY", secret)
"""


@pytest.mark.slow
@pytest.mark.shared_data
def test_whole_loop_from_a_file_to_labelled_failures(running: Running, page: Page) -> None:
    key = running.manage("shell", "-v", "0", "-c", SETUP).split("KEY ")[1].strip()
    imported = running.manage("import_sessions", str(FILE), "--project", "airline")
    assert "50 sessions" in imported

    complaints: list[str] = []
    page.on("console", lambda message: note_complaint(message, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, running.url)
    told = review_ten(page, running)
    accepted = accept_the_proposal(page, running)
    resolve(page, running)
    rows = get(running.port, key, "/api/v1/failures/")["results"]

    assert complaints == []
    assert sorted(row["note"] for row in rows) == sorted(NOTES)
    for row in rows:
        check_row(row, told[row["note"]], running, key)
    check_issue(rows, accepted)


def note_complaint(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error":
        complaints.append(message.text)


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}/login/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/airline/**")


def review_ten(page: Page, running: Running) -> dict[str, dict[str, Any]]:
    """Reviews ten sessions with the keyboard alone; what was told, by note."""
    wait_for_sessions(page, running)
    page.keyboard.press("Enter")
    told: dict[str, dict[str, Any]] = {}
    for number in range(10):
        # Keys are bound once the sheet of keys is filled.
        page.wait_for_selector("#judgement[data-lease]:has(.all-of-it:enabled)")
        expect(page.locator("#key-sheet kbd").first).to_be_attached()
        here = page.url
        if number in {4, 9}:
            page.keyboard.press("1")
        else:
            note = NOTES[len(told)]
            told[note] = tell_failure(page, note)
        page.keyboard.press("Enter")
        wait_for_another(page, here)
    return told


def wait_for_another(page: Page, here: str) -> None:
    """The next session stands there."""
    page.wait_for_url(lambda url: url != here and "/review/slots/" in url)


def wait_for_sessions(page: Page, running: Running) -> None:
    """The worker has read, weighed and queued all of them: "50 waiting"."""

    def queued() -> bool:
        page.goto(f"{running.url}/p/airline/review/")
        return "50 waiting" in page.inner_text("#main")

    wait_until(queued, "50 sessions wait for review")


def tell_failure(page: Page, note: str) -> dict[str, Any]:
    """2 failure, j j x "it first went wrong here", t type, v severity, w note; what the API should say of it."""
    for key in ("2", "j", "j", "x"):
        page.keyboard.press(key)
    page.keyboard.press("t")
    page.keyboard.type("No confirmation" if note in UNCONFIRMED else "Gave up")
    page.keyboard.press("Escape")  # closes the list of types
    page.keyboard.press("Escape")  # leaves the field
    page.keyboard.press("v")
    page.keyboard.press("w")
    page.keyboard.type(note)
    page.keyboard.press("Escape")
    told: dict[str, Any] = page.evaluate(
        """() => ({
            root: document.querySelector("[name='failures-0-root_step']").value,
            severity: document.querySelector("[name='failures-0-severity']:checked").value,
            position: Number(document.querySelector(
                `[data-step="${CSS.escape(document.querySelector("[name='failures-0-root_step']").value)}"]`
            ).dataset.position),
        })"""
    )
    return told


def accept_the_proposal(page: Page, running: Running) -> str:
    """Waits until the worker has grouped the notes; takes the first proposal with `j` and `a`. Its title."""

    def proposed() -> bool:
        page.goto(f"{running.url}/p/airline/proposals/")
        return page.locator(".proposal").count() > 0

    wait_until(proposed, "similar failures became a proposal", seconds=300)
    title = page.locator(".proposal-title").first.input_value()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("ISS-1")
    return title


def resolve(page: Page, running: Running) -> None:
    """Marks the new issue as fixed in a release."""
    page.goto(f"{running.url}/p/airline/issues/1/")
    page.get_by_text("Resolve…").click()
    page.get_by_label("Fixed in release").fill("2.0")
    page.get_by_role("button", name="Fixed in this release").click()
    expect(page.locator("#main")).to_contain_text("Resolved")


def check_row(row: dict[str, Any], told: dict[str, Any], running: Running, key: str) -> None:
    """Every field of a failure: as told on the screen, as the file says of its session, as the lead decided."""
    simulation = SIMULATIONS[row["session"]["external_id"]]
    steps = get(running.port, key, f"/api/v1/sessions/{row['session']['id']}/")["steps"]
    root = next(step for step in steps if step["key"] == told["root"])
    transferred = row["note"] in TRANSFERRED
    assert row == {
        "id": row["id"],
        "note": row["note"],
        "expected": "",
        "failure_type": "Gave up" if transferred else "No confirmation",
        "severity": told["severity"],
        "withdrawn": False,
        "created_at": row["review"]["submitted_at"],
        "updated_at": row["updated_at"],
        "session": {
            "id": row["session"]["id"],
            "external_id": simulation["id"],
            "workflow": "airline",
            "release": INFO["git_commit"][:12],
            "environment": "default",
            "model": INFO["agent_info"]["llm"],
            "started_at": simulation["start_time"] + "Z",
        },
        "review": {
            "id": row["review"]["id"],
            "outcome": "failure",
            "reviewer": EMAIL,
            "submitted_at": row["review"]["submitted_at"],
            "rubric": "Did it work?",
            "rubric_version": 1,
            "is_gold": False,
            "reason": "",
            "answers": {},
        },
        "root_step": {"key": told["root"], "position": told["position"], "kind": root["kind"], "name": root["name"]},
        "surfaced_step": None,
        "issue": row["issue"],
        "membership": row["membership"],
        "selection_probability": pytest.approx(0.2, abs=1e-8) if row["stratum"] == "random" else None,
        "stratum": row["stratum"],
        # What was chosen stands for nothing but itself.
        "weight": row["weight"] if row["stratum"] == "random" else None,
        "quotes": [],
        "assertions": [],
        "adopted": False,
        "settlement": None,
        "overruled": False,
        "verdicts": [
            {
                "review": row["review"]["id"],
                "reviewer": EMAIL,
                "outcome": "failure",
                "submitted_at": row["review"]["submitted_at"],
                "rubric": "Did it work?",
                "rubric_version": 1,
            }
        ],
        "agreement": None,  # one alone agrees with nobody
        "split": row["split"],
    }
    assert row["split"] in {"train", "dev", "test"}
    assert row["created_at"] <= row["updated_at"]


def check_issue(rows: list[dict[str, Any]], accepted: str) -> None:
    """What was accepted is one resolved issue; its members are all of one of the two kinds; the rest is unassigned."""
    members = {row["note"]: row for row in rows if row["issue"] is not None}
    assert set(members) in ({*TRANSFERRED}, {*UNCONFIRMED})
    for row in members.values():
        assert row["issue"] == {"number": 1, "title": accepted, "state": "resolved"}
        assert row["membership"]["source"] == "proposal"
        assert 0.5 < row["membership"]["score"] <= 1
    assert all(row["membership"] is None for row in rows if row["issue"] is None)
