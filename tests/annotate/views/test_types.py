"""The pages about failure types."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Project, Role, User
from annotate.actions.types import edit_type, merge_types, unmerge_type
from annotate.models import Failure, FailureType, Queue, Review
from annotate.queries.blind import EVERYTHING, sight_of
from annotate.queries.judgements import offered_types
from annotate.told import Told
from issues.models import Issue, IssueMembership, Source
from tests.annotate.actions.deciding import add_item, submit, take
from tests.annotate.judging import dispute
from tests.annotate.views.pages import said, url
from tests.builders import (
    NOON,
    client_of,
    make_failure,
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
)
from tests.counting import count_queries


def fail(project: Project, person: User, kind: FailureType, note: str = "It lied.") -> Failure:
    return make_failure(
        make_review(make_session(project, f"s-{Failure.objects.count()}"), person), note, failure_type=kind
    )


def test_type_list_teaches_and_offers_sets_while_there_is_none(lead_client: Client, project: Project) -> None:
    page = lead_client.get(url("type_list", project))
    assert "No failure types yet" in said(page.content)

    lead_client.post(url("type_start", project), {"taxonomy": "mast"})
    assert FailureType.objects.filter(project=project).count() == 14
    answer = lead_client.post(url("type_start", project), {"taxonomy": "no such"}, follow=True)
    assert "Choose one of the sets." in said(answer.content)


def test_type_list_shows_groups_uses_and_the_newest(lead_client: Client, client: Client, project: Project) -> None:
    ada = User.objects.get(email="ada@example.com")
    tools, bare = make_failure_type(project), make_failure_type(project, "Loop")
    FailureType.objects.filter(pk=tools.pk).update(group="Tools", description="Not admitted.")
    FailureType.objects.create(project=project, name="Gone", merged_into=bare)
    make_failure_type(make_project("other"), "Foreign")
    fail(project, ada, tools, "The older one.")
    fail(project, ada, tools, "The newer one.")
    make_failure(make_review(make_session(project, "w"), ada), failure_type=tools, withdrawn_at=NOON)

    page = lead_client.get(url("type_list", project))

    text = said(page.content)
    assert "Tools Silent failure Not admitted. 2 The newer one." in text
    assert "In no group Loop 0" in text
    assert ("Gone" in text, "Foreign" in text) == (False, False)
    readers = said(client.get(url("type_list", project)).content)
    assert ("Silent failure" in readers, "Put into this group" in readers) == (True, False)


def test_type_list_asks_the_same_with_one_type_and_with_many(lead_client: Client, lead: User, project: Project) -> None:
    counts = []
    for size in (1, 20):
        while FailureType.objects.count() < 2 * size:
            kind = make_failure_type(project, f"Type {FailureType.objects.count()}")
            fail(project, lead, kind)
            merge_types(into=kind, type_ids=[make_failure_type(project, f"Was {kind.pk}").pk], actor=lead)
        counts.append(count_queries(lead_client, url("type_list", project)))
    assert counts[0] == counts[1]


def test_type_new_names_the_field_that_is_wrong(lead_client: Client, project: Project) -> None:
    make_failure_type(project)
    page = lead_client.post(url("type_new", project), {"new-name": "silent failure", "new-group": "Kept"})
    assert page.status_code == 422
    assert page.context["form"].errors == {"name": ["There is a failure type “Silent failure” already."]}
    assert page.context["form"]["group"].value() == "Kept"

    lead_client.post(url("type_new", project), {"new-name": "Loop", "new-group": "Tools"})
    assert FailureType.objects.get(name="Loop").group == "Tools"


def test_type_group_and_merge_want_something_ticked(lead_client: Client, project: Project) -> None:
    for name in ("type_group", "type_merge"):
        for given in ([], ["x"], ["9" * 30], [str(make_failure_type(make_project(f"other-{name}")).pk)]):
            answer = lead_client.post(url(name, project), {"type": given}, follow=True)
            assert ("Tick the failure types first." in said(answer.content)) == (not given)
        FailureType.objects.all().delete()


def test_type_merge_says_first_what_it_would_do(lead_client: Client, lead: User, project: Project) -> None:
    silent, loop = make_failure_type(project), make_failure_type(project, "Loop")
    for kind in (silent, loop, loop):
        fail(project, lead, kind)
    given = {"type": [silent.pk, loop.pk]}

    page = lead_client.post(url("type_merge", project), given)
    assert "1 failure gets the type “Loop”." in said(page.content)
    turned = lead_client.post(url("type_merge", project), {**given, "into": silent.pk})
    assert "2 failures get the type “Silent failure”." in said(turned.content)
    assert FailureType.objects.filter(merged_into=None).count() == 2

    lead_client.post(url("type_merge", project), {**given, "into": silent.pk, "confirmed": "1"})
    assert list(FailureType.objects.filter(merged_into=silent)) == [loop]
    page = lead_client.get(url("type_page", project, silent.pk))
    assert "3 failures in 3 sessions have it." in said(page.content)
    assert "“Loop” was merged into it" in said(page.content)


def test_type_unmerge_stands_on_the_page_of_the_merged_type(lead_client: Client, lead: User, project: Project) -> None:
    silent, loop = make_failure_type(project), make_failure_type(project, "Loop")
    fail(project, lead, silent)
    merge_types(into=loop, type_ids=[silent.pk], actor=lead)
    assert "Merged into Loop" in said(lead_client.get(url("type_page", project, silent.pk)).content)

    assert "Silent failure into Loop 1 failure," in said(lead_client.get(url("type_list", project)).content)
    answer = lead_client.post(url("type_unmerge", project, silent.pk), follow=True)

    assert "1 failure got the type “Silent failure” back." in said(answer.content)
    again = lead_client.post(url("type_unmerge", project, silent.pk), follow=True)
    assert "“Silent failure” is not merged into another type." in said(again.content)


def test_type_edit_shows_what_is_wrong_on_the_page(lead_client: Client, project: Project) -> None:
    silent = make_failure_type(project)
    make_failure_type(project, "Loop")
    page = lead_client.post(url("type_edit", project, silent.pk), {"name": "LOOP", "group": "x"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["name"])
    lead_client.post(url("type_edit", project, silent.pk), {"name": "Quiet", "description": "d", "group": "x"})
    assert list(FailureType.objects.filter(pk=silent.pk).values_list("name", "description", "group")) == [
        ("Quiet", "d", "x")
    ]


@pytest.mark.parametrize("named_by_others", [True, False])
def test_types_of_what_a_reader_may_not_see_yet_are_no_pages(
    client: Client, ada: User, bob: User, project: Project, *, named_by_others: bool
) -> None:
    blind: Queue = make_queue(project, is_blind=True)
    session = make_session(project)
    make_slot(blind, session)
    kind = make_failure_type(project, "Invented by bob", coined_on=session)
    make_failure(make_review(session if named_by_others else make_session(project, "s-2"), bob), failure_type=kind)

    assert client.get(url("type_page", project, kind.pk)).status_code == (404 if named_by_others else 200)
    assert ("Invented by bob" in said(client.get(url("type_list", project)).content)) is not named_by_others


def test_issues_by_type_come_in_two_queries(lead_client: Client, lead: User, project: Project) -> None:
    kind = make_failure_type(project)
    for number in range(1, 6):
        issue = Issue.objects.create(project=project, number=number, title=f"Issue <{number}>")
        for _ in range(number):
            IssueMembership.objects.create(
                issue=issue, failure=fail(project, lead, kind), source=Source.PERSON, since=NOON
            )
    with CaptureQueriesContext(connection) as asked:
        page = lead_client.get(url("issues_by_type", project))
    assert len([query for query in asked if "issuemembership" in query["sql"]]) == 2
    assert said(page.content) == "ISS-5 5× ISS-4 4× ISS-3 3× 5 issues on the board"
    alone = lead_client.get(url("issues_by_type", project), {"type": kind.pk})
    assert said(alone.content).startswith("ISS-5 Issue &lt;5&gt; 5×")
    assert said(lead_client.get(url("issues_by_type", project), {"type": "9" * 18}).content) == ""


def test_a_type_tells_what_is_in_no_issue_and_leads_to_it(lead_client: Client, lead: User, project: Project) -> None:
    kind, placed_kind = make_failure_type(project, "Loop & co"), make_failure_type(project, "Silent")
    issue = Issue.objects.create(project=project, number=1, title="One")
    for failure in (fail(project, lead, kind), fail(project, lead, placed_kind)):
        IssueMembership.objects.create(issue=issue, failure=failure, source=Source.PERSON, since=NOON)
    alone = fail(project, lead, kind)
    make_failure(alone.review, failure_type=placed_kind)  # of the same session, in no issue either
    page = lead_client.get(url("issues_by_type", project))
    assert said(page.content).count("In no issue: 1 session") == 2
    link = f"{url('session_list', project)}?failure_type=Loop%20%26%20co&placed=no"
    assert link.replace("&p", "&amp;p") in page.content.decode()
    for query, sessions in ((link, [alone.session]), (link.replace("Loop%20%26%20co", "Silent"), [alone.session])):
        assert [row["session"] for row in lead_client.get(query).context["rows"]] == sessions
    assert len(lead_client.get(url("session_list", project), {"failure_type": "Loop & co"}).context["rows"]) == 2


def test_viewers_change_nothing(project: Project) -> None:
    viewer, kind = client_of(make_member(project, Role.VIEWER)), make_failure_type(project)
    assert viewer.get(url("type_page", project, kind.pk)).status_code == 200
    for name in ("type_new", "type_start", "type_group", "type_merge"):
        assert viewer.post(url(name, project)).status_code == 404


# --- what a merge or another name would tell of what somebody is still to judge alone ---


@pytest.fixture
def coined(client: Client, ada: User, bob: User, lead: User, project: Project) -> FailureType:
    """Bob's word for what Ada is still to judge; a lead made it a part of one that all use."""
    session = make_session(project, "s-blind")
    make_slot(make_queue(project, "Blind", is_blind=True), session)
    coined = make_failure_type(project, "Leaked card number", coined_on=session)
    privacy = make_failure_type(project, "Privacy")
    FailureType.objects.update(group="Data")
    make_failure(make_review(session, bob), failure_type=coined)
    fail(project, bob, privacy)
    merge_types(into=privacy, type_ids=[coined.pk], actor=lead)
    return FailureType.objects.get(pk=coined.pk)


