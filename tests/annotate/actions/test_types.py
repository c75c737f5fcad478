"""What leads do with failure types."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import Project, User
from annotate.actions.naming import types_named
from annotate.actions.types import add_taxonomy, create_type, edit_type, group_types, merge_types, unmerge_type
from annotate.models import Failure, FailureType, FailureTypeEvent
from annotate.taxonomies import MAST, SUPPORT
from common.errors import Refused
from tests.builders import NOON, make_failure, make_failure_type, make_project, make_review, make_session


def fail(project: Project, ada: User, kind: FailureType, **fields: Any) -> Failure:
    session = make_session(project, f"s-{Failure.objects.count()}")
    return make_failure(make_review(session, ada), failure_type=kind, updated_at=NOON, **fields)


def types_of(*failures: Failure) -> list[str | None]:
    return [Failure.objects.values_list("failure_type__name", flat=True).get(pk=each.pk) for each in failures]


def updated(failure: Failure) -> datetime:
    return Failure.objects.get(pk=failure.pk).updated_at


def told(kind: FailureType) -> list[tuple[str, str, str, int]]:
    events = FailureTypeEvent.objects.filter(failure_type=kind).order_by("pk")
    return [(event.kind, event.before, event.after, len(event.failures)) for event in events]


@pytest.fixture
def silent(project: Project) -> FailureType:
    return make_failure_type(project)


@pytest.fixture
def loop(project: Project) -> FailureType:
    return make_failure_type(project, "Loop")


def test_create_type_keeps_names_apart_in_whatever_case(project: Project, lead: User, silent: FailureType) -> None:
    made = create_type(project=project, actor=lead, name="  Made   up ", group=" Answers ")
    assert (made.name, made.group, made.created_by) == ("Made up", "Answers", lead)
    for name, words in (("SILENT failure", "There is a failure type “Silent failure” already."), (" ", "name")):
        with pytest.raises(Refused, match=words) as refusal:
            create_type(project=project, actor=lead, name=name)
        assert refusal.value.field == "name"
    create_type(project=make_project("other"), actor=lead, name="Silent failure")


def test_edit_type_renames_it_for_every_failure(project: Project, lead: User, silent: FailureType) -> None:
    failure = fail(project, lead, silent)
    edit_type(kind=silent, actor=lead, name="silent Failure", description="Not admitted.", group="Tools")

    assert types_of(failure) == ["silent Failure"]
    assert updated(failure) > NOON
    assert told(silent) == [
        ("renamed", "Silent failure", "silent Failure", 0),
        ("described", "", "Not admitted.", 0),
        ("grouped", "", "Tools", 0),
    ]
    edit_type(kind=silent, actor=lead, name="silent Failure", description="Not admitted.", group="Tools")
    assert len(told(silent)) == 3


def test_edit_type_refuses_a_name_that_another_has(lead: User, silent: FailureType, loop: FailureType) -> None:
    with pytest.raises(Refused, match="There is a failure type “Loop” already"):
        edit_type(kind=silent, actor=lead, name="loop", description="", group="")
    assert told(silent) == []


def test_group_types_moves_those_of_the_project(project: Project, lead: User, silent: FailureType) -> None:
    foreign = make_failure_type(make_project("other"))
    assert group_types(project=project, type_ids=[silent.pk, foreign.pk], group="Tools", actor=lead) == 1
    assert list(FailureType.objects.exclude(group="").values_list("pk", "group")) == [(silent.pk, "Tools")]
    assert group_types(project=project, type_ids=[silent.pk], group="", actor=lead) == 1
    assert told(silent) == [("grouped", "", "Tools", 0), ("grouped", "Tools", "", 0)]


def test_merge_types_gives_all_failures_to_the_one_that_stays(
    project: Project, lead: User, silent: FailureType, loop: FailureType
) -> None:
    ours, withdrawn = fail(project, lead, silent), fail(project, lead, silent, withdrawn_at=NOON)
    theirs = fail(project, lead, loop)

    assert merge_types(into=loop, type_ids=[silent.pk, loop.pk], actor=lead) == 1

    assert types_of(ours, withdrawn, theirs) == ["Loop"] * 3
    assert (updated(ours) > NOON, updated(theirs) == NOON) == (True, True)
    assert told(silent) == [("merged", "", "Loop", 2)]
    assert told(loop) == [("merged", "Silent failure", "Loop", 0)]
    assert types_named(session=ours.session, names=["silent failure"], creator=lead)["silent failure"] == loop


def test_unmerge_type_gives_back_what_still_has_the_type(
    project: Project, lead: User, silent: FailureType, loop: FailureType
) -> None:
    first, second, own = fail(project, lead, silent), fail(project, lead, silent), fail(project, lead, loop)
    other = make_failure_type(project, "Other")
    merge_types(into=loop, type_ids=[silent.pk], actor=lead)
    Failure.objects.filter(pk=second.pk).update(failure_type=other)
    silent.refresh_from_db()

    assert unmerge_type(kind=silent, actor=lead) == 1

    assert types_of(first, second, own) == ["Silent failure", "Other", "Loop"]
    assert FailureType.objects.get(pk=silent.pk).merged_into is None
    assert told(silent)[1:] == [("unmerged", "Loop", "", 1)]
    with pytest.raises(Refused, match="is not merged"):
        unmerge_type(kind=FailureType.objects.get(pk=silent.pk), actor=lead)


def test_merges_of_merges_are_taken_apart_from_the_last(
    project: Project, lead: User, silent: FailureType, loop: FailureType
) -> None:
    other = make_failure_type(project, "Other")
    failure = fail(project, lead, silent)
    merge_types(into=loop, type_ids=[silent.pk], actor=lead)
    merge_types(into=other, type_ids=[loop.pk], actor=lead)
    for ids, into in (([silent.pk], other), ([other.pk], loop), ([other.pk], other)):
        with pytest.raises(Refused):
            merge_types(into=into, type_ids=ids, actor=lead)
    with pytest.raises(Refused, match="“Loop” was merged into “Other” since"):
        unmerge_type(kind=FailureType.objects.get(pk=silent.pk), actor=lead)

    for kind in (loop, silent):
        unmerge_type(kind=FailureType.objects.get(pk=kind.pk), actor=lead)
    assert types_of(failure) == ["Silent failure"]
    # And once more: the newest merge is the one that is taken apart.
    merge_types(into=other, type_ids=[silent.pk], actor=lead)
    later = fail(project, lead, other)
    unmerge_type(kind=FailureType.objects.get(pk=silent.pk), actor=lead)
    assert types_of(failure, later) == ["Silent failure", "Other"]


def test_merge_types_stays_in_the_project(project: Project, lead: User, silent: FailureType) -> None:
    foreign = make_failure_type(make_project("other"))
    with pytest.raises(Refused, match="Choose at least one other"):
        merge_types(into=silent, type_ids=[foreign.pk], actor=lead)


def test_add_taxonomy_adds_only_names_that_are_not_there(project: Project, lead: User) -> None:
    kept = make_failure_type(project, "task DERAILMENT")
    assert add_taxonomy(project=project, taxonomy=MAST, actor=lead) == 13
    assert add_taxonomy(project=project, taxonomy=MAST, actor=lead) == 0
    kinds = FailureType.objects.filter(project=project)
    assert sorted({kind.group for kind in kinds if kind != kept}) == [
        "Inter-agent misalignment",
        "System design",
        "Task verification",
    ]
    assert FailureTypeEvent.objects.filter(kind="created", actor=lead).count() == 13


def test_sets_have_one_word_for_one_thing() -> None:
    for taxonomy in (MAST, SUPPORT):
        names = [kind.name.lower() for kind in taxonomy.kinds]
        assert len(names) == len(set(names))
        assert all(kind.description and kind.group and len(kind.name) <= 80 for kind in taxonomy.kinds)
    assert len(MAST.kinds) == 14
