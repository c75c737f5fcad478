"""The Celery application. Work is rows in the database; a message only wakes whoever does it."""

import os
from typing import Any
from urllib.parse import urlsplit

from celery import Celery, bootsteps
from celery.beat import EmbeddedService, Scheduler
from click import Option
from kombu.entity import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Not django.conf: while another settings module is loading, this one is what it is made of.
from config import broker, settings
from config.parent import follow_parent

DEFAULT, INGEST = "celery", "ingest"
# A periodic sweep finds what a lost message left lying; seconds between sweeps.
SWEEPS = {
    "ingest.tasks.sweep": 5.0,
    "ingest.tasks.retain": 3600.0,
    "ingest.tasks.tidy": 3600.0,
    "traces.tasks.sweep": 5.0,
    "annotate.tasks.sweep": 5.0,
    "clustering.tasks.sweep": 5.0,
    "clustering.tasks.draw": 20.0,
    "issues.tasks.sweep": 10.0,
    "issues.tasks.follow_all": 60.0,
    "issues.tasks.maintain": 20.0,
}


# A server that takes connections and says nothing would else be waited for without an end.
BROKER_SECONDS = 3.0


def _transport_options(broker_url: str) -> dict[str, Any]:
    """The folder in which the embedded broker keeps its messages; how long Redis may take to answer."""
    scheme = urlsplit(broker_url).scheme
    if scheme in {"redis", "rediss"}:
        return {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    if scheme != "filesystem":
        return {}
    folder = settings.VAR_DIR / broker.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.2,
    }


class Embedded(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery ships no types
    """With `--embedded` the worker rings its own sweeps, from a thread, and ends when its supervisor does.

    Celery's own `--beat` forks a process that outlives a killed worker and then rings twice as often.
    """

    label = "Embedded"
    conditional = True

    def __init__(self, parent: Any, *, embedded: bool = False, **options: Any) -> None:
        self.enabled = embedded
        super().__init__(parent, **options)

    def create(self, parent: Any) -> Any:
        follow_parent()
        # Sweeps every few seconds need no memory of when they last rang, and so no file that a crash can spoil.
        return EmbeddedService(parent.app, thread=True, scheduler_cls=Scheduler)


class Follow(bootsteps.Step):  # type: ignore[misc]  # Celery ships no types
    """With `--follow` the worker ends when its supervisor does, and rings nothing: another one does."""

    label = "Follow"
    conditional = True

    def __init__(self, parent: Any, *, follow: bool = False, **options: Any) -> None:
        self.enabled = follow
        super().__init__(parent, **options)

    def create(self, parent: Any) -> None:
        follow_parent()


broker.install()
app = Celery("misstep")
app.steps["worker"].update([Embedded, Follow])
app.user_options["worker"].add(
    Option(("--embedded",), is_flag=True, default=False, help="Ring the sweeps here too, and follow the supervisor.")
)
app.user_options["worker"].add(
    Option(("--follow",), is_flag=True, default=False, help="Follow the supervisor, and leave the sweeps to another.")
)
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=_transport_options(settings.CELERY_BROKER_URL),
    broker_connection_retry_on_startup=True,
    # A worker that names no queue reads both. Digesting has one of its own, so that a process can be given to it.
    task_queues=[Queue(DEFAULT), Queue(INGEST)],  # type: ignore[no-untyped-call]  # kombu has no types
    task_default_queue=DEFAULT,
    task_routes={name: {"queue": INGEST} for name in ("ingest.tasks.digest", "ingest.tasks.sweep")},
    task_ignore_result=True,
    task_acks_late=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    beat_schedule={
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in SWEEPS.items()
    },
    beat_scheduler="celery.beat:Scheduler",
    timezone="UTC",
)
app.autodiscover_tasks()
