"""Label Studio as its own command starts it, in a temporary folder, with our texts and the same two questions.

Its label page has no key for the step that went wrong, so a failure is its outcome and a note. Its tasks are only those
that are judged here, while ours lie among all that is stored.
"""

import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks._measuring import Client, say
from benchmarks._reviewing import LOOPBACK, NOTE, Screen, is_failure, measure, open_first
from tests.e2e.running import free_port, stop, wait_until

NAME = "Label Studio: "
EMAIL = "reviewer@bench.example"
PROJECT = 1
# A fresh database is some 300 migrations, which take minutes where the machine is busy.
START_SECONDS = 900.0
SPARE = 10
LOG, TAIL = "log", 2_000
TABS_TO_THE_NOTE = 4
CONFIG = """<View>
  <Paragraphs name="conversation" value="$conversation" layout="dialogue" nameKey="author" textKey="text"/>
  <Choices name="outcome" toName="conversation" choice="single-radio" showInline="true" required="true">
    <Choice value="success" hotkey="1"/><Choice value="failure" hotkey="2"/><Choice value="unknown" hotkey="3"/>
  </Choices>
  <TextArea name="note" toName="conversation" rows="3" placeholder="What went wrong"/>
</View>"""
STANDS = """() => document.querySelector('[data-testid="phrase:19"]') && document.querySelector("input[name=success]")
  && document.querySelector('button[name=submit][data-waiting=false]:not(:disabled)')
  && document.querySelector(".lsf-current-task__task-id")?.firstChild?.textContent"""


@dataclass(frozen=True)
class Served:
    """A running Label Studio with one project, who may log in, and its API."""

    url: str
    password: str
    api: Client


def needed(reviews: int) -> int:
    """Sessions for two passes of so many reviews; some more, so that a next one stands there after the last."""
    return 2 * reviews + SPARE


@contextmanager
def served(executable: str, texts: Sequence[dict[str, Any]]) -> Iterator[Served]:
    """Ready to label those texts. Ends its process, and leaves no folder behind."""
    port, password, token = free_port(), secrets.token_hex(16), secrets.token_hex(20)
    with tempfile.TemporaryDirectory(prefix="misstep-bench-peer-") as name:
        folder = Path(name)
        process = _start(executable, folder, port, {"PASSWORD": password, "USER_TOKEN": token})
        try:
            api = Client(port, headers={"Authorization": f"Token {token}"})
            wait_until(lambda: _answers(process, port, folder / LOG), "Label Studio answers", START_SECONDS)
            _import(api, texts)
            yield Served(f"http://{LOOPBACK}:{port}", password, api)
        finally:
            stop(process)


def _start(executable: str, folder: Path, port: int, secret: dict[str, str]) -> subprocess.Popen[bytes]:
    """Its command, with none of our settings in its environment, for it reads names as plain as HOST."""
    (folder / "config.xml").write_text(CONFIG)
    command = [executable, "start", "bench", "--init", "--no-browser", "--enable-legacy-api-token"]
    command += ["--label-config", str(folder / "config.xml"), "--internal-host", LOOPBACK, "--port", str(port)]
    quick = {"DEBUG": "false", "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false"}
    own = {"BASE_DATA_DIR": str(folder / "data"), "USERNAME": EMAIL, **quick, **secret}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment | {f"LABEL_STUDIO_{name}": value for name, value in own.items()},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    if process.poll() is not None:
        raise SystemExit(f"Label Studio ended before it answered:\n{log.read_text()[-TAIL:]}")
    try:
        return Client(port).get("/health").status == HTTPStatus.OK
    except OSError:
        return False


def _import(api: Client, texts: Sequence[dict[str, Any]]) -> None:
    tasks = json.dumps([{"data": one} for one in texts]).encode()
    answer = api.send(f"/api/projects/{PROJECT}/import", tasks, "application/json")
    if json.loads(answer.body).get("task_count") != len(texts):
        raise SystemExit(f"Label Studio did not take the tasks: {answer.body[:300]!r}")


def measure_all(served: Served, browser: Browser, reviews: int, reading: float) -> None:
    """The same two passes as on our screen; stops where a judgement is not stored as it was typed."""
    version = json.loads(served.api.get("/api/version").body)["release"]
    say("Label Studio", measured=True, version=version, tasks=needed(reviews))
    screen = Screen(NAME, STANDS, submits="/annotations", judge=_judge)
    page = screen.open(browser, served.url)
    _enter(page, served.password)
    open_first(screen, page, f"/projects/{PROJECT}/data?labeling=1")
    for seconds in (0.0, reading):
        measure(screen, page, reviews, seconds)
    page.close()
    _check(served.api, [outcome for _ in range(2) for outcome in map(_outcome, range(reviews))])


def _enter(page: Page, password: str) -> None:
    page.goto("/user/login/")
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def _judge(page: Page, number: int) -> None:
    """The same judgement as on our screen, by its own keys. It submits from no field, so the field is left first."""
    if not is_failure(number):
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        return
    for key in ("2", *["Tab"] * TABS_TO_THE_NOTE):
        page.keyboard.press(key)
    page.keyboard.insert_text(NOTE)
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")


def _outcome(number: int) -> list[str]:
    return ["failure", NOTE] if is_failure(number) else ["success"]


def _check(api: Client, judged: list[list[str]]) -> None:
    """Whether the annotations say what was typed, in the order of the tasks."""
    tasks = json.loads(api.get(f"/api/projects/{PROJECT}/export?exportType=JSON").body)
    stored = [_told(task["annotations"][0]) for task in sorted(tasks, key=lambda task: int(task["id"]))]
    if stored != judged:
        raise SystemExit(f"Label Studio stored something else than was typed: {stored} instead of {judged}")


def _told(annotation: dict[str, Any]) -> list[str]:
    values = [one["value"] for one in annotation["result"]]
    return [word for value in values for word in (*value.get("choices", []), *value.get("text", []))]
