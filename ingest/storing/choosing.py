"""What a project's own rules do to sessions before they are written: which are kept, and what their steps cost."""

from collections.abc import Iterable, Sequence

from accounts.models import Project
from ingest.models import Intake, ModelPrice, RawBatch, Trace
from ingest.pricing import Price, with_prices
from ingest.records import Contents, ScoreRecord
from ingest.sampling import is_in_sample
from ingest.storing.telemetry import Grown, Story
from traces.models import Score

KEEP = "keep"


def prices_of(project: Project) -> list[Price]:
    """The project's price table: one query."""
    rows = ModelPrice.objects.filter(project=project).order_by("model")
    names = ("model", "usd_in", "usd_out", "usd_cache_read", "usd_cache_write")
    return [Price(*values) for values in rows.values_list(*names)]


def price(project: Project, stories: Iterable[Story]) -> None:
    """Gives their steps what they cost by the project's price table, where their sender does not say."""
    prices = prices_of(project)
    for story in stories if prices else ():
        story.record = with_prices(story.record, prices)


def choose(
    project: Project, stories: Sequence[Story], scores: Iterable[ScoreRecord]
) -> tuple[list[Story], list[Grown]]:
    """The stories of sessions that are kept, and the traces of the others, marked and without their content.

    A session that is stored already stays whole, and so does one that somebody gave a score (`scores`: those that come
    with it), or whose metadata say `"keep": true`. What comes later of a trace that was left out is left out too.
    """
    share = Intake.objects.filter(project=project).values_list("sample_share", flat=True).first()
    if share is None or share >= 1:
        return list(stories), []
    outside = [story for story in stories if not story.row.pk and not _is_chosen(project, story, share)]
    scored = _scored(project, outside) | {name for score in scores for name in (score.external_id, score.trace_id)}
    dropped = [story for story in outside if scored.isdisjoint(_names(story))]
    left_out = [_emptied(grown) for story in dropped for grown in story.grown]
    return [story for story in stories if story not in dropped], left_out


def _is_chosen(project: Project, story: Story, share: float) -> bool:
    metadata = story.record.metadata
    return metadata.get(KEEP) is True or is_in_sample(str(project.pk), story.row.external_id, share)


def _names(story: Story) -> set[str]:
    return {story.row.external_id, *(grown.trace.trace_id for grown in story.grown)}


def _scored(project: Project, stories: Sequence[Story]) -> set[str]:
    """Which of their names a score asks for."""
    names = {name for story in stories for name in _names(story)}
    if not names:
        return set()
    scores = Score.objects.filter(project=project)
    return {
        *scores.filter(external_id__in=names).values_list("external_id", flat=True),
        *scores.filter(trace_id__in=names).values_list("trace_id", flat=True),
    }


def _emptied(grown: Grown) -> Grown:
    grown.trace.session = None
    grown.trace.sampled_out = True
    return Grown(grown.trace, [], grown.is_moved)


def forget_left_out(project: Project, held: Iterable[tuple[RawBatch, Contents]]) -> None:
    """Deletes the batches of which nothing was kept: what is not in the sample is not kept in any form."""
    if not Intake.objects.filter(project=project, sample_share__lt=1).exists():
        return
    for batch, contents in held:
        traces = {span.trace_id for span in contents.spans} | {record.trace_id for record in contents.logs}
        if "" in traces:  # a result that names the answer which it is about is a score, and no part of any trace
            continue
        known = Trace.objects.filter(project=project, trace_id__in=traces)
        if traces and not (contents.sessions or contents.scores or known.filter(sampled_out=False).exists()):
            batch.delete()
