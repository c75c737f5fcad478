"""The map of a project is drawn once there is enough, drawn anew as it grows, and by one worker at a time."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from clustering import mapping
from clustering.embedding import embed_waiting
from clustering.engine.embed import Embedder
from clustering.mapping import Present, draw_waiting, is_due
from clustering.models import Layout
from clustering.queries import read_places
from clustering.tasks import draw
from tests.builders import make_failure, make_review, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(project: Project, lead: User, word_embedder: Embedder) -> list[Failure]:
    review = make_review(make_session(project), lead)
    notes = ("token expired", "token was expired", "looped on search", "looped on the search", "invented a fee")
    failures = [make_failure(review, note) for note in notes]
    embed_waiting()
    return failures


def tell_more(failures: list[Failure], *notes: str) -> list[Failure]:
    more = [make_failure(failures[0].review, note) for note in notes]
    embed_waiting()
    return more


def places(project: Project) -> dict[int, tuple[float, float]]:
    found = read_places(project)
    assert found is not None
    return found[1]


def test_map_is_drawn_from_five_failures_on(project: Project, five: list[Failure]) -> None:
    five[0].embeddings.all().delete()
    Failure.objects.filter(pk=five[0].pk).update(withdrawn_at=timezone.now())
    assert draw_waiting() == 0
    assert read_places(project) is None
    tell_more(five, "lost the cart")
    draw()
    found = places(project)
    assert sorted(found) == sorted(set(Failure.objects.filter(withdrawn_at=None).values_list("pk", flat=True)))
    assert max(abs(value) for place in found.values() for value in place) == 1


def test_second_look_draws_nothing(project: Project, five: list[Failure]) -> None:
    assert (draw_waiting(), draw_waiting()) == (1, 0)
    layout = Layout.objects.get(project=project)
    assert (layout.size, layout.began_at) == (len(five), None)
    assert layout.drawn_at is not None


def test_what_grew_is_drawn_anew(project: Project, five: list[Failure]) -> None:
    draw_waiting()
    Layout.objects.update(seconds=0)
    [more] = tell_more(five, "lost the cart")
    assert draw_waiting() == 1
    assert more.pk in places(project)


def test_alike_notes_lie_closer_than_others(project: Project, five: list[Failure]) -> None:
    draw_waiting()
    found = places(project)
    token, same, loop = (np.array(found[five[place].pk]) for place in (0, 1, 2))
    assert np.linalg.norm(token - same) < np.linalg.norm(token - loop)


@pytest.mark.parametrize(
    ("drawn", "present", "minutes", "due"),
    [
        ({"size": 100}, 100, 90, False),  # the same as it was
        ({"size": 100}, 105, 1, False),  # a little more, just now
        ({"size": 100}, 105, 61, True),  # a little more, an hour ago
        ({"size": 100}, 110, 1, True),  # a tenth more
        ({"size": 100, "seconds": 30}, 150, 9, False),  # much more, but it takes half a minute
        ({"size": 100, "seconds": 30}, 150, 11, True),
        ({"size": 100}, 90, 1, False),  # fewer
        ({"size": 100}, 90, 61, True),
    ],
)
def test_when_it_is_due(drawn: dict[str, Any], present: int, minutes: int, due: bool) -> None:  # noqa: FBT001  # a table
    now = timezone.now()
    layout = Layout(drawn_at=now - timedelta(minutes=minutes), source=str(drawn["size"]), **drawn)
    assert is_due(layout, Present(1, present, str(present)), now) is due


def test_two_workers_do_not_draw_the_same(project: Project, five: list[Failure]) -> None:
    Layout.objects.create(project=project, began_at=timezone.now())
    assert draw_waiting() == 0
    Layout.objects.update(began_at=timezone.now() - mapping.LEASE - timedelta(seconds=1))
    assert draw_waiting() == 1


def test_who_was_overtaken_writes_nothing(
    project: Project, five: list[Failure], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(contents: list[str], vectors: Any) -> Any:
        Layout.objects.update(began_at=timezone.now())
        return np.zeros((len(contents), 2), dtype=np.float32)

    monkeypatch.setattr(mapping, "lay_out", slow)
    draw_waiting()
    assert Layout.objects.get(project=project).drawn_at is None


def test_map_that_cannot_be_drawn_keeps_no_other_waiting(
    project: Project, five: list[Failure], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mapping, "lay_out", lambda *_: 1 / 0)
    assert draw_waiting() == 0
    assert f"The map of project {project.pk} could not be drawn." in caplog.text


def test_embeddings_of_another_model_make_no_map(project: Project, five: list[Failure], settings: Any) -> None:
    settings.EMBEDDING_MODEL = "another"
    assert draw_waiting() == 0
