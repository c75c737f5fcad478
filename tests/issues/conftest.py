"""A failure, an issue made of it, and an embedder of words in place of the model."""

import pytest
from django.test import Client

from accounts.models import Project, User
from annotate.models import Failure
from clustering.engine.embed import Embedder
from issues.models import Issue
from tests.clustering.fakes import WordEmbedder
from tests.issues.calling import program
from tests.issues.makers import make_issue, make_told


@pytest.fixture(autouse=True)
def word_embedder(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    embedder = WordEmbedder()
    monkeypatch.setattr("clustering.embedding.get_embedder", lambda _name: embedder)
    return embedder


@pytest.fixture
def failure(project: Project, lead: User) -> Failure:
    return make_told(project, lead)


@pytest.fixture
def issue(failure: Failure, lead: User) -> Issue:
    return make_issue(failure, lead)


@pytest.fixture
def api(project: Project) -> Client:
    return program(project)
