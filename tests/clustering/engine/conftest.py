"""The real model, loaded once."""

import pytest

from clustering.engine.embed import Embedder, get_embedder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return get_embedder()
