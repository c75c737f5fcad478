"""Saved views of lists: whose they are, and what they keep."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Project, Role, User
from tests.builders import client_of, make_member, make_project, make_session
from tests.counting import count_queries
from traces.actions import MOST_VIEWS, save_view
from traces.models import Place, SavedView


@pytest.fixture
def people(project: Project) -> dict[Role, User]:
    make_session(project)
    return {role: make_member(project, role) for role in Role}


def url(name: str, project: Project, *args: int) -> str:
    return reverse(name, args=[project.slug, *args])


def save(user: User, project: Project, name: str = "Mine", query: str = "workflow=refunds", **fields: Any) -> Any:
    sent = {"name": name, "query": query, **fields}
    return client_of(user).post(url("view_save", project), sent, follow=True)


def test_view_keeps_the_filters_that_the_list_knows(people: dict[Role, User], project: Project) -> None:
    response = save(people[Role.VIEWER], project, query="page=3&status=errors&evil=1&workflow=a%26b&sort=oldest&q=")
    view = SavedView.objects.get()
    assert view.query == "sort=oldest&status=errors&workflow=a%26b"
    assert response.redirect_chain == [(f"{url('session_list', project)}?{view.query}", 302)]
    assert 'aria-current="page">Mine' in response.content.decode()


def test_view_is_its_owners_alone_unless_a_lead_shares_it(people: dict[Role, User], project: Project) -> None:
    save(people[Role.REVIEWER], project, "Secretly shared", is_shared="on")
    save(people[Role.LEAD], project, "For all", is_shared="on")
    text = client_of(people[Role.VIEWER]).get(url("session_list", project)).content.decode()
    assert "For all" in text
    assert "Secretly shared" not in text
    assert set(SavedView.objects.values_list("name", "is_shared")) == {("Secretly shared", False), ("For all", True)}


@pytest.mark.parametrize(
    ("sent", "told"),
    [({"name": " "}, "Give the view a name"), ({"name": "mine"}, "already"), ({"name": "x" * 61}, "at most 60")],
)
def test_name_that_cannot_be_is_refused(
    people: dict[Role, User], project: Project, sent: dict[str, str], told: str
) -> None:
    lead = people[Role.LEAD]
    save(lead, project)
    response = save(lead, project, **sent)
    assert told in response.content.decode()
    assert response.redirect_chain == [(f"{url('session_list', project)}?workflow=refunds", 302)]
    assert SavedView.objects.count() == 1


def test_name_that_another_tab_takes_at_this_moment_is_refused(
    people: dict[Role, User], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = people[Role.LEAD]
    views = [save_view(project=project, owner=lead, name=name, query="") for name in ("Mine", "Other")]
    # Both tabs had asked before either wrote.
    monkeypatch.setattr("traces.actions._check_name", lambda *_: None)
    assert "already" in save(lead, project).content.decode()
    renamed = client_of(lead).post(url("view_rename", project, views[1].pk), {"name": "Mine"})
    assert "already" in renamed.content.decode()
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Mine", "Other"}


def test_nobody_saves_without_end(people: dict[Role, User], project: Project) -> None:
    lead = people[Role.LEAD]
    for number in range(MOST_VIEWS):
        save_view(project=project, owner=lead, name=str(number), query="")
    assert "Delete one first" in save(lead, project).content.decode()


def test_view_is_renamed_and_deleted(people: dict[Role, User], project: Project) -> None:
    lead = people[Role.LEAD]
    save(lead, project)
    save(lead, project, "Other")
    view = SavedView.objects.get(name="Mine")
    client = client_of(lead)
    refused = client.post(url("view_rename", project, view.pk), {"name": "other"})
    assert refused.status_code == 422
    assert "There is a saved view" in refused.content.decode()
    client.post(url("view_rename", project, view.pk), {"name": "Better"})
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Better", "Other"}
    client.post(url("view_delete", project, view.pk))
    assert [each.name for each in SavedView.objects.all()] == ["Other"]


def test_only_leads_change_what_is_shared_and_nobody_what_is_not(people: dict[Role, User], project: Project) -> None:
    save(people[Role.LEAD], project, "For all", is_shared="on")
    save(people[Role.REVIEWER], project, "Mine")
    shared, own = SavedView.objects.get(name="For all"), SavedView.objects.get(name="Mine")
    for role, view, status in (
        (Role.REVIEWER, shared, 404),
        (Role.ADMIN, own, 404),
        (Role.ADMIN, shared, 302),
        (Role.REVIEWER, own, 302),
    ):
        client = client_of(people[role])
        assert client.post(url("view_rename", project, view.pk), {"name": "N"}).status_code == status, (role, view)


def test_view_of_another_project_is_not_there(people: dict[Role, User], project: Project) -> None:
    other = make_project("other")
    view = save_view(project=other, owner=people[Role.LEAD], name="Elsewhere", query="", is_shared=True)
    client = client_of(people[Role.LEAD])
    assert client.post(url("view_delete", project, view.pk)).status_code == 404
    assert "Elsewhere" not in client.get(url("session_list", project)).content.decode()


@pytest.mark.parametrize("name", ["session_list", "view_list"])
def test_as_many_queries_for_one_view_as_for_twenty(people: dict[Role, User], project: Project, name: str) -> None:
    client = client_of(people[Role.LEAD])
    counts = []
    for first, last in ((0, 1), (1, 20)):
        for number in range(first, last):
            save_view(project=project, owner=people[Role.LEAD], name=f"View {number}", query="", is_shared=True)
        counts.append(count_queries(client, url(name, project)))
    assert counts[0] == counts[1]


def test_views_of_one_list_do_not_stand_above_another(people: dict[Role, User], project: Project) -> None:
    lead = people[Role.LEAD]
    save(lead, project)
    sent = {"name": "Mine", "query": "page=2&owner=me&evil=1&state=all"}
    saved = client_of(lead).post(url("board_view_save", project), sent, follow=True)
    assert saved.redirect_chain == [(f"{url('issue_board', project)}?owner=me&state=all", 302)]
    assert set(SavedView.objects.values_list("place", "name")) == {(Place.SESSIONS, "Mine"), (Place.ISSUES, "Mine")}
    queries = {"issue_board": "owner=me&amp;state=all", "session_list": "workflow=refunds"}
    links = [f'href="{url(name, project)}?{query}"' for name, query in queries.items()]
    listed = client_of(lead).get(url("view_list", project)).content.decode()
    assert [link in listed for link in links] == [True, True]
    above = client_of(lead).get(url("session_list", project)).content.decode()
    assert [link in above for link in links] == [False, True]


def test_only_leads_share_views_of_the_board(people: dict[Role, User], project: Project) -> None:
    for role in (Role.VIEWER, Role.LEAD):
        sent = {"name": str(role), "query": "owner=none", "is_shared": "on"}
        client_of(people[role]).post(url("board_view_save", project), sent)
    assert set(SavedView.objects.values_list("name", "is_shared")) == {("viewer", False), ("lead", True)}
    refused = client_of(people[Role.LEAD]).post(url("board_view_save", project), {"name": "LEAD"}, follow=True)
    assert "There is a saved view" in refused.content.decode()
