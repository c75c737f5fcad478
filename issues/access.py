"""The doors to issues' objects. Each starts from the project; missing and forbidden look the same: Http404."""

from django.http import Http404

from accounts.models import Project, User
from annotate.models import Failure
from common.keys import LARGEST_KEY
from issues.models import Issue, IssueMembership, Proposal


def get_issue(project: Project, number: int) -> Issue:
    """The project's issue of this number; else Http404."""
    issue = Issue.objects.select_related("project", "owner").filter(project=project, number=number).first()
    if issue is None:
        raise Http404("No such issue.")
    return issue


def get_proposal(project: Project, proposal_id: int) -> Proposal:
    """A proposal of this project; else Http404."""
    proposal = Proposal.objects.select_related("project", "issue").filter(project=project, pk=proposal_id).first()
    if proposal is None:
        raise Http404("No such proposal.")
    return proposal


def get_failure(project: Project, failure_id: int) -> Failure:
    """A failure of this project that nobody withdrew; else Http404."""
    found = Failure.objects.select_related("project").filter(project=project, pk=failure_id, withdrawn_at=None)
    failure = found.first()
    if failure is None:
        raise Http404("No such failure.")
    return failure


def get_standing_member(issue: Issue, failure_id: int) -> IssueMembership:
    """The open membership of a failure in this issue; else Http404."""
    found = IssueMembership.objects.select_related("issue").filter(issue=issue, failure_id=failure_id, until=None)
    # Django guards a row's own key against numbers no database holds, but not a foreign one.
    membership = found.first() if failure_id <= LARGEST_KEY else None
    if membership is None:
        raise Http404("No such failure in this issue.")
    return membership


def find_owner(project: Project, user_id: int) -> User | None:
    """A member of the project who may own its issues, or None."""
    if user_id > LARGEST_KEY:
        return None
    return User.objects.filter(pk=user_id, is_active=True, memberships__project=project).first()
