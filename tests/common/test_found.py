"""A row is there, or it is Http404 with our words."""

import pytest
from django.http import Http404

from accounts.models import Project
from common.found import found
from tests.builders import make_project


@pytest.mark.django_db
def test_the_row_is_given_or_the_page_is_not_found() -> None:
    project = make_project("acme")

    assert found(Project.objects.filter(slug="acme"), "No such project.") == project
    with pytest.raises(Http404, match=r"No such project\."):
        found(Project.objects.filter(slug="other"), "No such project.")
