"""What leads decide about machines' scores."""

from django.db import transaction

from accounts.models import Project, User
from annotate.models import ThresholdChoice
from annotate.queries.evaluators import Evaluator, EvaluatorRow, evaluators
from common.errors import Refused
from traces.actions import set_meanings
from traces.meanings import Reading

SAME = 1e-9


@transaction.atomic
def use_threshold(*, project: Project, lead: User, name: str, kind: str, author: str, shown: float) -> ThresholdChoice:
    """Reads the scores of this name by the threshold that serves its evaluator best, and notes who decided it.

    Refused where there is no such threshold any more: people have judged since the page was made.
    """
    row = _row(project, Evaluator(name, kind, author))
    if row is None or row.best is None or row.threshold is None or abs(row.threshold - shown) > SAME:
        raise Refused("People have judged more sessions meanwhile, and the threshold is another. Look at it again.")
    set_meanings(project=project, chosen={name: Reading(row.polarity, row.threshold)})
    return ThresholdChoice.objects.create(
        project=project,
        name=name,
        middle=row.threshold,
        before=row.middle,
        sessions=row.best.on_all.sessions,
        chosen_by=lead,
    )


def _row(project: Project, wanted: Evaluator) -> EvaluatorRow | None:
    return next((row for row in evaluators(project).rows if row.evaluator == wanted), None)
