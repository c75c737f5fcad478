"""The doors to issues' objects. Each starts from the project; missing and forbidden look the same: Http404."""

import re
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Project, User
from annotate.models import Failure
from common.found import found
from common.keys import LARGEST_KEY, is_key
from issues.models import Decision, Issue, IssueComment, IssueMembership, Proposal, Release

LARGEST_NUMBER = 2**31 - 1
NUMBERED = re.compile(r"ISS-(\d+)(?:\s|$)|(\d+)$", re.ASCII | re.IGNORECASE)


def get_issue(project: Project, number: int) -> Issue:
    """The project's issue of this number; else Http404."""
    return found(
        Issue.objects.select_related("project", "owner").filter(project=project, number=number), "No such issue."
    )


def find_issue(issues: QuerySet[Issue], named: str) -> Issue | None:
    """The one of the issues that somebody means by its number (see `number_in`) or its title."""
    number = number_in(named)
    by = Q(title__iexact=" ".join(named.split())) if number is None else Q(number=number)
    return issues.filter(by).first()


def number_in(named: str) -> int | None:
    """The number in `4`, `ISS-4` or `ISS-4` with words behind it; None in anything else."""
    told = NUMBERED.match(named.strip())
    number = next(filter(None, told.groups())) if told else ""
    return int(number) if is_key(number) and int(number) <= LARGEST_NUMBER else None


def find_sent_before(project: Project, client_id: str) -> Decision | None:
    """The decision that a form with this id made when it was sent before; None also where this is no id."""
    try:
        return Decision.objects.filter(project=project, client_id=UUID(client_id)).first()
    except ValueError:
        return None


def get_proposal(project: Project, proposal_id: int) -> Proposal:
    """A proposal of this project; else Http404."""
    return found(
        Proposal.objects.select_related("project", "issue").filter(project=project, pk=proposal_id), "No such proposal."
    )


def get_decision(project: Project, decision_id: int) -> Decision:
    """A decision of this project; else Http404."""
    return found(
        Decision.objects.select_related("project", "actor").filter(project=project, pk=decision_id), "No such decision."
    )


def get_failure(project: Project, failure_id: int) -> Failure:
    """A failure of this project that nobody withdrew; else Http404."""
    standing = Failure.objects.select_related("project").filter(project=project, pk=failure_id, withdrawn_at=None)
    return found(standing, "No such failure.")


def get_standing_member(issue: Issue, failure_id: int) -> IssueMembership:
    """The open membership of a failure in this issue; else Http404."""
    # Django guards a row's own key against numbers no database holds, but not a foreign one.
    if failure_id > LARGEST_KEY:
        raise Http404("No such failure in this issue.")
    members = IssueMembership.objects.select_related("issue").filter(issue=issue, failure_id=failure_id, until=None)
    return found(members, "No such failure in this issue.")


def get_remark(issue: Issue, remark_id: int) -> IssueComment:
    """What somebody said about this issue and did not take back; else Http404."""
    return found(IssueComment.objects.filter(issue=issue, pk=remark_id, withdrawn_at=None), "No such remark.")


def get_release(project: Project, release_id: int) -> Release:
    """A release of this project; else Http404."""
    return found(Release.objects.select_related("project").filter(project=project, pk=release_id), "No such release.")


def possible_owners(project: Project) -> QuerySet[User]:
    """The members of the project who may own its issues, by name."""
    return User.objects.filter(is_active=True, memberships__project=project).order_by("name", "email")


def find_owner(project: Project, user_id: int) -> User | None:
    """A member of the project who may own its issues, or None."""
    return None if user_id > LARGEST_KEY else possible_owners(project).filter(pk=user_id).first()
