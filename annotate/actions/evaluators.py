"""What leads decide about machines' scores."""

from django.db import transaction

from accounts.models import Project, User
from annotate.models import ThresholdChoice
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.evaluators import Evaluator, EvaluatorRow, evaluators
from common.errors import Refused
from traces.actions import set_meanings
from traces.meanings import Reading

SAME = 1e-9


@transaction.atomic
def use_threshold(
    *, project: Project, lead: User, evaluator: Evaluator, shown: float, sight: Sight = EVERYTHING
) -> ThresholdChoice:
    """Reads the scores of this name by the threshold that serves its evaluator best, and notes who decided it.

    Best by what the lead may see, as their page says. Refused where there is no such threshold any more: people have
    judged since the page was made.
    """
    row = _row(project, evaluator, sight)
    if row is None or row.best is None or row.threshold is None or abs(row.threshold - shown) > SAME:
        raise Refused("People have judged more sessions meanwhile, and the threshold is another. Look at it again.")
    set_meanings(project=project, chosen={evaluator.name: Reading(row.polarity, row.threshold)})
    return ThresholdChoice.objects.create(
        project=project,
        name=evaluator.name,
        middle=row.threshold,
        before=row.middle,
        sessions=row.best.on_all.sessions,
        chosen_by=lead,
    )


def _row(project: Project, wanted: Evaluator, sight: Sight) -> EvaluatorRow | None:
    return next((row for row in evaluators(project, sight).rows if row.evaluator == wanted), None)
