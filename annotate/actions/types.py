"""What leads do with the team's failure types. Each action is one transaction, with its line of history."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.naming import spaced
from annotate.actions.overruling import lock_failures
from annotate.models import Failure, FailureType, FailureTypeChange, FailureTypeEvent
from annotate.taxonomies import Taxonomy
from common.errors import Refused

MOST_AT_ONCE = 5_000  # values in one statement
NEEDS_NAME = "Give it a name."


@transaction.atomic
def create_type(*, project: Project, actor: User, name: str, description: str = "", group: str = "") -> FailureType:
    """A new failure type. Refused without a name, and for one that the project has in whatever case."""
    name = spaced(name)
    _check_name(project, name)
    kind = FailureType(
        project=project, name=name, description=description.strip(), group=spaced(group), created_by=actor
    )
    _save(kind)
    _note(kind, FailureTypeChange.CREATED, actor, after=name)
    return kind


@transaction.atomic
def edit_type(*, kind: FailureType, actor: User, name: str, description: str, group: str) -> None:
    """Another name, description or group: a line of history for each that changes. Refused as `create_type` is.

    Failures of a renamed type count as updated, so that whoever fetches what is new gets them with the new name.
    """
    [kind] = _locked(kind.project, [kind.pk])
    name, description, group = spaced(name), description.strip(), spaced(group)
    if name != kind.name:
        _check_name(kind.project, name, but=kind)
        _note(kind, FailureTypeChange.RENAMED, actor, before=kind.name, after=name)
        kind.name = name
        _save(kind)
        lock_failures(_failures_of([kind.pk]))
        _failures_of([kind.pk]).update(updated_at=timezone.now())
    if description != kind.description:
        _note(kind, FailureTypeChange.DESCRIBED, actor, before=kind.description, after=description)
        kind.description = description
        kind.save(update_fields=["description"])
    _put_into(kind, group, actor)


@transaction.atomic
def group_types(*, project: Project, type_ids: Collection[int], group: str, actor: User) -> int:
    """Puts these types into a group; an empty one takes them out of theirs. Returns how many moved."""
    return sum(_put_into(kind, spaced(group), actor) for kind in _locked(project, type_ids))


@transaction.atomic
def merge_types(*, into: FailureType, type_ids: Collection[int], actor: User) -> int:
    """Gives all failures of these types to another one; returns how many of those that stand got it.

    The merged types are offered no more, and their names lead there; `unmerge_type` takes them apart again. Refused
    when one of them was merged before, or `into` itself was.
    """
    everyone = _locked(into.project, {*type_ids, into.pk})
    target = next(kind for kind in everyone if kind.pk == into.pk)
    sources = [kind for kind in everyone if kind != target]
    if not sources:
        raise Refused("Choose at least one other failure type to merge.", field="type")
    for kind in everyone:
        _check_standing(kind)
    given = _given_away([kind.pk for kind in sources])
    for kind in sources:
        kind.merged_into = target
        kind.save(update_fields=["merged_into"])
        ids = given[kind.pk]
        _note(kind, FailureTypeChange.MERGED, actor, after=target.name, failures=ids)
        _note(target, FailureTypeChange.MERGED, actor, before=kind.name, after=target.name)
    moving = _failures_of([kind.pk for kind in sources])
    standing = moving.filter(withdrawn_at=None).count()
    moving.update(failure_type=target, updated_at=timezone.now())
    return standing


@transaction.atomic
def unmerge_type(*, kind: FailureType, actor: User) -> int:
    """Takes a merged type apart again; returns how many failures got it back.

    Those that it gave away and that still have the type which they got. What was told since stays as it was told.
    Refused for one that is not merged, and while the other was itself merged since.
    """
    locked = {each.pk: each for each in _locked(kind.project, {kind.pk, kind.merged_into_id or kind.pk})}
    kind = locked[kind.pk]
    target = locked.get(kind.merged_into_id or 0)
    if target is None:
        raise Refused(f"“{kind.name}” is not merged into another type.")
    if target.merged_into is not None:
        raise Refused(f"“{target.name}” was merged into “{target.merged_into.name}” since. Take that apart first.")
    merging = kind.events.filter(kind=FailureTypeChange.MERGED).exclude(before__gt="").first()
    back = _give_back(kind, target, merging.failures if merging else [])
    kind.merged_into = None
    kind.save(update_fields=["merged_into"])
    _note(kind, FailureTypeChange.UNMERGED, actor, before=target.name, failures=back)
    _note(target, FailureTypeChange.UNMERGED, actor, after=kind.name)
    return len(back)


@transaction.atomic
def add_taxonomy(*, project: Project, taxonomy: Taxonomy, actor: User) -> int:
    """Those types of a set that the project has no name for yet; returns how many they were."""
    known = {name.lower() for name in FailureType.objects.filter(project=project).values_list("name", flat=True)}
    new = [kind for kind in taxonomy.kinds if kind.name.lower() not in known]
    for kind in new:
        create_type(project=project, actor=actor, name=kind.name, description=kind.description, group=kind.group)
    return len(new)


def _locked(project: Project, ids: Collection[int]) -> list[FailureType]:
    """Those of the project, in one order for everybody, until the transaction ends."""
    rows = FailureType.objects.select_for_update(no_key=True).filter(project=project, pk__in=ids)
    return list(rows.order_by("pk"))


def _check_name(project: Project, name: str, *, but: FailureType | None = None) -> None:
    if not name:
        raise Refused(NEEDS_NAME, field="name")
    same = FailureType.objects.filter(project=project, name__iexact=name).select_related("merged_into")
    taken = next((kind for kind in same if kind != but), None)
    if taken is not None:
        raise _is_taken(taken)


def _is_taken(taken: FailureType) -> Refused:
    if taken.merged_into:
        words = (
            f"“{taken.name}” was merged into “{taken.merged_into.name}”, and leads there. Take it apart again first."
        )
    else:
        words = f"There is a failure type “{taken.name}” already."
    return Refused(words, field="name")


def _save(kind: FailureType) -> None:
    """Saved, or Refused where somebody took the name at this very moment."""
    try:
        with transaction.atomic():
            kind.save()
    except IntegrityError as error:
        raise Refused(f"There is a failure type “{kind.name}” already.", field="name") from error


def _check_standing(kind: FailureType) -> None:
    if kind.merged_into is not None:
        raise Refused(f"“{kind.name}” was merged into “{kind.merged_into.name}” already.", field="type")


def _put_into(kind: FailureType, group: str, actor: User) -> bool:
    if group == kind.group:
        return False
    _note(kind, FailureTypeChange.GROUPED, actor, before=kind.group, after=group)
    kind.group = group
    kind.save(update_fields=["group"])
    return True


def _failures_of(type_ids: Collection[int]) -> QuerySet[Failure]:
    return Failure.objects.filter(failure_type__in=type_ids)


def _given_away(type_ids: Collection[int]) -> dict[int, list[int]]:
    """The ids of each type's failures, withdrawn ones among them; locked, as by all who write several, in one order."""
    given: dict[int, list[int]] = defaultdict(list)
    rows = _failures_of(type_ids).select_for_update(no_key=True).order_by("pk")
    for failure, kind in rows.values_list("pk", "failure_type_id"):
        given[kind].append(failure)
    return given


def _give_back(kind: FailureType, target: FailureType, given: Sequence[int]) -> list[int]:
    """The ids of those that still had what they got; they have their own type again."""
    back: list[int] = []
    for start in range(0, len(given), MOST_AT_ONCE):
        part = given[start : start + MOST_AT_ONCE]
        rows = Failure.objects.select_for_update(no_key=True).filter(pk__in=part, failure_type=target).order_by("pk")
        found = list(rows.values_list("pk", flat=True))
        Failure.objects.filter(pk__in=found).update(failure_type=kind, updated_at=timezone.now())
        back += found
    return back


def _note(
    kind: FailureType,
    change: FailureTypeChange,
    actor: User,
    *,
    before: str = "",
    after: str = "",
    failures: Collection[int] = (),
) -> None:
    length = FailureTypeEvent._meta.get_field("before").max_length  # noqa: SLF001 # Django's own way to a column
    FailureTypeEvent.objects.create(
        failure_type=kind,
        kind=change,
        actor=actor,
        before=before[:length],
        after=after[:length],
        failures=list(failures),
    )
