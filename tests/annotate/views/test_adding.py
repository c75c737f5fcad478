"""Adding sessions to a queue by hand, from the list of sessions."""

from django.test import Client
from django.utils.html import strip_tags

from accounts.models import Project
from annotate.models import Queue, QueueItem, Stratum
from tests.annotate.views.pages import url
from tests.builders import make_project, make_queue, make_session


def said(html: bytes) -> str:
    return " ".join(strip_tags(html.decode()).split())


def test_queue_add_ask_counts_before_anything_is_added(lead_client: Client, project: Project, queue: Queue) -> None:
    sessions = [make_session(project, f"s{number}", workflow="billing") for number in range(3)]
    make_session(project, "other")
    QueueItem.objects.create(queue=queue, session=sessions[0])

    answer = lead_client.post(url("queue_add_ask", project) + "?workflow=billing", {"everything": "1"})

    assert "Add 3 sessions to Everything 2 are new to it; 1 is in it already." in said(answer.content)
    assert QueueItem.objects.count() == 1


def test_queue_add_takes_what_was_ticked(lead_client: Client, project: Project, queue: Queue) -> None:
    ticked = [make_session(project, f"s{number}").pk for number in range(2)]
    foreign = make_session(make_project("other")).pk
    make_session(project, "not ticked")

    answer = lead_client.post(
        url("queue_add", project), {"queue": queue.pk, "session": [*ticked, foreign, "x", "9" * 30]}
    )

    assert "2 sessions added." in said(answer.content)
    assert list(QueueItem.objects.values_list("session", "stratum")) == [(pk, Stratum.HAND) for pk in ticked]


def test_queue_add_takes_what_was_counted_and_nothing_newer(
    lead_client: Client, project: Project, queue: Queue
) -> None:
    old = make_session(project, "old")
    lead_client.post(url("queue_add_ask", project), {"everything": "1"})
    make_session(project, "new")
    lead_client.post(url("queue_add", project), {"queue": queue.pk, "everything": "1", "up_to": old.pk})

    assert list(QueueItem.objects.values_list("session", flat=True)) == [old.pk]


def test_queue_add_wants_a_queue_of_the_project(lead_client: Client, project: Project) -> None:
    session = make_session(project)
    foreign = make_queue(make_project("other"))
    for queue in (foreign.pk, "", "x"):
        answer = lead_client.post(url("queue_add", project), {"queue": queue, "session": [session.pk]})
        assert answer.status_code == 422
    assert QueueItem.objects.count() == 0


def test_queue_add_ask_says_when_nothing_is_chosen(lead_client: Client, project: Project, queue: Queue) -> None:
    assert "Tick the sessions first" in said(lead_client.post(url("queue_add_ask", project)).content)
    assert "No session matches" in said(lead_client.post(url("queue_add_ask", project), {"everything": "1"}).content)


def test_queue_add_control_keeps_the_lists_filters(lead_client: Client, project: Project, queue: Queue) -> None:
    page = lead_client.get(url("queue_add_control", project), {"workflow": "billing & co"}).content.decode()

    assert page.count(f"{url('queue_add_ask', project)}?workflow=billing+%26+co") == 2
