"""Part of an issue made one of its own, or given to another: what was split stays apart."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts.models import User
from annotate.models import Failure
from clustering.engine.describe import choose_title
from common.errors import Refused
from issues.actions._locking import lock_living
from issues.actions._ringing import place_soon
from issues.deciding import find_sent, make_decision, note, open_issue, teach, transfer
from issues.models import Decision, DecisionKind, EventKind, Issue, Source, lock_project
from issues.proposing import taken_titles
from issues.queries.links import speakers

MOST_STAYERS = 16  # that each side is kept apart from
Pair = tuple[int, int]


@transaction.atomic
def split_issue(
    *,
    issue: Issue,
    failure_ids: Collection[int],
    actor: User | None,
    cause: str = "",
    title: str = "",
    target: Issue | None = None,
    overrule: bool = False,
    client_id: UUID | None = None,
) -> tuple[Issue, Decision]:
    """Takes members out of the issue into `target`, else into a new issue, which without a `title` gets its own.

    Teaches that those who leave and those who stay are different. Raises Refused where nobody would leave or stay, as
    `create_from` does for a title, and naming who said that they belong together.
    """
    if target == issue:
        raise Refused("Choose another issue than the one that is split.", field="issue")
    lock_project(issue.project_id)
    if sent := find_sent(issue.project, DecisionKind.SPLIT, client_id):
        return _other_side(sent), sent
    locked = lock_living(issue.project, [issue, *([target] if target else [])])
    issue = locked[issue.pk]
    leaving, staying = _sides(issue, failure_ids)
    said = f"split of ISS-{issue.number}"
    decision = make_decision(
        issue.project, DecisionKind.SPLIT, actor=actor, cause=cause, client_id=client_id, said=said
    )
    other = locked[target.pk] if target else _new_issue(decision, leaving, title)
    moved = transfer(decision, leaving, other, source=Source.PERSON, told=None)
    note(decision, issue, EventKind.SPLIT_OFF, to=other.number, failures=moved)
    note(decision, other, EventKind.SPLIT_FROM, failures=moved, **{"from": [issue.number]})
    teach(decision, apart=_apart(leaving, staying), moved=moved, overrule=overrule)
    place_soon(issue.project_id)
    return other, decision


def _other_side(decision: Decision) -> Issue:
    """Where those went who left: nobody splits off nothing."""
    return decision.opened.select_related("issue__project").earliest("pk").issue


def _sides(issue: Issue, failure_ids: Collection[int]) -> tuple[list[int], list[int]]:
    """Who leaves and who stays, those who speak for each side first."""
    members = speakers(issue)
    chosen = set(failure_ids)
    leaving, staying = [pk for pk in members if pk in chosen], [pk for pk in members if pk not in chosen]
    if not leaving:
        raise Refused("Choose at least one failure of this issue.", field="failures")
    if not staying:
        raise Refused("At least one failure has to stay: rename the issue, or merge it.", field="failures")
    return leaving, staying


def _new_issue(decision: Decision, leaving: list[int], title: str) -> Issue:
    return open_issue(decision=decision, title=title or _title(decision, leaving), failure_ids=leaving)


def _title(decision: Decision, leaving: list[int]) -> str:
    """What the most central of those who leave says, as a title that nobody has."""
    notes = dict(Failure.objects.filter(pk__in=leaving).values_list("pk", "note"))
    return choose_title([notes[pk] for pk in leaving], [], taken_titles(decision.project))


def _apart(leaving: list[int], staying: list[int]) -> list[Pair]:
    """All who leave with the one who speaks for those who stay, and some of these with the other's speaker."""
    return [(staying[0], failure) for failure in leaving] + [(leaving[0], pk) for pk in staying[:MOST_STAYERS]]
