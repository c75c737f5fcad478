"""Sessions over the API. Their URLs belong to ingest, which takes new ones and deletes old ones there."""

from typing import cast

from django.db.models import F, Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey, Project
from common.api import whole_number
from common.errors import Refused
from common.found import found
from traces.filters import SessionFilter
from traces.models import AgentSession, Step
from traces.queries import rows_of
from traces.queries.work import NEWEST_REVIEWS, comments_of_sessions
from traces.serializers import SessionListSerializer, SessionSerializer, SessionSummarySerializer

PAGE_SIZE = 50
LARGEST_PAGE = 200
PAGING = {"cursor", "limit"}
# What needs more than a session's own index: these look at one session after the other, the newest received first.
OUTSIDE_THE_INDEX = {
    *(
        "q",
        "tag",
        "score",
        "feedback",
        "judged",
        "failure_type",
        "placed",
        "issue",
        "queue",
        "work",
        "reviewer",
        "reviewed",
        "said",
        "tool",
        "failing_tool",
        "error_class",
        "known",
    ),
}
LIST_PARAMETERS = [
    OpenApiParameter(
        "q", description="Words in the title, id, last answer or (newest 1,000 of what matches) any step."
    ),
    OpenApiParameter("workflow"),
    OpenApiParameter("release"),
    OpenApiParameter("environment"),
    OpenApiParameter("status", description="errors, clean, signals, ok or error."),
    OpenApiParameter("signal", description="A kind of signal, such as tool_error."),
    OpenApiParameter(
        "judged",
        description="success, failure or unknown: what most of its reviews say. told: success or failure. any, none: "
        "whether there is a review.",
    ),
    OpenApiParameter(
        "failure_type",
        description="A failure type that a person gave to a failure in it, by its present or an earlier name.",
    ),
    OpenApiParameter(
        "placed", description="no: a failure in it, of `failure_type` where that is given, is in no issue."
    ),
    OpenApiParameter("issue", int, description="The number of an issue that it has a confirmed failure of."),
    OpenApiParameter("like_issue", int, description="The number of an issue that it looks like, as a machine sees it."),
    OpenApiParameter("queue", int, description="The id of a queue that it is in, as in the address of its page."),
    OpenApiParameter(
        "work",
        description="How it stands in `queue`, or in any: waiting, overdue (of those that wait), "
        "lead (waiting for a lead), done, aside or removed.",
    ),
    OpenApiParameter("reviewer", description="The e-mail of a person who reviewed it."),
    OpenApiParameter(
        "reviewed",
        description="When: day (the last 24 hours), week (the last 7 days), or newest (among the project’s newest "
        f"{NEWEST_REVIEWS} that were timed). With `reviewer` and `said`, one review has all that is asked for.",
    ),
    OpenApiParameter("said", description="What a review says: success, failure or unknown."),
    OpenApiParameter("tool", description="A tool that it called."),
    OpenApiParameter("failing_tool", description="A tool of which a call failed in it."),
    OpenApiParameter("error_class", description="How a tool failed in it, such as auth, network or schema."),
    OpenApiParameter(
        "known",
        description="user, cost, duration, first_word or tokens; or what is missing: no_user, no_workflow, no_release, "
        "no_model, no_environment, no_tag, no_error_class.",
    ),
    OpenApiParameter("start", description="First day, as 2026-11-02 (UTC)."),
    OpenApiParameter("end", description="Last day, as 2026-11-02 (UTC)."),
    OpenApiParameter("model", description="The model that the session names."),
    OpenApiParameter("user", description="The end user, as the sender names them."),
    OpenApiParameter("tag", description="One of its tags, written exactly so."),
    OpenApiParameter("source", description="The format that it came in, such as openinference."),
    OpenApiParameter("score", description="The name of a score that it or one of its steps has."),
    OpenApiParameter(
        "feedback",
        description="good or bad: what a score on it says, by what the project means by it. "
        "client_good, client_bad: only scores by people. machine_good, machine_bad: only those by models and code. "
        "client_mostly_bad, machine_mostly_bad: more of them say bad than good. "
        "client_mostly, machine_mostly: they are not evenly split.",
    ),
    OpenApiParameter("min_cost", float, description="US dollars, at least."),
    OpenApiParameter("max_cost", float, description="US dollars, at most."),
    OpenApiParameter("min_seconds", float, description="How long it took, at least."),
    OpenApiParameter("max_seconds", float, description="How long it took, at most."),
    OpenApiParameter("cursor", description="`next` of the page before."),
    OpenApiParameter("limit", int, description=f"Sessions per page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} unless told."),
]


def list_sessions(request: Request) -> Response:
    """One page of the project's sessions, newest received first. Raises Refused for what the closed list lacks."""
    _refuse_unknown(request)
    chosen = SessionFilter(request.query_params, AgentSession.objects.filter(project=_project(request)))
    if not chosen.is_valid():
        field, messages = next(iter(chosen.errors.items()))
        raise Refused(str(messages[0]), field=field)
    limit = whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE)
    found = list(_keys(request, chosen)[: limit + 1])
    after = str(found[limit - 1]) if len(found) > limit else None
    rows = rows_of(found[:limit], without=("metadata",))
    context = {"slug": _project(request).slug}
    return Response({"results": SessionSummarySerializer(rows, many=True, context=context).data, "next": after})


def _keys(request: Request, chosen: SessionFilter) -> QuerySet[AgentSession, int]:
    """The keys alone, newest received first.

    Where an index holds all that is filtered, the order is not that of the primary key as it is: a database would
    follow it through the rows themselves, all of them where few match.
    """
    filtered = {name for name in chosen.filters if request.query_params.get(name)}
    received = F("pk") + 0 if filtered and not filtered & OUTSIDE_THE_INDEX else F("pk")
    found = chosen.qs.alias(received=received)
    if "cursor" in request.query_params:
        found = found.filter(received__lt=whole_number(request, "cursor", 0, 2**63 - 1))
    return cast("QuerySet[AgentSession, int]", found.order_by("-received").values_list("pk", flat=True))


def _project(request: Request) -> Project:
    return cast("ApiKey", request.auth).project


def _refuse_unknown(request: Request) -> None:
    known = set(SessionFilter.base_filters) | PAGING
    for name in request.query_params:
        if name not in known:
            raise Refused(f"No such filter. There are: {', '.join(sorted(known))}.", field=name)


# What the view at the list's URL is decorated with.
list_sessions_schema = extend_schema(
    methods=["GET"],
    operation_id="sessions_list",
    summary="List sessions",
    description="Newest received first. What is not in the list of filters is refused.",
    parameters=LIST_PARAMETERS,
    responses=SessionListSerializer,
)


def show_session(request: Request, session_id: int) -> Response:
    """A session with its steps, signals, scores and comments; Http404 where the project has none of this key."""
    steps = Prefetch("steps", Step.objects.order_by("position", "pk"))
    rows = AgentSession.objects.filter(project=_project(request)).prefetch_related(
        steps, "transcript", "signals", "scores", Prefetch("comments", comments_of_sessions())
    )
    session = found(rows.filter(pk=session_id), "No such session.")
    return Response(SessionSerializer(session, context={"slug": _project(request).slug}).data)


# What the view at a session's URL is decorated with: ingest takes sessions away at the same address.
show_session_schema = extend_schema(
    methods=["GET"],
    operation_id="sessions_retrieve",
    summary="One session with its steps",
    responses=SessionSerializer,
)
