"""The model beside a process that serves pages: there when it is there, and never waited for."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from clustering import ready
from clustering.engine.embed import BUNDLED, EmbedderBroken, get_embedder
from clustering.ready import LOADED_WITHIN_S, ModelBeside, ready_embedder


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "_loaded", {})
    monkeypatch.setattr(ready, "_failed", {})


@pytest.fixture
def model() -> Iterator[ModelBeside]:
    model = ModelBeside(BUNDLED)
    yield model
    model.end()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done beside is done at once, and what it raises is swallowed as it is there."""

    def beside(_key: object, work: Any) -> None:
        with contextlib.suppress(EmbedderBroken):
            work()

    monkeypatch.setattr(ready, "beside", beside)


class Fake:
    """Stands for a process."""

    made: int = 0
    breaks: bool = False
    is_alive: bool = True

    def __init__(self, name: str) -> None:
        type(self).made += 1

    def embed(self, texts: list[str], patience: float = 0) -> None:
        if self.breaks:
            raise EmbedderBroken("gone")

    def end(self) -> None:
        pass


@pytest.mark.slow
def test_a_model_beside_gives_the_vectors_that_it_gives_here(model: ModelBeside) -> None:
    texts = ["The refund failed.", "línea\nwith\u2028breaks 😀"]
    given = model.embed(texts, LOADED_WITHIN_S)

    assert given.dtype == np.float32
    assert given == pytest.approx(get_embedder().embed(texts), abs=1e-5)
    with pytest.raises(EmbedderBroken, match="cannot read"):
        model.embed(["half a character: \ud83d"], LOADED_WITHIN_S)
    assert model.is_alive
    model._process.kill()
    model._process.wait()
    with pytest.raises(EmbedderBroken):
        model.embed(["again"], LOADED_WITHIN_S)
    assert not model.is_alive


def test_nobody_waits_for_a_model_that_is_being_loaded(model: ModelBeside) -> None:
    with pytest.raises(EmbedderBroken, match="too long"):
        model.embed(["now"], 0.01)


def test_a_model_that_there_is_none_of_ends(capfd: pytest.CaptureFixture[str]) -> None:
    model = ModelBeside("no/such-model-anywhere")
    with pytest.raises(EmbedderBroken, match="does not answer"):
        model.embed(["now"], LOADED_WITHIN_S)
    model.end()


def test_a_model_that_cannot_be_loaded_is_not_tried_at_every_letter(
    monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    class Broken(Fake):
        breaks = True

    monkeypatch.setattr(ready, "ModelBeside", Broken)

    assert [ready_embedder() for _ in range(3)] == [None] * 3
    assert Broken.made == 1


def test_a_model_that_was_loaded_is_there(monkeypatch: pytest.MonkeyPatch, at_once: None) -> None:
    monkeypatch.setattr(ready, "ModelBeside", type("Whole", (Fake,), {}))

    assert ready_embedder() is None
    assert ready_embedder() is not None


def test_a_model_that_two_threads_find_dead_is_buried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(ModelBeside):
        """Another thread finds it dead, too, while this one asks."""

        buried = 0

        def __init__(self) -> None: ...

        @property
        def is_alive(self) -> bool:
            if not ready._failed:
                ready._failed[BUNDLED] = 0
                assert ready_embedder() is None
            return False

        def end(self) -> None:
            self.buried += 1

    dead = Dead()
    monkeypatch.setattr(ready, "_loaded", {BUNDLED: dead})
    assert ready_embedder() is None
    assert dead.buried == 1


def test_a_model_that_died_is_not_asked(monkeypatch: pytest.MonkeyPatch, model: ModelBeside) -> None:
    monkeypatch.setattr(ready, "_loaded", {BUNDLED: model})
    assert ready_embedder() is model
    model.end()

    assert (ready_embedder(), ready_embedder()) == (None, None)
