"""Which failures get a vector, of which words, and when a new one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from clustering.embedding import embed_waiting
from clustering.engine.embed import Embedder, from_bytes, get_embedder
from clustering.engine.mask import TEXT_VERSION
from clustering.models import EmbedderFault, Embedding
from clustering.queries import find_fault, read_embeddings, waiting_for_embedding
from clustering.tasks import sweep
from tests.builders import make_failure, make_failure_type, make_review, make_session, make_steps, make_talk
from tests.clustering.fakes import BrokenEmbedder
from tests.clustering.tiny import DIMENSIONS, make_tiny_model
from traces.models import StepKind


@pytest.fixture
def failure(project: Project, lead: User) -> Failure:
    session = make_session(project)
    make_talk(session)
    return make_failure(make_review(session, lead), failure_type=make_failure_type(project))


def texts() -> list[str]:
    return list(Embedding.objects.order_by("failure_id").values_list("text", flat=True))


def test_a_failure_gets_one_vector_of_its_note(failure: Failure, word_embedder: Embedder) -> None:
    assert (embed_waiting(), embed_waiting()) == (1, 0)
    assert texts() == ["Claimed a refund that failed."]


def test_a_withdrawn_failure_is_not_embedded(failure: Failure, word_embedder: Embedder) -> None:
    Failure.objects.update(withdrawn_at=timezone.now())
    assert (embed_waiting(), texts()) == (0, [])


def test_an_edited_failure_is_embedded_again_in_its_place(failure: Failure, word_embedder: Embedder) -> None:
    embed_waiting()
    Failure.objects.update(note="Looped on search again.", updated_at=failure.updated_at + timedelta(seconds=1))
    assert (embed_waiting(), texts()) == (1, ["Looped on search again."])


def test_more_than_a_batch_is_embedded_in_batches(
    failure: Failure, word_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clustering.embedding.BATCH", 2)
    for number in range(4):
        make_failure(failure.review, note=f"Another way to fail {'again ' * number}")
    assert (embed_waiting(), waiting_for_embedding().count()) == (5, 0)


def test_a_thin_note_is_helped_by_its_root_step(failure: Failure, word_embedder: Embedder) -> None:
    Failure.objects.update(note="Bad call", failure_type=None)
    embed_waiting()
    assert texts() == ["Bad call (tool refund)"]


def test_names_in_the_sessions_calls_are_masked(project: Project, lead: User, word_embedder: Embedder) -> None:
    session = make_session(project)
    arguments = '{"customer": {"name": "Mia Lopez"}, "reason": "late"}'
    make_steps(session, (StepKind.TOOL, {"name": "find", "arguments": arguments}), (StepKind.TOOL, {"arguments": "{"}))
    make_failure(make_review(session, lead), note="Refunded Mia Lopez although it was not late")
    embed_waiting()
    assert texts() == ["Refunded name although it was not late"]


def test_a_broken_model_leaves_failures_waiting_and_says_why(
    failure: Failure, word_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("clustering.embedding.get_embedder", lambda _name: BrokenEmbedder())
        sweep()
    fault = find_fault()
    assert fault is not None
    assert fault.reason == "The embedding model is out of order."
    assert waiting_for_embedding().count() == 1
    sweep()
    assert (EmbedderFault.objects.count(), waiting_for_embedding().count()) == (0, 0)


@pytest.mark.slow
def test_another_model_by_setting_gives_vectors_that_carry_its_name(
    failure: Failure, settings: Any, tmp_path: Path
) -> None:
    settings.EMBEDDING_MODEL = make_tiny_model(tmp_path / "tiny")
    get_embedder.cache_clear()
    try:
        assert embed_waiting() == 1
    finally:
        get_embedder.cache_clear()
    [stored] = Embedding.objects.all()
    assert (stored.model_name, stored.text_version) == (settings.EMBEDDING_MODEL, TEXT_VERSION)
    assert from_bytes([stored.vector]).shape == (1, DIMENSIONS)


def test_a_model_that_is_missing_leaves_failures_in_the_pool_and_says_which(failure: Failure, settings: Any) -> None:
    settings.EMBEDDING_MODEL = "/nowhere/at/all"
    sweep()
    fault = find_fault()
    assert fault is not None
    assert fault.reason.startswith("The embedding model /nowhere/at/all cannot be loaded: ")
    assert (waiting_for_embedding().count(), Embedding.objects.count()) == (1, 0)


def test_vectors_of_another_model_are_never_read(failure: Failure, word_embedder: Embedder) -> None:
    embed_waiting()
    Embedding.objects.update(model_name="older")
    assert read_embeddings(failure.project).rows == []
    assert waiting_for_embedding().count() == 1


def test_reading_embeddings_stays_inside_the_project(failure: Failure, word_embedder: Embedder) -> None:
    embed_waiting()
    found = read_embeddings(failure.project, [failure.pk])
    assert ([row.failure_id for row in found.rows], found.vectors.shape) == ([failure.pk], (1, 513))
    assert read_embeddings(failure.project, []).rows == []
