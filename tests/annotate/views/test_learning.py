"""The page that says how sessions are ranked."""

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, User
from annotate.learning import learn
from annotate.models import Outcome
from tests.annotate.views.pages import page, url
from tests.builders import make_project, make_queue, make_review, make_session, make_slot
from traces.detectors import label_of
from traces.models import Signal


def review_some(project: Project, reviewer: User, count: int, first: int = 0) -> None:
    queue = project.queues.first() or make_queue(project)
    for n in range(first, first + count):
        session = make_session(project, f"s{n}", settled_revision=1)
        failed = n % 2 == 0
        kind = "claimed_not_done" if failed else "tool_error"
        Signal.objects.create(session=session, kind=kind, strength=1.0, sentence="It said so.")
        slot = make_slot(queue, session)
        outcome = Outcome.FAILURE if failed else Outcome.SUCCESS
        make_review(session, reviewer, outcome, slot=slot, expected_failure=0.7 if failed else 0.2)
    cache.clear()
    learn(project)


def weights(client: Client, project: Project) -> str:
    return page(client, "priority_weights", project)


def test_before_the_first_review_the_page_teaches_and_shows_what_we_begin_with(
    client: Client, project: Project
) -> None:
    text = weights(client, project)

    assert "Nothing learned yet" in text
    assert "Review a first session" in text
    assert label_of("tool_loop") in text
    assert "we began with" not in text
    assert "this shows how often those that were expected to fail did fail" in text


def test_the_page_shows_weights_in_words_reliability_and_models(client: Client, project: Project, ada: User) -> None:
    review_some(project, ada, 24)
    text = weights(client, project)

    assert "Nothing learned yet" not in text
    assert "we began with" in text
    assert "Raises the odds" in text
    assert "All reviews" in text
    assert "24 reviews, 12 failures" in text
    assert "Reviews of the random sample" not in text
    assert "Model 1" in text


def test_the_page_counts_judgements_since_the_last_model(client: Client, project: Project, ada: User) -> None:
    review_some(project, ada, 10)
    make_review(make_session(project, "late"), ada, Outcome.SUCCESS)

    assert "Judgements since" in weights(client, project)


def test_the_page_takes_as_many_queries_with_many_models_as_with_one(
    client: Client, project: Project, ada: User
) -> None:
    review_some(project, ada, 10)
    with CaptureQueriesContext(
        connection,
    ) as few:
        weights(client, project)
    for round_of in range(1, 6):
        review_some(project, ada, 10, first=round_of * 10)
    with CaptureQueriesContext(connection) as many:
        weights(client, project)

    assert project.priority_models.count() > 3
    assert len(many) == len(few)


def test_strangers_see_nothing(client: Client) -> None:
    assert client.get(url("priority_weights", make_project("other"))).status_code == 404
