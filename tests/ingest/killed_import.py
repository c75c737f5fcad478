"""A worker in a process of its own that imports an upload, and is killed after some chunks if it is told to."""

import os
import signal
import sys
from datetime import timedelta

import django
import orjson


def main(after: int) -> None:
    django.setup()
    from ingest import importing, uploading  # noqa: PLC0415 # after setup
    from ingest.models import Upload  # noqa: PLC0415
    from traces.models import AgentSession, Step  # noqa: PLC0415

    importing.CHUNK = 200  # ten sessions
    uploading.LEASE = timedelta(0)  # what a killed worker held is free at once
    store = importing._store
    chunks: list[int] = []

    def store_or_die(*args: object) -> None:
        if len(chunks) == after:
            os.kill(os.getpid(), signal.SIGKILL)
        chunks.append(1)
        store(*args)  # type: ignore[arg-type]

    importing._store = store_or_die  # type: ignore[assignment]
    uploading.import_waiting()
    upload = Upload.objects.get()
    told = [upload.state, upload.report["sessions_added"], AgentSession.objects.count(), Step.objects.count()]
    sys.stdout.buffer.write(orjson.dumps([len(chunks), *told]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
