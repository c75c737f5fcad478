"""An embedder of words in place of the model."""

import pytest

from clustering.engine.embed import Embedder
from tests.clustering.fakes import WordEmbedder


@pytest.fixture
def word_embedder(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    embedder = WordEmbedder()
    monkeypatch.setattr("clustering.embedding.get_embedder", lambda _name: embedder)
    return embedder
