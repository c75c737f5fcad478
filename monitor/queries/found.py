"""What people found: failure types and issues with their share of sessions, and whether reading on still teaches."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Project
from annotate.coverage import Saturation
from annotate.estimation import Share
from annotate.models import Failure, FailureType, Review
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.estimates import Sample, grouped, read_sample, shares_of
from annotate.queries.saturation import saturation
from issues.models import Issue
from issues.queries.shares import issue_saturation
from issues.queries.withholding import standing
from monitor.queries.outcome import Estimated, scale
from monitor.queries.traffic import condition, sessions_of
from monitor.records import Choice

MOST = 8


@dataclass(frozen=True)
class FoundRow:
    """A failure type, or an issue with its `number`: where its name leads, and where its count does."""

    name: str
    share: Share
    url: str
    query: str
    number: int | None = None


@dataclass(frozen=True)
class Found:
    """The most found first, and how many more there are; intervals share the scale from 0 to `most`.

    `reviewed` sessions are those that people judged, whatever they said.
    """

    types: list[FoundRow]
    more_types: int
    issues: list[FoundRow]
    more_issues: int
    most: float
    frame: str
    reviewed: int
    reviewed_query: str
    by_type: Saturation
    by_issue: Saturation

    @property
    def is_empty(self) -> bool:
        return not self.types and not self.issues


def found(project: Project, choice: Choice, sight: Sight = EVERYTHING, *, everything: bool = False) -> Found:
    """What the reader may see of it: the same number of queries, however much was found."""
    within = condition(choice)
    reading = Reading(choice, read_sample(project, within, sight), _reviewed(project, choice, sight))
    types, issues = _types(project, reading), _issues(project, reading)
    most = None if everything else MOST
    shares: list[Estimated] = [row.share for row in [*types[:most], *issues[:most]]]
    return Found(
        types=types[:most],
        more_types=len(types[most:]) if most else 0,
        issues=issues[:most],
        more_issues=len(issues[most:]) if most else 0,
        most=scale(shares),
        frame=reading.sample.frame_in_words,
        reviewed=reading.reviewed,
        reviewed_query=choice.leads_to(judged="any"),
        by_type=saturation(project, within, sight),
        by_issue=issue_saturation(project, within, sight),
    )


def _reviewed(project: Project, choice: Choice, sight: Sight) -> int:
    standing = Review.objects.filter(sight.of(), project=project, withdrawn_at=None)
    return standing.filter(session__in=sessions_of(project, choice)).order_by().values("session").distinct().count()


@dataclass(frozen=True)
class Reading:
    """The chosen days: the sample that shares are estimated from, and how many sessions were reviewed at all."""

    choice: Choice
    sample: Sample
    reviewed: int

    def shares(self, told: QuerySet[Any], label: str, session: str) -> dict[int, Share]:
        """By label, of rows that give it to sessions: the estimate, beside in how many of all reviewed it was found.

        An estimate speaks of the sample's frame, what was found of all the chosen sessions: two queries at most.
        """
        frame = self.sample.frame
        chosen = told.filter(**{f"{session}__in": sessions_of(frame.project, self.choice)})
        found = grouped(chosen.order_by().values_list(label, f"{session}_id").distinct())
        inside = found if frame.is_whole else self._inside(told, label, session)
        shares = shares_of(self.sample, {key: inside.get(key, set()) for key in found})
        return {key: replace(shares[key], found=len(found[key]), reviewed=self.reviewed) for key in found}

    def _inside(self, told: QuerySet[Any], label: str, session: str) -> dict[int, set[int]]:
        within = told.filter(**{f"{session}__in": self.sample.frame.sessions})
        return grouped(within.order_by().values_list(label, f"{session}_id").distinct())


def _types(project: Project, reading: Reading) -> list[FoundRow]:
    standing = Failure.objects.filter(
        reading.sample.sight.of(), project=project, withdrawn_at=None, failure_type__isnull=False
    )
    shares = reading.shares(standing, "failure_type_id", "session")
    names = {pk: one.name for pk, one in FailureType.objects.in_bulk(list(shares)).items()}
    return [
        FoundRow(names[pk], shares[pk], "", reading.choice.leads_to(failure_type=names[pk]))
        for pk in sorted(shares, key=lambda pk: (-shares[pk].found, names[pk]))
    ]


def _issues(project: Project, reading: Reading) -> list[FoundRow]:
    members = standing(reading.sample.sight).filter(issue__project=project)
    shares = reading.shares(members, "issue_id", "failure__session")
    issues = Issue.objects.in_bulk(list(shares))
    return [
        FoundRow(
            issues[pk].title,
            shares[pk],
            reverse("issue_page", args=[project.slug, issues[pk].number]),
            reading.choice.leads_to(issue=issues[pk].number),
            issues[pk].number,
        )
        for pk in sorted(shares, key=lambda pk: (-shares[pk].found, pk))
    ]
