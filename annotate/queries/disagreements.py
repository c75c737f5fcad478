"""Sessions whose reviewers differ, the worst first, and how many of them leads have settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.models import Project, User
from annotate.differences import Difference, difference
from annotate.models import Review
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.twice import Chosen, Twice, read_twice, with_answers
from traces.models import AgentSession


@dataclass(frozen=True)
class Dispute:
    """A session on which reviewers differ; `people` are their ids."""

    session: int
    difference: Difference
    people: tuple[int, ...]


@dataclass(frozen=True)
class Disputes:
    """Those that wait, the worst first, and those that a lead has settled, the newest settlement first.

    `is_cut`: only the newest of very many reviews were compared.
    """

    open: Sequence[Dispute]
    settled: Sequence[Dispute]
    is_cut: bool

    @property
    def total(self) -> int:
        return len(self.open) + len(self.settled)

    def after(self, session: int) -> int | None:
        """The session to settle next: the worst that waits, but for this one."""
        return next((dispute.session for dispute in self.open if dispute.session != session), None)


def read_disputes(
    project: Project, chosen: Chosen | None = None, sight: Sight = EVERYTHING, *, person: User | None = None
) -> Disputes:
    """Six queries, however many sessions differ. With `person`: of the sessions that they judged."""
    twice = with_answers(project, read_twice(project, chosen, sight))
    found = {dispute.session: dispute for dispute in _disputes(twice if person is None else twice.of(person.pk))}
    gold = Review.objects.filter(project=project, is_gold=True, withdrawn_at=None).order_by("-submitted_at", "-pk")
    settled = list(gold.values_list("session_id", flat=True))
    done = set(settled)
    waiting = [dispute for session, dispute in found.items() if session not in done]
    return Disputes(
        # Equals stay in the order of the newest review.
        open=sorted(waiting, key=lambda dispute: (-dispute.difference.kind, -dispute.difference.weight)),
        settled=[found[session] for session in settled if session in found],
        is_cut=twice.is_cut,
    )


def _disputes(twice: Twice) -> list[Dispute]:
    return [
        Dispute(session, found, tuple(said.reviewer for said in told))
        for session, told in twice.sessions.items()
        if (found := difference([said.judgement for said in told]))
    ]


@dataclass(frozen=True)
class DisputeRow:
    """A dispute as the list shows it. `gold` is its settlement, if it is settled."""

    session: AgentSession
    difference: Difference
    people: list[User]
    gold: Review | None


def dispute_rows(disputes: Collection[Dispute]) -> list[DisputeRow]:
    """Three queries for a page of them."""
    keys = [dispute.session for dispute in disputes]
    sessions = AgentSession.objects.only("id", "title", "external_id", "workflow", "release").in_bulk(keys)
    people = User.objects.in_bulk({pk for dispute in disputes for pk in dispute.people})
    golds = Review.objects.filter(session__in=keys, is_gold=True, withdrawn_at=None).select_related("reviewer")
    gold_of = {gold.session_id: gold for gold in golds}
    return [
        DisputeRow(
            session=sessions[dispute.session],
            difference=dispute.difference,
            people=sorted((people[pk] for pk in dispute.people), key=str),
            gold=gold_of.get(dispute.session),
        )
        for dispute in disputes
    ]
