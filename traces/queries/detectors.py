"""What a project says of its detectors, and with what its sessions were read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q

from traces.detectors import AS_IT_COMES, DETECTORS, ELSEWHERE, Choice
from traces.models import DetectorSetting

Choices = Mapping[str, Choice]


def choices_of(project_ids: Iterable[int]) -> dict[int, dict[str, Choice]]:
    """By project and detector's name, what the project says of it now: one query. What nobody set is not among them."""
    found: dict[int, dict[str, Choice]] = {project_id: {} for project_id in project_ids}
    newest = DetectorSetting.objects.filter(project__in=found).order_by().values("project", "detector")
    rows = DetectorSetting.objects.filter(pk__in=newest.annotate(newest=Max("pk")).values("newest"))
    for row in rows:
        found[row.project_id][row.detector] = Choice(frozenset(row.switched_off), row.thresholds)
    return found


def switched_off(project_id: int) -> set[str]:
    """The kinds of signals that the project does not want."""
    return {kind for choice in choices_of([project_id])[project_id].values() for kind in choice.switched_off}


@dataclass
class ChoiceReader:
    """What projects say of their detectors, each asked once; good for seconds."""

    _known: dict[int, dict[str, Choice]] = field(default_factory=dict)

    def of(self, project_id: int) -> dict[str, Choice]:
        """One project's choices, by the detector's name."""
        if project_id not in self._known:
            self._known |= choices_of([project_id])
        return self._known[project_id]


def replaced(choices: Choices, detectors: Iterable[str] = ()) -> Q:
    """The signals that a reading takes away: all that the detectors named write, or all detectors.

    Also those of other apps that the project has switched off, or wants no more because they are too weak: nobody else
    would take these away.
    """
    wanted = set(detectors)
    own = {kind for one in DETECTORS if not wanted or one.name in wanted for kind in one.labels}
    found = Q(kind__in=sorted(own))
    for kind in ELSEWHERE if not wanted else wanted & ELSEWHERE.keys():
        choice = choices.get(kind, AS_IT_COMES)
        if kind in choice.switched_off:
            found |= Q(kind=kind)
        elif choice.least(kind):
            found |= Q(kind=kind, strength__lt=choice.least(kind))
    return found
