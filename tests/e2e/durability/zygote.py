"""A process that has imported the product and forks its parts on demand: a killed one is back in no time.

Reads one JSON list a line, a word and its arguments; answers each with one line: the pid of a part that it started,
or what was asked.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

import django
from celery.bin.celery import main as celery_main
from gunicorn.app.wsgiapp import run as gunicorn_main

PARTS: dict[str, Callable[..., Any]] = {"gunicorn": gunicorn_main, "celery": celery_main}
LOADED = ("config.wsgi", "config.celery", "config.urls", "ingest.tasks", "tests.e2e.durability.looking")


def main() -> None:
    django.setup()
    *_, looking = [import_module(name) for name in LOADED]
    looking.prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for line in sys.stdin:
        word, *arguments = json.loads(line)
        answer = _start(word, *arguments) if word in PARTS else looking.answer(word, *arguments)
        print(json.dumps(answer), flush=True)


def _start(part: str, log: str, *arguments: str) -> int:
    """The pid of the new part, which leads a process group of its own."""
    pid = os.fork()
    if pid == 0:
        _become(part, log, arguments)
    return pid


def _become(part: str, log: str, arguments: Sequence[str]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(output, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = [part, *arguments]
    try:
        PARTS[part]()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
