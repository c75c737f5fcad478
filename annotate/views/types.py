"""The team's failure types: everybody reads them, leads name, group, merge and describe them."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_failure_type
from annotate.actions.types import add_taxonomy, create_type, edit_type, group_types, merge_types, unmerge_type
from annotate.forms.types import ChosenTypesForm, TaxonomyForm, TypeForm
from annotate.models import FailureType
from annotate.queries.blind import Sight, sight_of
from annotate.queries.judgements import failure_types
from annotate.queries.types import (
    by_group,
    examples_of,
    group_names,
    history_of,
    is_seen,
    merged_types,
    newest_merges,
    standing_failures,
    type_row,
    type_rows,
)
from annotate.taxonomies import TAXONOMIES
from annotate.views import UNPROCESSABLE
from common.errors import Refused


@member(Role.VIEWER)
@require_GET
def type_list(request: ProjectRequest) -> HttpResponseBase:
    """All that are offered, by group."""
    return _list(request, TypeForm(prefix="new"))


def _list(request: ProjectRequest, form: TypeForm) -> HttpResponseBase:
    sight = sight_of(request.membership)
    rows = type_rows(request.project, sight)
    may_lead = request.membership.may(Role.LEAD)
    context = {
        "section": "review",
        "groups": by_group(rows),
        "count": len(rows),
        "form": form,
        "group_names": group_names(request.project, sight),
        "sets": TAXONOMIES.values(),
        "merges": newest_merges(request.project, sight) if may_lead else (),
        "sight": sight,
        "may_lead": may_lead,
    }
    return render(request, "annotate/type_list.html", context, status=UNPROCESSABLE if form.errors else 200)


@member(Role.LEAD)
@require_POST
def type_new(request: ProjectRequest) -> HttpResponseBase:
    """A new one, from the form on the list."""
    form = TypeForm(request.POST, prefix="new")
    if form.is_valid():
        try:
            kind = create_type(project=request.project, actor=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, f"“{kind.name}” is offered to reviewers from now on.")
            return redirect("type_list", request.project.slug)
    return _list(request, form)


@member(Role.LEAD)
@require_POST
def type_start(request: ProjectRequest) -> HttpResponseBase:
    """Takes over a set: those types of it that the project has no name for yet."""
    form = TaxonomyForm(request.POST)
    if form.is_valid():
        taxonomy = TAXONOMIES[form.cleaned_data["taxonomy"]]
        added = add_taxonomy(project=request.project, taxonomy=taxonomy, actor=request.user)
        messages.success(request, _told_of_set(added, len(taxonomy.kinds) - added))
    else:
        messages.error(request, "Choose one of the sets.")
    return redirect("type_list", request.project.slug)


def _told_of_set(added: int, known: int) -> str:
    told = f"{added} failure type{'' if added == 1 else 's'} added."
    return f"{told} {known} of these names {'was' if known == 1 else 'were'} here already." if known else told


@member(Role.LEAD)
@require_POST
def type_group(request: ProjectRequest) -> HttpResponseBase:
    """Puts the ticked ones into a group."""
    form = ChosenTypesForm(failure_types(request.project, sight_of(request.membership)), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        moved = group_types(project=request.project, type_ids=given["type"], group=given["group"], actor=request.user)
        where = f"put into “{given['group']}”" if given["group"] else "taken out of their group"
        messages.success(request, f"{moved} failure type{'' if moved == 1 else 's'} {where}.")
    else:
        messages.error(request, form.refusal)
    return redirect("type_list", request.project.slug)


@member(Role.LEAD)
@require_POST
def type_merge(request: ProjectRequest) -> HttpResponseBase:
    """What merging the ticked ones would do; once `confirmed`, it is done."""
    sight = sight_of(request.membership)
    standing = failure_types(request.project, sight)
    form = ChosenTypesForm(standing, request.POST)
    if not form.is_valid():
        messages.error(request, form.refusal)
        return redirect("type_list", request.project.slug)
    kinds = list(standing.filter(pk__in=form.cleaned_data["type"]))
    into = _target(request, form, kinds)
    if "confirmed" in request.POST and into is not None:
        return _merged(request, into, kinds, sight)
    others = [kind for kind in kinds if kind != into]
    context = {
        "section": "review",
        "kinds": kinds,
        "others": others,
        "into": into,
        "targets": standing.order_by("name"),
        "failures": standing_failures(others, sight),
    }
    return render(request, "annotate/type_merge.html", context)


def _target(request: ProjectRequest, form: ChosenTypesForm, kinds: list[FailureType]) -> FailureType | None:
    """The type that was chosen to stay; else, of several, the most used."""
    into = form.cleaned_data["into"]
    if into is not None:
        return get_failure_type(request.project, into)
    return kinds[0] if len(kinds) > 1 else None


def _merged(request: ProjectRequest, into: FailureType, kinds: list[FailureType], sight: Sight) -> HttpResponseBase:
    given = standing_failures([kind for kind in kinds if kind != into], sight)
    try:
        merge_types(into=into, type_ids=[kind.pk for kind in kinds], actor=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("type_list", request.project.slug)
    messages.success(request, f"Merged: {given} failure{'' if given == 1 else 's'} got the type “{into.name}”.")
    return redirect("type_page", request.project.slug, into.pk)


@member(Role.VIEWER)
@require_GET
def type_page(request: ProjectRequest, type_id: int) -> HttpResponseBase:
    """One failure type: how it is used, what was done to it, and for leads what can be."""
    sight = sight_of(request.membership)
    kind = _seen_type(request, type_id, sight)
    return _page(request, kind, TypeForm(kind=kind), sight)


def _page(request: ProjectRequest, kind: FailureType, form: TypeForm, sight: Sight) -> HttpResponseBase:
    context = {
        "section": "review",
        "kind": kind,
        "form": form,
        "row": type_row(kind, sight),
        "examples": examples_of(kind, sight),
        "history": history_of(kind, sight),
        "merged": merged_types(kind, sight),
        "group_names": group_names(request.project, sight),
        "may_lead": request.membership.may(Role.LEAD),
        "sight": sight,
    }
    return render(request, "annotate/type_page.html", context, status=UNPROCESSABLE if form.errors else 200)


def _seen_type(request: ProjectRequest, type_id: int, sight: Sight) -> FailureType:
    kind = get_failure_type(request.project, type_id)
    if not is_seen(kind, sight):
        raise Http404("No such failure type.")
    return kind


@member(Role.LEAD)
@require_POST
def type_edit(request: ProjectRequest, type_id: int) -> HttpResponseBase:
    """Another name, description or group."""
    sight = sight_of(request.membership)
    kind = _seen_type(request, type_id, sight)
    form = TypeForm(request.POST, kind=kind)
    if form.is_valid():
        try:
            edit_type(kind=kind, actor=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, "Saved.")
            return redirect("type_page", request.project.slug, kind.pk)
    return _page(request, kind, form, sight)


@member(Role.LEAD)
@require_POST
def type_unmerge(request: ProjectRequest, type_id: int) -> HttpResponseBase:
    """Takes a merged type apart again."""
    sight = sight_of(request.membership)
    kind = _seen_type(request, type_id, sight)
    try:
        unmerge_type(kind=kind, actor=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        back = standing_failures([kind], sight)
        messages.success(request, f"{back} failure{'' if back == 1 else 's'} got the type “{kind.name}” back.")
    return redirect("type_page", request.project.slug, kind.pk)
