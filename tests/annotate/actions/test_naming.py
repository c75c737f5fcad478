"""What a name leads to."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.naming import types_named
from annotate.models import FailureType, FailureTypeChange, FailureTypeEvent
from tests.builders import make_failure_type, make_project, make_session


def named(project: Project, ada: User, *names: str, **more: Any) -> dict[str, str]:
    session = project.sessions.first() or make_session(project)
    found = types_named(session=session, names=names, creator=ada, **more)
    return {name: kind.name for name, kind in found.items()}


def test_types_named_knows_names_in_whatever_case_and_makes_the_rest_once(project: Project, ada: User) -> None:
    make_failure_type(project, "Silent failure")
    make_failure_type(make_project("other"), "Loop")

    found = named(project, ada, "silent  FAILURE ", "Loop", " loop", "  ", "")

    assert found == {"silent  FAILURE ": "Silent failure", "Loop": "Loop", " loop": "Loop"}
    assert sorted(FailureType.objects.filter(project=project).values_list("name", "created_by")) == [
        ("Loop", ada.pk),
        ("Silent failure", None),
    ]
    coined = FailureType.objects.exclude(coined_on=None)
    assert list(coined.values_list("name", "coined_on")) == [("Loop", project.sessions.get().pk)]
    [event] = FailureTypeEvent.objects.all()
    assert (event.kind, event.actor, event.after, event.failure_type.name) == ("created", ada, "Loop", "Loop")


def test_types_named_follows_a_merged_type_to_its_end(project: Project, ada: User) -> None:
    end = make_failure_type(project, "End")
    middle = FailureType.objects.create(project=project, name="Middle", merged_into=end)
    FailureType.objects.create(project=project, name="First", merged_into=middle)

    assert named(project, ada, "first", "Middle") == {"first": "End", "Middle": "End"}


@pytest.mark.parametrize(("opened_before", "leads_to"), [(True, "New"), (False, "old")])
def test_types_named_knows_the_name_that_a_page_was_opened_with(
    project: Project, ada: User, *, opened_before: bool, leads_to: str
) -> None:
    kind = make_failure_type(project, "New")
    opened = timezone.now()
    event = FailureTypeEvent.objects.create(
        failure_type=kind, kind=FailureTypeChange.RENAMED, actor=ada, before="Old", after="New"
    )

    since = opened if opened_before else event.at + timedelta(seconds=1)
    assert named(project, ada, "old", since=since) == {"old": leads_to}
