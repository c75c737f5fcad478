"""What every process of a race does first. The server that forks them imports this: Django is set up once for all."""

import runpy
import sys
import time
from collections.abc import Sequence
from socket import socket

import django
from django.apps import apps
from django.db import connection

if not apps.ready:
    django.setup()


def run(module: str, words: Sequence[str], database: str, channel: socket) -> None:
    """`python -m MODULE WORD …` on this database, which hears and speaks through the channel."""
    connection.settings_dict["NAME"] = database
    sys.argv = [module, *words]
    sys.stdin, sys.stdout = channel.makefile("r"), channel.makefile("w")
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        connection.close()


def say(*words: object) -> None:
    """One line for the test."""
    print(*words, flush=True)  # noqa: T201 # what the test reads


def await_all() -> None:
    """Says that this process is ready, and waits for the moment at which all begin."""
    say("ready")
    time.sleep(max(0.0, float(sys.stdin.readline()) - time.time()))