def page_of_privacy(client: Client, project: Project) -> str:
    return said(client.get(url("type_page", project, FailureType.objects.get(name="Privacy").pk)).content)


def test_a_merged_name_that_only_withheld_failures_had_is_not_told(
    client: Client, ada: User, lead_client: Client, project: Project, coined: FailureType
) -> None:
    text = page_of_privacy(client, project)
    assert ("Left out of what stands here" in text, "1 failure in 1 session" in text) == (True, True)
    assert "Leaked" not in text
    assert client.get(url("type_page", project, coined.pk)).status_code == 404
    sight = sight_of(Membership.objects.get(user=ada))
    assert [kind.also for kind in offered_types(project, sight, 9)] == [""]

    assert "“Leaked card number” was merged into it" in page_of_privacy(lead_client, project)
    assert [kind.also for kind in offered_types(project, EVERYTHING, 9)] == ["Leaked card number"]


def test_a_merged_name_that_a_lead_had_made_is_told_whatever_it_was_used_for(
    client: Client, ada: User, bob: User, lead: User, project: Project, coined: FailureType
) -> None:
    made = make_failure_type(project, "Exposed data")
    make_failure(Review.objects.get(session__external_id="s-blind"), failure_type=made)
    into = FailureType.objects.get(name="Privacy")
    merge_types(into=into, type_ids=[made.pk], actor=lead)

    text = page_of_privacy(client, project)
    assert ("Exposed data" in text, "was merged into it" in text, "Leaked" in text) == (True, False, False)
    assert client.get(url("type_page", project, made.pk)).status_code == 200
    sight = sight_of(Membership.objects.get(user=ada))
    assert [kind.also for kind in offered_types(project, sight, 9)] == ["Exposed data"]


