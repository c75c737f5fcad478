"""Files with sessions, sent from a browser: receive them, show how far they are, say what became of each."""

from collections.abc import Iterator
from urllib.parse import unquote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from ingest.access import get_upload
from ingest.actions import keep_upload, remove_upload, retry_upload
from ingest.importing import ImportReport
from ingest.queries.uploads import page_of_uploads
from ingest.receiving import TooLarge

PIECE = 4 * 1024 * 1024
MIB = 1024 * 1024


@member(Role.LEAD)
@require_GET
def upload(request: ProjectRequest) -> HttpResponse:
    """Where files are chosen, and what became of the earlier ones. The list asks for itself while one is on its way."""
    page = page_of_uploads(request.project, request.GET.get("page", "1"))
    context = {
        "section": "connect",
        "page": page,
        "polls": any(row.is_open for row in page.object_list),
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    return render(request, "ingest/upload.html#uploads" if request.htmx else "ingest/upload.html", context)


@member(Role.LEAD)
@require_POST
def upload_send(request: ProjectRequest) -> HttpResponse:
    """One file as the request's body, its name in `X-File-Name` (percent-encoded). Its import follows by itself."""
    name = unquote(request.headers.get("X-File-Name", "")).replace("\x00", "\ufffd").strip()[-200:]
    limit: int = settings.MAX_UPLOAD_BYTES
    size = int(request.headers.get("Content-Length") or 0)
    if not 0 < size <= limit:
        return _refused(413, _too_large(limit)) if size else _refused(400, "The file is empty.")
    try:
        kept = keep_upload(
            project=request.project, user=request.user, name=name or "file", pieces=_pieces(request, size, limit)
        )
    except TooLarge as error:
        return _refused(413, str(error))
    except UnreadablePostError:
        return _refused(400, "The upload broke off. Send the file again.")
    return JsonResponse({"id": kept.pk}, status=201)


def _pieces(request: HttpRequest, promised: int, limit: int) -> Iterator[bytes]:
    size = 0
    while piece := request.read(PIECE):
        size += len(piece)
        if size > limit:
            raise TooLarge(_too_large(limit))
        yield piece
    if size < promised:  # a browser that goes away ends the body as quietly as one that is through
        raise UnreadablePostError


def _too_large(limit: int) -> str:
    return (
        f"The file is larger than {limit // MIB} MiB, which is the limit here. "
        "Compress it (gzip or zip), split it, or import it on the server with manage.py import_sessions."
    )


def _refused(status: int, message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


@member(Role.LEAD)
@require_POST
def upload_retry(request: ProjectRequest, upload_id: int) -> HttpResponse:
    """A file that could not be read is read again."""
    found = get_upload(request.project, upload_id)
    if retry_upload(found):
        messages.success(request, f"{found.file_name} will be read again.")
    return redirect("upload", request.project.slug)


@member(Role.LEAD)
@require_POST
def upload_remove(request: ProjectRequest, upload_id: int) -> HttpResponse:
    """Takes a file off the list, and its import to an end. Sessions that came of it stay."""
    found = get_upload(request.project, upload_id)
    remove_upload(found)
    messages.success(request, f"{found.file_name} is off the list. Sessions that came of it stay.")
    return redirect("upload", request.project.slug)


@member(Role.LEAD)
@require_GET
def upload_refused(request: ProjectRequest, upload_id: int) -> HttpResponse:
    """What of a file was refused, as a text with one reason per line."""
    found = get_upload(request.project, upload_id)
    report = ImportReport.from_json(found.report)
    lines = [str(refusal) for refusal in report.refused]
    left = report.refused_count - len(lines)
    text = "\n".join([*lines, *([f"… and {left} more, which were not kept."] if left > 0 else [])]) + "\n"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.txt"'
    return response
