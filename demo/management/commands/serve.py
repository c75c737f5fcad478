"""`manage.py serve`: the whole product on one machine, with one command. What `make run` calls."""

import fcntl
import http.client
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from accounts.models import User
from common.supervisor import Child, Supervisor
from config.celery import DEFAULT, INGEST
from demo.actions import create_demo
from demo.queries import unfinished_demo

PASSWORD_LENGTH = 20
START_SECONDS = 90.0
WEB_PROCESSES = 2
WORKER_THREADS = 3
READER_THREADS = 2


class Command(BaseCommand):
    """Prepares the database and pages, then runs the web server and the worker until it is stopped."""

    help = "Run the web server and the worker together. The first start makes a user and a demo project."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 to be reached from other machines.")
        parser.add_argument("--no-demo", action="store_true", help="Make no demo project on the first start.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        with only_server(settings.VAR_DIR, port):
            refuse_taken_port(host, port)
            self._say("Misstep is starting …")
            call_command("migrate", verbosity=0, interactive=False)
            collect_static()
            login = create_first_user(with_demo=not options["no_demo"])
            connection.close()
            self._run(host, port, login)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _run(self, host: str, port: int, login: tuple[str, str] | None) -> None:
        supervisor = Supervisor(say=self._say, environment=os.environ, folder=settings.BASE_DIR)
        supervisor.listen()
        supervisor.add(web(host, port))
        supervisor.add(worker())
        supervisor.add(reader())
        try:
            answers = supervisor.wait_until(lambda: is_healthy(port), START_SECONDS)
            self._greet(port, login, answers=answers or supervisor.stopping.is_set())
            if answers and unfinished_demo() is not None:
                supervisor.add(demo(port))
            connection.close()
            supervisor.run()
        finally:
            self._say("Stopping …")
            supervisor.stop()
            self._say("Stopped. Nothing is lost: `make run` goes on where it was.")

    def _greet(self, port: int, login: tuple[str, str] | None, *, answers: bool) -> None:
        if not answers:
            self._say(f"The server does not answer yet. Its log: {settings.VAR_DIR / 'log' / 'web.log'}")
        self._say(f"\n  Misstep runs at  http://localhost:{port}")
        if login:
            self._say(f"  Log in as        {login[0]}\n  Password         {login[1]}")
            self._say("  The password is shown this once. Change it under your account at the top right.")
        else:
            self._say("  Log in as before. Forgotten the password?  .venv/bin/python manage.py changepassword EMAIL")
        self._say("  Ctrl-C stops it.\n")


def web(host: str, port: int) -> Child:
    """The web server."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    command += ["--bind", f"{host}:{port}", "--workers", str(WEB_PROCESSES)]
    return Child("web server", command, log=settings.VAR_DIR / "log" / "web.log")


def worker() -> Child:
    """The worker with its sweeps. Threads, because the model and numpy let go of the lock while they compute."""
    options = ["--queues", DEFAULT, "--embedded", "--concurrency", str(WORKER_THREADS)]
    return Child("worker", _celery(options), log=settings.VAR_DIR / "log" / "worker.log")


def reader() -> Child:
    """The worker that digests and does nothing else: reading what came in then has a core of its own."""
    options = ["--queues", INGEST, "--follow", "--concurrency", str(READER_THREADS)]
    return Child("reader", _celery(options), log=settings.VAR_DIR / "log" / "reader.log")


def _celery(options: list[str]) -> list[str]:
    command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--pool", "threads", *options]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [*command, *quiet, "--loglevel", settings.LOG_LEVEL]


def demo(port: int) -> Child:
    """Fills the demo project through the front door, once."""
    command = [sys.executable, "manage.py", "seed_demo", "--url", f"http://127.0.0.1:{port}"]
    return Child("demo", command, once=True, grace_seconds=5.0)


@transaction.atomic
def create_first_user(*, with_demo: bool) -> tuple[str, str] | None:
    """E-mail and password of the first user, made together with the demo project; None when there are users.

    Both in one transaction: a demo that was removed does not come back, because then a user is there.
    """
    if User.objects.exists():
        return None
    password = get_random_string(PASSWORD_LENGTH)
    user = User.objects.create_superuser(settings.ADMIN_EMAIL, password)
    if with_demo:
        create_demo(owner=user)
    return user.email, password


def collect_static() -> None:
    """Collects the static files, unless they are those of the last time."""
    sources = sorted(path for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*"))
    stamp = "\n".join(
        f"{path} {path.stat().st_mtime_ns}" for path in [*sources, settings.BASE_DIR / "requirements.lock"]
    )
    noted = settings.VAR_DIR / "static.stamp"
    if noted.exists() and noted.read_text() == stamp and (settings.STATIC_ROOT / "staticfiles.json").exists():
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    noted.write_text(stamp)


@contextmanager
def only_server(var_dir: Path, port: int) -> Iterator[None]:
    """Holds the folder's lock, which the system lets go of when we end, however we end."""
    with (var_dir / "serve.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CommandError(f"Misstep already runs here: {file.read().strip()}. Stop that one first.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on port {port}")
        file.flush()
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Says so in words when somebody else listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the server will: connections of the last run that are still winding down are no reason to refuse.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port: make run PORT={port + 1}"
            ) from None


def is_healthy(port: int) -> bool:
    """Whether the server answers /healthz."""
    hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")]
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/healthz", headers={"Host": hosts[0] if hosts else "localhost"})
        # Where https is asked for the answer is a redirect, which is an answer too.
        return client.getresponse().status in {200, 301}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