def test_a_type_into_which_another_was_merged_is_told_of_on_neither_page_while_it_is_withheld(
    client: Client, lead_client: Client, lead: User, project: Project, coined: FailureType
) -> None:
    unmerge_type(kind=coined, actor=lead)
    made = make_failure_type(project, "Exposed data")
    merge_types(into=coined, type_ids=[made.pk], actor=lead)
    Queue.objects.get(name="Blind").takers.add(lead, *User.objects.filter(email="ada@example.com"))
    for reader in (client, lead_client):
        assert reader.get(url("type_page", project, made.pk)).status_code == 404
        assert "Leaked" not in said(reader.get(url("type_list", project)).content)


def test_a_type_that_a_lead_made_stays_offered_whatever_it_is_used_for(
    client: Client, ada: User, bob: User, project: Project
) -> None:
    blind: Queue = make_queue(project, is_blind=True)
    add_item(blind, places=2)
    make_failure_type(project, "Made by a lead")
    told = [Told(root_step="k2", note="It lied.", failure_type=name) for name in ("made by a lead", "Bob's own")]
    submit(take(blind, bob), bob, *told)

    def offered() -> list[tuple[str, int]]:
        sight = sight_of(Membership.objects.get(user=ada))
        return [(kind.name, kind.uses) for kind in offered_types(project, sight, 9)]

    assert offered() == [("Made by a lead", 0)]
    submit(take(blind, ada), ada)
    assert offered() == [("Bob's own", 1), ("Made by a lead", 1)]


