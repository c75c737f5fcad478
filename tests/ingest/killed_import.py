"""A worker in a process of its own that imports an upload, and is killed after some chunks if it is told to."""

import os
import signal
import sys
from datetime import timedelta
from typing import Any
from unittest import mock

import django
import orjson


def main(after: int) -> None:
    django.setup()
    from ingest import importing, uploading  # noqa: PLC0415 # after setup
    from ingest.models import Upload  # noqa: PLC0415 # as above
    from traces.models import AgentSession, Step  # noqa: PLC0415 # as above

    importing.CHUNK = 200  # ten sessions
    uploading.LEASE = timedelta(0)  # what a killed worker held is free at once
    store = importing._store
    chunks: list[int] = []

    def store_or_die(*args: Any) -> None:
        if len(chunks) == after:
            os.kill(os.getpid(), signal.SIGKILL)
        chunks.append(1)
        store(*args)

    with mock.patch.object(importing, "_store", store_or_die):
        uploading.import_waiting()
    upload = Upload.objects.get()
    told = [upload.state, upload.report["sessions_added"], AgentSession.objects.count(), Step.objects.count()]
    sys.stdout.buffer.write(orjson.dumps([len(chunks), *told]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
