"""Uploaded files, newest first, with what a page says of each."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from accounts.models import Project
from ingest.models import BatchState, Upload
from ingest.records import Refusal

PER_PAGE = 20
SHOWN = 200
SAID_IN_STEPS_OF = 25


@dataclass(frozen=True)
class UploadRow:
    """One file. `percent` is how far its import has come; `refused` the first reasons."""

    upload: Upload
    percent: int
    refused: list[str]

    @property
    def state(self) -> str:
        """arriving, waiting, importing, done or failed."""
        if self.upload.state != BatchState.WAITING:
            return self.upload.state
        if not self.upload.size:
            return "arriving"
        return "importing" if self.upload.attempts else "waiting"

    @property
    def is_open(self) -> bool:
        return self.upload.state == BatchState.WAITING

    @property
    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.upload.report
        return found

    @property
    def news(self) -> str:
        """What a screen reader is to hear, in steps: not every percent."""
        if self.state == "importing":
            step = self.percent // SAID_IN_STEPS_OF * SAID_IN_STEPS_OF
            return f"{self.upload.file_name}: {step} % read"
        return f"{self.upload.file_name}: {self.state}"


def page_of_uploads(project: Project, number: str) -> Page[UploadRow]:
    """A page of the project's uploads; the last one for a number that is too high, the first for nonsense."""
    uploads = Upload.objects.filter(project=project).select_related("user").order_by("-pk")
    page: Page[Any] = Paginator(uploads, PER_PAGE).get_page(number)
    page.object_list = [_row(upload) for upload in page.object_list]
    return page


def _row(upload: Upload) -> UploadRow:
    refused = [str(Refusal(line, why, name)) for line, name, why in upload.report.get("refused", ())[:SHOWN]]
    percent = min(100, upload.bytes_seen * 100 // upload.size) if upload.size else 0
    return UploadRow(upload, percent, refused)
