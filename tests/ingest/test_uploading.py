"""Uploaded files: kept in pieces, imported once, whoever is killed in between."""

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings as conf
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Project, Role, User
from ingest import importing, uploading
from ingest.actions import keep_upload, remove_upload, retry_upload
from ingest.importing import ImportReport, import_stream
from ingest.importing.putting import put
from ingest.models import BatchState, Upload, UploadChunk
from ingest.uploading import BROKE_OFF, DEADLY, MOST_CLAIMS, has_free_uploads, import_waiting
from tests.builders import client_of, make_member
from tests.counting import count_queries
from tests.races import database_url
from traces.models import AgentSession

SESSIONS = 30


def line(number: int) -> bytes:
    messages = [{"role": "user", "content": f"Question {number}"}, {"role": "assistant", "content": "Answer"}]
    return orjson.dumps({"session": {"id": f"s-{number}"}, "messages": messages}) + b"\n"


def lines() -> bytes:
    return b"".join(map(line, range(SESSIONS)))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten sessions to a transaction."""
    monkeypatch.setattr(importing, "CHUNK", 200)


def test_an_upload_is_kept_in_pieces_and_these_go_when_it_is_imported(project: Project, lead: User) -> None:
    whole = gzip.compress(lines())
    upload = keep_upload(project=project, user=lead, name="a.jsonl.gz", pieces=[whole[:100], whole[100:]])
    assert (upload.size, UploadChunk.objects.count(), has_free_uploads()) == (len(whole), 2, True)

    assert import_waiting()
    upload.refresh_from_db()
    assert (upload.state, upload.report["sessions_added"], upload.bytes_seen) == (BatchState.DONE, SESSIONS, len(whole))
    assert (UploadChunk.objects.count(), AgentSession.objects.count()) == (0, SESSIONS)
    assert not import_waiting()


def test_a_file_that_breaks_off_leaves_nothing(project: Project, lead: User) -> None:
    def broken() -> Iterator[bytes]:
        yield b"{"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        keep_upload(project=project, user=lead, name="a", pieces=broken())
    assert not Upload.objects.exists()


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(client: Client, project: Project, lead: User) -> None:
    client.force_login(lead)
    address = reverse("upload_send", args=[project.slug])
    came: dict[str, Any] = {"wsgi.input": BytesIO(lines()), "CONTENT_LENGTH": str(len(lines()) + 1)}
    response = client.post(address, content_type="application/octet-stream", **came)

    assert (response.status_code, response.json()["message"][:20]) == (400, "The upload broke off")
    assert not Upload.objects.exists()


def test_a_file_whose_receiver_was_killed_fails_with_advice(project: Project, lead: User) -> None:
    past = timezone.now() - timedelta(seconds=1)
    upload = Upload.objects.create(project=project, user=lead, file_name="a", claimed_until=past)
    assert not import_waiting()
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == (BatchState.FAILED, BROKE_OFF)


def test_a_file_that_still_arrives_is_left_alone(project: Project, lead: User) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    upload = Upload.objects.create(project=project, user=lead, file_name="a", claimed_until=soon)
    assert not import_waiting()
    upload.refresh_from_db()
    assert upload.state == BatchState.WAITING


@pytest.mark.usefixtures("small_chunks")
def test_another_worker_goes_on_where_one_died(project: Project, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])
    calls: list[int] = []

    def dying(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise SystemExit
        put(*args)

    monkeypatch.setattr(importing, "put", dying)
    with pytest.raises(SystemExit):
        import_waiting()
    upload.refresh_from_db()
    assert (upload.entries_seen, AgentSession.objects.count()) == (20, 20)
    assert not import_waiting(), "its lease still runs"

    Upload.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert import_waiting()
    upload.refresh_from_db()
    assert (upload.report["sessions_added"], upload.report["sessions_unchanged"]) == (SESSIONS, 0)
    assert (AgentSession.objects.count(), len(calls)) == (SESSIONS, 4)


def test_a_worker_whose_upload_is_removed_stops_at_its_next_step(
    project: Project, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])

    def removed(*args: Any, **named: Any) -> ImportReport:
        remove_upload(upload)
        return import_stream(*args, **named)

    monkeypatch.setattr(uploading, "import_stream", removed)
    assert import_waiting()
    assert (Upload.objects.count(), AgentSession.objects.count()) == (0, 0)


def test_a_worker_that_lost_its_lease_cannot_overwrite_the_next_ones_marks(project: Project, lead: User) -> None:
    upload = keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])
    first = uploading._claim()
    assert first is not None
    Upload.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert uploading._claim() is not None
    with pytest.raises(uploading.TakenAwayError):
        uploading._write(first, entries_seen=99)
    upload.refresh_from_db()
    assert (upload.entries_seen, upload.attempts) == (0, 2)


def test_a_file_that_kills_its_workers_is_given_up(project: Project, lead: User) -> None:
    upload = keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])
    Upload.objects.update(attempts=MOST_CLAIMS, claimed_until=timezone.now() - timedelta(seconds=1))
    import_waiting()
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == (BatchState.FAILED, DEADLY)


def test_a_failed_file_is_tried_again_from_the_start(project: Project, lead: User) -> None:
    upload = keep_upload(project=project, user=lead, name="a.json", pieces=[b"[]"])
    assert import_waiting()
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == (BatchState.FAILED, "The file holds nothing.")
    assert UploadChunk.objects.count() == 1

    assert retry_upload(upload)
    assert not retry_upload(upload), "it has not failed again yet"
    upload.refresh_from_db()
    assert (upload.state, upload.attempts, upload.report) == (BatchState.WAITING, 0, {})


def test_one_file_is_imported_at_a_time(project: Project, lead: User) -> None:
    for name in ("a", "b"):
        keep_upload(project=project, user=lead, name=name, pieces=[line(1)])
    assert uploading._claim() is not None
    assert not has_free_uploads()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_session_is_there_once_after_workers_were_killed(project: Project, lead: User, tmp_path: Path) -> None:
    """Real processes, killed for real after one chunk each; the third finds only the last of the three chunks to do."""
    keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])
    environment = {**os.environ, "DATABASE_URL": database_url(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = [
        subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-m", "tests.ingest.killed_import", after],
            cwd=conf.BASE_DIR,
            env=environment,
            check=False,
            capture_output=True,
        )
        for after in ("1", "1", "9")
    ]
    assert [one.returncode for one in done] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert orjson.loads(done[-1].stdout) == [1, "done", SESSIONS, SESSIONS, 2 * SESSIONS]


def send(
    client: Client, project: Project, body: bytes, name: str = "a.jsonl", **headers: str
) -> tuple[int, dict[str, str]]:
    response = client.post(
        reverse("upload_send", args=[project.slug]),
        body,
        content_type="application/octet-stream",
        headers={"X-File-Name": name, **headers},
    )
    return response.status_code, response.json()


def test_a_file_is_received_with_its_name(lead_client: Client, project: Project) -> None:
    status, told = send(lead_client, project, lines(), "caf%C3%A9%20log.jsonl")
    upload = Upload.objects.get(pk=told["id"])
    assert (status, upload.file_name, upload.size) == (201, "café log.jsonl", len(lines()))


def test_an_empty_or_too_large_file_is_refused_in_words(
    lead_client: Client, project: Project, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    assert send(lead_client, project, b"") == (400, {"message": "The file is empty."})
    status, told = send(lead_client, project, b" " * (1024 * 1024 + 1))
    assert status == 413
    assert told["message"].startswith("The file is larger than 1 MiB, which is the limit here. Compress it")
    assert not Upload.objects.exists()


def test_the_page_shows_the_first_reasons_and_offers_all(lead_client: Client, project: Project, lead: User) -> None:
    keep_upload(project=project, user=lead, name="a.jsonl", pieces=[line(1) + b'{"a": 1}\n' * 300])
    import_waiting()
    upload = Upload.objects.get()
    page = lead_client.get(reverse("upload", args=[project.slug])).content.decode()
    assert ("300 refused" in page, page.count("is in no format that is known here")) == (True, 200)
    text = lead_client.get(reverse("upload_refused", args=[project.slug, upload.pk])).content.decode()
    assert text.splitlines()[-1] == "line 301: is in no format that is known here"
    assert len(text.splitlines()) == 300


def test_reasons_beyond_what_is_kept_are_counted(lead_client: Client, project: Project, lead: User) -> None:
    keep_upload(project=project, user=lead, name="a.jsonl", pieces=[line(1) + b'{"a": 1}\n' * 5010])
    import_waiting()
    upload = Upload.objects.get()
    text = lead_client.get(reverse("upload_refused", args=[project.slug, upload.pk])).content.decode()
    assert text.splitlines()[-1] == "… and 10 more, which were not kept."


def test_the_page_asks_again_only_while_a_file_is_on_its_way(lead_client: Client, project: Project, lead: User) -> None:
    url = reverse("upload", args=[project.slug])
    assert "every 1s" not in lead_client.get(url).content.decode()
    keep_upload(project=project, user=lead, name="a.jsonl", pieces=[lines()])
    assert "every 1s" in lead_client.get(url, headers={"HX-Request": "true"}).content.decode()
    import_waiting()
    assert "every 1s" not in lead_client.get(url).content.decode()


def test_the_page_costs_the_same_with_one_file_and_with_many(lead_client: Client, project: Project, lead: User) -> None:
    url = reverse("upload", args=[project.slug])
    costs = []
    for number in range(15):
        Upload.objects.create(project=project, user=lead, file_name=f"{number}", size=1)
        costs.append(count_queries(lead_client, url))
    assert len(set(costs)) == 1


def test_only_leads_may_upload_and_only_into_their_project(project: Project) -> None:
    client = client_of(make_member(project, Role.REVIEWER))
    assert client.get(reverse("upload", args=[project.slug])).status_code == 404
    response = client.post(reverse("upload_send", args=[project.slug]), b"{}", content_type="text/plain")
    assert (response.status_code, Upload.objects.count()) == (404, 0)
