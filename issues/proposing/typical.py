"""Which members say best what an issue is, and which words."""

from annotate.queries.blind import EVERYTHING, Sight
from clustering.engine.describe import by_centrality, count_words, distinguishing_words
from clustering.queries import current_embeddings, read_embeddings
from issues.models import Issue, IssueMembership
from issues.queries import standing_members
from issues.queries.withholding import standing

READ_FOR_TYPICAL = 200
COMPARED_WITH = 500


def representatives(issue: Issue, most: int = 3, sight: Sight = EVERYTHING) -> list[IssueMembership]:
    """The members that say best what the issue is, no two with the same words; the newest where none has a vector."""
    members = {row.failure_id: row for row in standing_members(issue, sight)[:READ_FOR_TYPICAL]}
    found = read_embeddings(issue.project, list(members))
    texts = [row.text for row in found.rows]
    order = by_centrality(texts, found.vectors) if texts else []
    distinct = {texts[index]: members[found.rows[index].failure_id] for index in reversed(order)}
    return (list(distinct.values())[::-1] or list(members.values()))[:most]


def telling_words(issue: Issue, sight: Sight = EVERYTHING) -> list[str]:
    """The words that many of its newest failures have and few of the project's other newest ones do: two queries."""
    told = current_embeddings().filter(sight.of("failure__session"), project=issue.project_id)
    members = standing(sight).filter(issue=issue).values("failure")
    texts = told.filter(failure__withdrawn_at=None).order_by("-failure_id").values_list("text", flat=True)
    own = list(texts.filter(failure__in=members)[:READ_FOR_TYPICAL])
    every = [*own, *texts.exclude(failure__in=members)[:COMPARED_WITH]] if own else []
    return distinguishing_words(own, count_words(every), len(every)) if own else []
