"""The database and Python agree on who is in a random sample."""

from accounts.models import Project
from annotate.queries.sample import between, sampled
from annotate.sampling import in_sample, origin_of, spans_of
from tests.builders import make_queue, make_session
from traces.models import AgentSession

GRAINS = 10


def test_sampled_is_what_in_sample_says_also_at_the_edges(project: Project) -> None:
    queue = make_queue(project, drawn_below=0.25)
    origin = origin_of(queue.pk)
    edges = [edge for span in spans_of(queue.pk, 0.25) for edge in span if edge < 1]
    draws = [*(number / GRAINS for number in range(GRAINS)), origin, *edges, (origin + 0.2499) % 1]
    for number, draw in enumerate(draws):
        make_session(project, f"s{number}", draw=draw)

    found = AgentSession.objects.filter(sampled(queue)).values_list("draw", flat=True)
    assert sorted(found) == sorted(draw for draw in draws if in_sample(queue.pk, 0.25, draw))


def test_sampled_is_nobody_before_anybody_was_drawn(project: Project) -> None:
    make_session(project)

    assert not AgentSession.objects.filter(sampled(make_queue(project))).exists()


def test_everybody_is_below_1_whatever_the_queue(project: Project) -> None:
    for number in range(GRAINS):
        make_session(project, f"s{number}", draw=number / GRAINS)

    counts = {AgentSession.objects.filter(between(queue_id, 1.0)).count() for queue_id in range(1, 20)}
    assert counts == {GRAINS}
