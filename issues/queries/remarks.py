"""What people said about issues, who follows them, and what to do about their types of failure."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.safestring import SafeString

from accounts.models import User
from annotate.models import FailureType
from annotate.queries.blind import Sight
from common.markdown import render_markdown
from issues.models import Issue, IssueComment, TypeRunbook, Watcher
from issues.queries.withholding import standing


@dataclass(frozen=True)
class Remark:
    """A comment on an issue as it is shown."""

    comment: IssueComment
    is_mine: bool

    @property
    def html(self) -> SafeString:
        return render_markdown(self.comment.text)


@dataclass(frozen=True)
class Runbook:
    """What to do about a type of failure."""

    failure_type: FailureType
    text: str

    @property
    def html(self) -> SafeString:
        return render_markdown(self.text)


def remarks_on(issue: Issue, reader: User, sight: Sight) -> list[Remark]:
    """What was said about an issue, the oldest first; only the reader's own while anything is withheld from them.

    A remark may speak of any failure. That it is shown must not tell whether one of those that they are still to judge
    is in the issue: so what decides is not the issue.
    """
    theirs = Q(author=reader) if sight.is_partial else Q()
    found = IssueComment.objects.filter(theirs, issue=issue, withdrawn_at=None).select_related("author")
    return [Remark(row, row.author_id == reader.pk) for row in found.order_by("created_at", "pk")]


def watchers_of(issue: Issue) -> list[User]:
    """Who follows an issue and still belongs to its project, by name."""
    watching = Watcher.objects.filter(issue=issue).values("user")
    found = User.objects.filter(pk__in=watching, is_active=True, memberships__project=issue.project_id)
    return list(found.order_by("name", "email"))


def runbooks_of(issue: Issue, sight: Sight) -> list[Runbook]:
    """What to do about the types of the issue's failures, as far as the reader may see these; by name."""
    types = standing(sight).filter(issue=issue, failure__failure_type__isnull=False).values("failure__failure_type")
    newest: dict[FailureType, str] = {}
    rows = TypeRunbook.objects.filter(failure_type__in=types).select_related("failure_type")
    for row in rows.order_by("failure_type__name", "pk"):
        newest[row.failure_type] = row.text
    return [Runbook(kind, text) for kind, text in newest.items() if text]


def runbook_of_type(failure_type: FailureType) -> str:
    """What to do about failures of this type; empty where nobody wrote it."""
    newest = TypeRunbook.objects.filter(failure_type=failure_type).order_by("-pk")
    return newest.values_list("text", flat=True).first() or ""
