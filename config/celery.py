"""The Celery application. Work is rows in the database; a message only wakes whoever does it."""

import os
from typing import Any
from urllib.parse import urlsplit

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

# A periodic sweep finds what a lost message left lying; seconds between sweeps.
SWEEPS = {
    "ingest.tasks.sweep": 5.0,
    "traces.tasks.sweep": 5.0,
    "annotate.tasks.sweep": 5.0,
    "clustering.tasks.sweep": 5.0,
    "issues.tasks.sweep": 10.0,
}


def _transport_options(broker_url: str) -> dict[str, Any]:
    """The folder in which the embedded broker keeps its messages; nothing for a broker that is a server."""
    if urlsplit(broker_url).scheme != "filesystem":
        return {}
    folder = settings.VAR_DIR / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }


app = Celery("misstep")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=_transport_options(settings.CELERY_BROKER_URL),
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    beat_schedule={
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in SWEEPS.items()
    },
    beat_schedule_filename=str(settings.VAR_DIR / "celerybeat-schedule"),
    timezone="UTC",
)
app.autodiscover_tasks()
