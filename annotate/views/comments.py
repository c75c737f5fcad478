"""What people say to each other about a session: at the session, before the lead, and where one was named."""

import uuid
from dataclasses import dataclass
from http import HTTPStatus

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Membership, Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_comment
from annotate.actions.comments import LONGEST_COMMENT, add_comment, settle_flag, withdraw_comment
from annotate.forms.comments import AnswerForm, CommentForm
from annotate.models import Comment, Mention, Queue
from annotate.queries.blind import sight_of, withheld
from annotate.queries.comments import (
    Remark,
    before_lead,
    comments_of,
    mentions_of,
    notices,
    open_flags,
    people_of,
    remarks_of,
)
from annotate.views import UNPROCESSABLE
from annotate.views.kept import say_taken
from annotate.views.replies import for_its_reviewer
from common.errors import Refused
from traces.access import get_session
from traces.models import AgentSession

ON_A_PAGE = 25


@member(Role.VIEWER)
@require_GET
@never_cache
def session_comments(request: ProjectRequest, session_id: int) -> HttpResponse:
    """What was said of a session and a field to say more, for its page; with `?part=list` only what was said."""
    session = get_session(request.project, session_id)
    return _comments(request, session, part="#list" if "part" in request.GET else "")


def _comments(request: ProjectRequest, session: AgentSession, *, part: str) -> HttpResponse:
    remarks, hidden = comments_of(session, request.membership)
    may_write = request.membership.may(Role.REVIEWER)
    context = {
        "session": session,
        "remarks": remarks,
        "hidden": hidden,
        "may_write": may_write,
        "longest": LONGEST_COMMENT,
        "people": people_of(request.project) if may_write and not part else [],
    }
    return render(request, f"annotate/comments.html{part}", context)


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def comment_add(request: ProjectRequest, session_id: int) -> HttpResponseBase:
    """Takes a remark: `{"comment": its id}`, or 422 with what is wrong at which field."""
    session = get_session(request.project, session_id)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            comment = add_comment(session=session, author=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return JsonResponse({"comment": comment.pk})
    errors = [
        {"field": "" if name == "__all__" else name, "message": str(text)}
        for name, texts in form.errors.items()
        for text in texts
    ]
    return JsonResponse({"errors": errors}, status=UNPROCESSABLE)


@member(Role.REVIEWER)
@require_POST
def comment_withdraw(request: ProjectRequest, session_id: int, comment_id: int) -> HttpResponseBase:
    """Takes back the reader's own remark; what is left of the list."""
    session = get_session(request.project, session_id)
    comment = get_comment(request.project, comment_id, session=session)
    try:
        withdraw_comment(comment=comment, author=request.user)
    except Refused as refusal:
        return HttpResponse(refusal.message, status=UNPROCESSABLE, content_type="text/plain")
    return _comments(request, session, part="#list")


@member(Role.LEAD)
@require_GET
def lead_list(request: ProjectRequest) -> HttpResponseBase:
    """What waits for a lead: questions, and sessions that were skipped too often."""
    return _lead_list(request)


@dataclass(frozen=True)
class Question:
    """A question on its way to an answer: what was written, where it was refused, and why."""

    remark: Remark
    client_id: str
    text: str = ""
    refusal: str = ""


def _page_of_flags(request: ProjectRequest) -> Page[Comment]:
    return Paginator(open_flags(request.membership), ON_A_PAGE).get_page(request.GET.get("page"))


def _lead_list(request: ProjectRequest, refused: Question | None = None) -> HttpResponseBase:
    page = _page_of_flags(request)
    remarks = remarks_of(page.object_list, request.user)
    others = [Question(remark, str(uuid.uuid4())) for remark in remarks if not refused or remark != refused.remark]
    waiting = before_lead(request.project)
    names = Queue.objects.in_bulk(waiting)
    context = {
        "section": "review",
        "page": page,
        "questions": [refused, *others] if refused else others,
        "queues": [(names[queue], number) for queue, number in waiting.items()],
        "sight": sight_of(request.membership),
        "longest": LONGEST_COMMENT,
    }
    return render(request, "annotate/lead_list.html", context, status=UNPROCESSABLE if refused else HTTPStatus.OK)


@member(Role.LEAD)
@require_POST
def flag_settle(request: ProjectRequest, comment_id: int) -> HttpResponseBase:
    """Answers a question, and leads back to those that are left; what is refused stays in its field.

    The page's script puts what comes in the question's own place: what is begun on the others stays.
    """
    flag = get_comment(request.project, comment_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            settle_flag(flag=flag, lead=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
    if form.errors:
        return _asked_again(request, flag, form)
    later = " once their own judgement of the session is in" if _is_blind_to(flag.author, flag.session) else ""
    told = f"Answered. {flag.author} finds it among their mentions{later}."
    if request.htmx:
        context = {"flag": flag, "answered": told, "page": _page_of_flags(request)}
        return render(request, "annotate/lead_list.html#answered", context)
    say_taken(request, told)
    return redirect("lead_list", request.project.slug)


def _asked_again(request: ProjectRequest, flag: Comment, form: AnswerForm) -> HttpResponseBase:
    [remark] = remarks_of([flag], request.user)
    why = " ".join(str(text) for texts in form.errors.values() for text in texts)
    given = request.POST.get("text", "")[:LONGEST_COMMENT]
    refused = Question(remark, str(uuid.uuid4()), text=given, refusal=why)
    if request.htmx:  # it shows nothing of what comes with the status of an error
        context = {"question": refused, "longest": LONGEST_COMMENT}
        return render(request, "annotate/lead_list.html#question", context)
    return _lead_list(request, refused)


def _is_blind_to(person: User, session: AgentSession) -> bool:
    membership = Membership.objects.filter(project=session.project_id, user=person).first()
    return membership is not None and session.pk in withheld(membership, [session.pk])


@member(Role.VIEWER)
@require_GET
@never_cache
def mention_list(request: ProjectRequest) -> HttpResponseBase:
    """Where the reader was named, the newest first. What it shows counts as read from then on."""
    sight = sight_of(request.membership)
    page = Paginator(mentions_of(request.membership, sight), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    context = {
        "section": "review",
        "page": page,
        "notices": notices(shown, request.user),
        "sight": sight,
    }
    unread = [mention.pk for mention in shown if mention.read_at is None]
    Mention.objects.filter(pk__in=unread, read_at=None).update(read_at=timezone.now())
    return render(request, "annotate/mention_list.html", context)
