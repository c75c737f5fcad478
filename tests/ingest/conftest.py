"""What every ingest test needs: a key that may send."""

import pytest

from accounts.models import Project, Scope
from tests.builders import make_key


@pytest.fixture
def secret(project: Project) -> str:
    return make_key(project, Scope.INGEST)