def test_a_lead_who_is_a_judge_too_merges_what_they_may_see(
    lead_client: Client, lead: User, bob: User, project: Project, coined: FailureType
) -> None:
    Queue.objects.get(name="Blind").takers.add(lead)
    unmerge_type(kind=coined, actor=lead)
    silent = make_failure_type(project)
    fail(project, bob, silent)
    into = FailureType.objects.get(name="Privacy")
    assert "Leaked" not in said(lead_client.get(url("type_list", project)).content)
    assert "Leaked" not in said(lead_client.post(url("type_merge", project), {"type": [into.pk]}).content)
    refused = lead_client.post(url("type_merge", project), {"type": [coined.pk], "into": into.pk}, follow=True)
    assert "One of these is gone or merged by now." in said(refused.content)
    assert lead_client.post(url("type_edit", project, coined.pk), {"name": "x"}).status_code == 404

    both = {"type": [into.pk, silent.pk], "into": into.pk, "confirmed": "1"}
    assert "Merged: 1 failure got" in said(lead_client.post(url("type_merge", project), both, follow=True).content)
    merge_types(into=into, type_ids=[coined.pk], actor=lead)
    text = said(lead_client.get(url("type_list", project)).content)
    assert ("Silent failure into Privacy" in text, "Leaked" in text) == (True, False)
    assert lead_client.post(url("type_unmerge", project, coined.pk)).status_code == 404
    assert "Take apart again" in said(lead_client.get(url("type_page", project, silent.pk)).content)
    lead_client.post(url("type_unmerge", project, silent.pk))
    assert FailureType.objects.get(pk=silent.pk).merged_into is None


def test_a_type_that_was_merged_twice_is_listed_as_it_stands(lead_client: Client, lead: User, project: Project) -> None:
    silent, loop, tone = (make_failure_type(project, name) for name in ("Silent failure", "Loop", "Tone"))
    merge_types(into=loop, type_ids=[silent.pk], actor=lead)
    unmerge_type(kind=FailureType.objects.get(pk=silent.pk), actor=lead)
    fail(project, lead, silent)
    merge_types(into=tone, type_ids=[silent.pk], actor=lead)

    text = said(lead_client.get(url("type_list", project)).content)
    assert text.count("Silent failure into") == 1
    assert "Silent failure into Tone 1 failure," in text


def test_a_name_that_was_taken_away_while_a_lead_settles_leads_on(lead: User, ada: User, bob: User) -> None:
    client = client_of(lead)
    project = Membership.objects.get(user=lead).project
    session, _ = dispute(project, [ada, bob])
    page = client.get(url("disagreement_page", project, session.pk)).getvalue().decode()
    opened = re.search(r'name="opened_at" value="([^"]+)"', page)
    assert opened is not None
    edit_type(kind=FailureType.objects.get(name="Lied"), actor=lead, name="Not true", description="", group="")
    own = {"root_step": "k2", "note": "It hid the error.", "severity": "high", "failure_type": "Lied"}
    form = {"client_id": str(uuid.uuid4()), "outcome": "failure", "reason": "So.", "opened_at": opened[1]}
    total = {"own-TOTAL_FORMS": 1, "own-INITIAL_FORMS": 0, **{f"own-0-{name}": value for name, value in own.items()}}
    client.post(url("disagreement_settle", project, session.pk), {**form, **total})

    told = Failure.objects.select_related("failure_type").get(review__is_gold=True)
    assert (str(told.failure_type), FailureType.objects.filter(name="Lied").exists()) == ("Not true", False)
