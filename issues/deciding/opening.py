"""What every new issue gets: a number, a title of its own, a severity."""

from collections import Counter
from collections.abc import Collection

from django.db.models import Max, QuerySet

from accounts.models import Project
from annotate.models import Failure, Severity
from common.errors import Refused
from issues.deciding.changing import note
from issues.lifecycle import State
from issues.lifecycle.severities import usual
from issues.models import Decision, EventKind, Issue, Proposal, ProposalState, titled

TITLE_LENGTH = 200


def open_issue(
    *,
    decision: Decision,
    title: str,
    failure_ids: Collection[int],
    state: State = State.NEW,
    instead_of: Proposal | None = None,
) -> Issue:
    """A new issue of the decision's project, without members yet; `failure_ids` say how severe it is.

    The project is locked, which makes numbers and titles safe: of two who create at once, one waits. Raises Refused
    for a title that another issue or open proposal has; `instead_of` is the proposal that becomes this issue. A
    decision that was not called anything yet is called the making of the issue.
    """
    project = decision.project
    checked = check_title(project, title, Issue.objects.none(), instead_of)
    highest = Issue.objects.filter(project=project).aggregate(highest=Max("number"))["highest"] or 0
    issue = Issue.objects.create(
        project=project,
        number=highest + 1,
        title=checked,
        state=state,
        severity=_usual_severity(project, failure_ids),
        made_by=decision,
    )
    decision.detail["said"] = decision.detail.get("said") or f"making of ISS-{issue.number}"
    decision.save(update_fields=["detail"])
    note(decision, issue, EventKind.CREATED, title=checked)
    return issue


def _usual_severity(project: Project, failure_ids: Collection[int]) -> str:
    """The severity most members have; of equally common ones the worse."""
    told = Failure.objects.filter(project=project, pk__in=failure_ids)
    counts = Counter(told.values_list("severity", flat=True))
    return usual(counts, Severity.values) if counts else Severity.MEDIUM


def check_title(project: Project, title: str, but: QuerySet[Issue], instead_of: Proposal | None = None) -> str:
    """The title without needless spaces. Raises Refused where it is empty, too long or somebody else's."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise Refused("An issue needs a title.", field="title")
    if len(cleaned) > TITLE_LENGTH:
        raise Refused(f"Keep the title under {TITLE_LENGTH} characters.", field="title")
    named = Issue.objects.kept().filter(titled(cleaned), project=project)
    same = named.exclude(pk__in=but.values("pk")).first()
    if same is not None:
        raise Refused(f"ISS-{same.number} already has this title. Attach to it, or choose other words.", field="title")
    others = Proposal.objects.filter(titled(cleaned), project=project, state=ProposalState.OPEN)
    if others.exclude(pk=instead_of.pk if instead_of else 0).exists():
        raise Refused("Another open proposal has this title. Decide on it first.", field="title")
    return cleaned
