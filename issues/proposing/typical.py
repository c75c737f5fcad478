"""Which members say best what an issue is."""

from annotate.queries.blind import EVERYTHING, Sight
from clustering.engine.describe import by_centrality
from clustering.queries import read_embeddings
from issues.models import Issue, IssueMembership
from issues.queries import standing_members

READ_FOR_TYPICAL = 200


def representatives(issue: Issue, most: int = 3, sight: Sight = EVERYTHING) -> list[IssueMembership]:
    """The members that say best what the issue is, no two with the same words; the newest where none has a vector."""
    members = {row.failure_id: row for row in standing_members(issue, sight)[:READ_FOR_TYPICAL]}
    found = read_embeddings(issue.project, list(members))
    texts = [row.text for row in found.rows]
    order = by_centrality(texts, found.vectors) if texts else []
    distinct = {texts[index]: members[found.rows[index].failure_id] for index in reversed(order)}
    return (list(distinct.values())[::-1] or list(members.values()))[:most]
