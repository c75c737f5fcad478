"""`manage.py check_consistency` sees each thing broken on purpose, and mends what needs nobody's decision."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import Failure
from annotate.queries.blind import Sight
from issues import actions
from issues.consistency import findings
from issues.models import Constraint, ConstraintKind, Decision, DecisionKind, Issue, IssueMembership, Source
from issues.queries import counted_issues
from tests.builders import make_member, make_project
from tests.issues.makers import make_issue, make_told
from traces.models import AgentSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def failures(project: Project, lead: User) -> list[Failure]:
    return [make_told(project, lead, f"failure {number}") for number in range(4)]


@pytest.fixture
def issue(project: Project, lead: User, failures: list[Failure]) -> Issue:
    """The first two failures."""
    ids = [failure.pk for failure in failures[:2]]
    return actions.create_from(project=project, failure_ids=ids, title="Claims refunds", actor=lead)[0]


@pytest.fixture
def other(lead: User, failures: list[Failure]) -> Issue:
    """The third one."""
    return make_issue(failures[2], lead, "Loops")


@pytest.fixture
def foreign() -> Failure:
    project = make_project("umbrella")
    return make_told(project, make_member(project, Role.LEAD, "else@example.com"), "theirs")


def words(project: Project) -> list[str]:
    return [finding.words for finding in findings(project)]


def check(*, repair: bool = False) -> tuple[list[str], str]:
    """What the command says, line by line, and how it ends: "" for well."""
    out = StringIO()
    try:
        call_command("check_consistency", *(["--repair"] if repair else []), stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), f"{error} ({error.returncode})"
    return out.getvalue().splitlines(), ""


def expect_mended(project: Project, *wanted: str) -> None:
    """Dry, each is said and nothing changes; repaired, each is said to be mended, and then nothing is wrong."""
    lines = [f"{project.slug}: {line}" for line in wanted]
    ending = f"{len(lines)} thing{' is' if len(lines) == 1 else 's are'} wrong. (1)"
    assert check() == (lines, ending)
    assert check() == (lines, ending)
    mended, ending = check(repair=True)
    assert [line for line in mended if line.endswith("Mended.")] == [f"{line} Mended." for line in lines]
    assert ending == ""
    assert check() == (["Everything fits together."], "")


def expect_told(project: Project, *wanted: str) -> None:
    """Each is said, and repairing leaves it to people."""
    lines = [f"{project.slug}: {line}" for line in wanted]
    for repair in (False, True):
        said, ending = check(repair=repair)
        assert said == lines
        assert ending.startswith(str(len(lines)))


def allow(index: str, table: str = "", check: str = "") -> None:
    """Takes a constraint away for this test: no bug could break it while it stands, but a restored backup can."""
    connection.check_constraints()  # PostgreSQL alters no table while checks of its rows are pending
    with connection.cursor() as cursor:
        if index:
            cursor.execute(f"DROP INDEX {index}")
        elif connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")


def place(issue: Issue, failure: Failure, **fields: object) -> IssueMembership:
    row = {"source": Source.MATCH, "since": timezone.now(), **fields}
    return IssueMembership.objects.create(issue=issue, failure=failure, **row)


def last_decision(project: Project) -> Decision:
    found = Decision.objects.filter(project=project).order_by("pk").last()
    assert found is not None
    return found


def test_what_people_do_fits_together(project: Project, lead: User, issue: Issue, other: Issue) -> None:
    actions.merge_issues(into=issue, others=[other], actor=lead)
    decision = last_decision(project)
    actions.undo(decision=decision, actor=lead)
    assert words(project) == []
    assert check() == (["Everything fits together."], "")


def test_failure_with_two_open_memberships_stays_where_a_person_put_it(
    project: Project, issue: Issue, other: Issue, failures: list[Failure]
) -> None:
    allow("issuemembership_one_open")
    place(other, failures[0])
    expect_mended(project, f"Failure {failures[0].pk} has 2 open memberships.")
    assert IssueMembership.objects.get(failure=failures[0], until=None).issue == issue
    decision = last_decision(project)
    assert (decision.kind, decision.cause, decision.actor) == (DecisionKind.DETACH, "check_consistency", None)
    assert other.events.filter(decision=decision).get().detail["failures"] == [failures[0].pk]


def test_two_open_memberships_in_one_issue_count_once(project: Project, issue: Issue, failures: list[Failure]) -> None:
    allow("issuemembership_one_open")
    place(issue, failures[0])
    expected = [
        f"Failure {failures[0].pk} has 2 open memberships.",
        f"ISS-{issue.number}: failures is shown as 3, but its memberships say 2.",
    ]
    assert words(project) == expected
    assert check(repair=True)[1] == ""
    assert words(project) == []


def test_failure_of_another_project_leaves(project: Project, issue: Issue, foreign: Failure) -> None:
    place(issue, foreign)
    expect_mended(project, f"ISS-{issue.number}: its failure {foreign.pk} is of another project.")
    assert not IssueMembership.objects.filter(failure=foreign, until=None).exists()


def test_history_with_a_failure_of_another_project_is_told(project: Project, issue: Issue, foreign: Failure) -> None:
    place(issue, foreign, until=timezone.now() + timedelta(seconds=1))
    expect_told(project, f"ISS-{issue.number}: its failure {foreign.pk} is of another project.")


def test_members_of_a_merged_issue_follow_its_number(
    project: Project, lead: User, issue: Issue, other: Issue, failures: list[Failure]
) -> None:
    actions.merge_issues(into=issue, others=[other], actor=lead)
    place(other, failures[3])
    expect_mended(project, f"ISS-{other.number} was merged and holds failures.")
    assert IssueMembership.objects.get(failure=failures[3], until=None).issue == issue
    assert last_decision(project).kind == DecisionKind.MOVE


def test_members_of_an_issue_that_was_taken_back_wait_again(
    project: Project, issue: Issue, failures: list[Failure]
) -> None:
    Issue.objects.filter(pk=issue.pk).update(withdrawn_at=timezone.now())
    expect_mended(project, f"ISS-{issue.number} was taken back and holds failures.")
    assert not IssueMembership.objects.filter(until=None).exists()


def test_circle_of_redirects_is_told(project: Project, lead: User, issue: Issue, other: Issue) -> None:
    actions.merge_issues(into=issue, others=[other], actor=lead)
    IssueMembership.objects.all().delete()
    Constraint.objects.all().delete()
    Issue.objects.filter(pk=issue.pk).update(state="merged", merged_into=other)
    first, second = f"ISS-{issue.number}", f"ISS-{other.number}"
    circle = "leads round in a circle:"
    expect_told(
        project,
        f"{first} {circle} {first} to {second} to {first}.",
        f"{second} {circle} {second} to {first} to {second}.",
    )


def test_members_of_a_circle_stay_for_people_to_place(project: Project, lead: User, issue: Issue, other: Issue) -> None:
    actions.merge_issues(into=issue, others=[other], actor=lead)
    Issue.objects.filter(pk=issue.pk).update(state="merged", merged_into=other)
    assert f"ISS-{issue.number} was merged and holds failures." in words(project)
    assert check(repair=True)[1] == "3 things are wrong. (1)"


def test_redirect_to_what_was_taken_back_is_told(project: Project, lead: User, issue: Issue, other: Issue) -> None:
    actions.merge_issues(into=issue, others=[other], actor=lead)
    IssueMembership.objects.all().delete()
    Constraint.objects.all().delete()
    Issue.objects.filter(pk=issue.pk).update(withdrawn_at=timezone.now())
    expect_told(project, f"ISS-{other.number} leads to ISS-{issue.number}, which was taken back.")


def test_redirect_to_another_project_is_told(project: Project, issue: Issue, foreign: Failure) -> None:
    theirs = make_issue(foreign, foreign.review.reviewer, "Theirs")
    IssueMembership.objects.filter(issue=issue).delete()
    Issue.objects.filter(pk=issue.pk).update(state="merged", merged_into=theirs)
    expect_told(project, f"ISS-{issue.number} leads to an issue of another project.")


def test_merged_issue_that_leads_nowhere_is_told(project: Project, issue: Issue) -> None:
    IssueMembership.objects.all().delete()
    allow("", "issues_issue", "issue_merged_leads_somewhere")
    try:
        Issue.objects.filter(pk=issue.pk).update(state="merged")
        expect_told(project, f"ISS-{issue.number} is called merged, but its number leads nowhere.")
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def make_constraint(kind: ConstraintKind, one: Failure, two: Failure, decision: Decision) -> Constraint:
    first, second = sorted([one, two], key=lambda failure: failure.pk)
    return Constraint.objects.create(
        project=decision.project, kind=kind, first=first, second=second, taught_by=decision
    )


def said(row: Constraint, lead: User) -> str:
    return f"Constraint {row.pk} ({row}, {lead} said)"


@pytest.mark.usefixtures("issue")
def test_broken_constraint_of_two_that_people_placed_is_told(
    project: Project, lead: User, failures: list[Failure]
) -> None:
    row = make_constraint(ConstraintKind.APART, failures[0], failures[1], last_decision(project))
    expect_told(project, f"{said(row, lead)} is broken by where the two are.")


@pytest.mark.parametrize("kind", ConstraintKind)
def test_machine_placed_failure_that_breaks_a_constraint_waits_again(
    project: Project, lead: User, issue: Issue, other: Issue, failures: list[Failure], kind: ConstraintKind
) -> None:
    place(issue if kind == ConstraintKind.APART else other, failures[3])
    row = make_constraint(kind, failures[0], failures[3], last_decision(project))
    expect_mended(project, f"{said(row, lead)} is broken by where the two are.")
    assert not IssueMembership.objects.filter(failure=failures[3], until=None).exists()


def test_constraints_against_each_other_are_told(project: Project, lead: User, failures: list[Failure]) -> None:
    decision = Decision.objects.create(project=project, kind=DecisionKind.MOVE, actor=lead)
    one = make_constraint(ConstraintKind.TOGETHER, failures[0], failures[1], decision)
    two = make_constraint(ConstraintKind.TOGETHER, failures[1], failures[2], decision)
    three = make_constraint(ConstraintKind.APART, failures[0], failures[2], decision)
    pair = f"{failures[0].pk} and {failures[2].pk}"
    expect_told(project, f"Constraint {three.pk} ({pair}) contradicts {one.pk}, {two.pk}.")


def test_constraint_about_another_project_is_told(
    project: Project, lead: User, failures: list[Failure], foreign: Failure
) -> None:
    decision = Decision.objects.create(project=project, kind=DecisionKind.MOVE, actor=lead)
    row = make_constraint(ConstraintKind.APART, failures[0], foreign, decision)
    elsewhere = Decision.objects.create(project=foreign.project, kind=DecisionKind.MOVE)
    ended = make_constraint(ConstraintKind.APART, failures[0], failures[1], decision)
    Constraint.objects.filter(pk=ended.pk).update(ended_by=elsewhere)
    expect_told(
        project,
        f"{said(row, lead)} names a failure of another project.",
        f"{said(ended, lead)} was taught or ended by a decision of another project.",
    )


def test_constraint_whose_teaching_was_undone_ends(project: Project, lead: User, failures: list[Failure]) -> None:
    decision = Decision.objects.create(project=project, kind=DecisionKind.MOVE, actor=lead)
    row = make_constraint(ConstraintKind.APART, failures[0], failures[1], decision)
    undo = Decision.objects.create(project=project, kind=DecisionKind.UNDO, undoes=decision)
    expect_mended(project, f"{said(row, lead)} stands, although what taught it was undone.")
    row.refresh_from_db()
    assert row.ended_by == undo


def membership(issue: Issue, failure: Failure) -> tuple[IssueMembership, str]:
    """The row, and how it is called."""
    row = IssueMembership.objects.get(issue=issue, failure=failure)
    return row, f"ISS-{issue.number}: the membership {row.pk} of failure {failure.pk}"


def test_open_row_that_a_decision_ended_ends_when_that_was(
    project: Project, issue: Issue, failures: list[Failure]
) -> None:
    row, name = membership(issue, failures[0])
    decision = Decision.objects.create(project=project, kind=DecisionKind.DETACH)
    IssueMembership.objects.filter(pk=row.pk).update(closed_by=decision)
    expect_mended(project, f"{name} is open, although decision {decision.pk} ended it.")
    row.refresh_from_db()
    assert row.until == decision.created_at


def test_open_row_whose_beginning_was_undone_ends(project: Project, issue: Issue, failures: list[Failure]) -> None:
    row, name = membership(issue, failures[0])
    made = last_decision(project)
    undo = Decision.objects.create(project=project, kind=DecisionKind.UNDO, undoes=made)
    IssueMembership.objects.exclude(pk=row.pk).delete()
    expect_mended(project, f"{name} is open, although decision {made.pk}, which began it, was undone.")
    row.refresh_from_db()
    assert row.closed_by == undo


def test_rows_against_their_decisions_are_told(
    project: Project, issue: Issue, foreign: Failure, failures: list[Failure]
) -> None:
    now = timezone.now()
    elsewhere = Decision.objects.create(project=foreign.project, kind=DecisionKind.MOVE)
    begun, name = membership(issue, failures[0])
    ended, other_name = membership(issue, failures[1])
    early, later = (Decision.objects.create(project=project, kind=DecisionKind.MOVE) for _ in range(2))
    IssueMembership.objects.filter(pk=begun.pk).update(opened_by=elsewhere)
    IssueMembership.objects.filter(pk=ended.pk).update(closed_by=elsewhere, until=now)
    backwards = place(issue, failures[2], opened_by=later, closed_by=early, since=now, until=now - timedelta(days=1))
    last_name = f"ISS-{issue.number}: the membership {backwards.pk} of failure {failures[2].pk}"
    expect_told(
        project,
        f"{name} was begun by a decision of another project.",
        f"{other_name} was ended by a decision of another project.",
        f"{last_name} was ended by an earlier decision than began it.",
        f"{last_name} ends before it begins.",
    )


def test_decisions_across_projects_are_told(project: Project, issue: Issue, foreign: Failure) -> None:
    elsewhere = Decision.objects.create(project=foreign.project, kind=DecisionKind.MOVE)
    undo = Decision.objects.create(project=project, kind=DecisionKind.UNDO, undoes=elsewhere)
    Issue.objects.filter(pk=issue.pk).update(made_by=elsewhere)
    expect_told(
        project,
        f"Decision {undo.pk} undoes one of another project.",
        f"ISS-{issue.number} was made by a decision of another project.",
    )


def test_counts_that_a_query_gets_wrong_are_told(
    project: Project, issue: Issue, failures: list[Failure], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden: Any = AgentSession.objects.filter(pk=failures[0].session_id).values("pk")
    unseen = Sight(hidden)
    monkeypatch.setattr("issues.consistency.numbers.counted_issues", lambda of: counted_issues(of, unseen))
    shown = f"ISS-{issue.number}: {{}} is shown as 1, but its memberships say 2."
    assert words(project) == [shown.format(what) for what in ("failures", "sessions", "users")]


def test_one_project_is_checked_where_one_is_named(project: Project, issue: Issue, foreign: Failure) -> None:
    Issue.objects.filter(pk=issue.pk).update(withdrawn_at=timezone.now())
    out = StringIO()
    call_command("check_consistency", "--project", foreign.project.slug, stdout=out)
    assert out.getvalue() == "Everything fits together.\n"
    with pytest.raises(CommandError, match="There is no project 'nobody'"):
        call_command("check_consistency", "--project", "nobody")


def test_rows_are_read_in_slices(project: Project, lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.consistency.finding.SLICE", 2)
    for number in range(5):
        made = make_issue(make_told(project, lead, f"note {number}"), lead, f"Issue {number}")
        Issue.objects.filter(pk=made.pk).update(withdrawn_at=timezone.now())
    assert len(words(project)) == 5
    assert check(repair=True)[1] == ""
