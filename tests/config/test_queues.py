"""Who reads which queue: digesting has one of its own, and a worker that names none leaves nothing lying."""

import pytest

from config.celery import DEFAULT, INGEST, SWEEPS, app


@pytest.mark.parametrize("task", ["ingest.tasks.digest", "ingest.tasks.sweep"])
def test_digesting_goes_to_its_own_queue(task: str) -> None:
    assert app.amqp.router.route({}, task)["queue"].name == INGEST


@pytest.mark.parametrize("task", sorted(SWEEPS.keys() - {"ingest.tasks.sweep"}))
def test_everything_else_goes_to_the_worker(task: str) -> None:
    assert app.amqp.router.route({}, task)["queue"].name == DEFAULT


def test_a_worker_that_names_no_queue_reads_both() -> None:
    assert set(app.amqp.queues.consume_from) == {DEFAULT, INGEST}
