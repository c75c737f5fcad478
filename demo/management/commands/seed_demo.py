"""`manage.py seed_demo`: makes the demo project and fills it through the front door. Running it again goes on."""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.actions import create_api_key, revoke_api_key
from accounts.models import ApiKey, Project, Scope, User
from common.errors import Refused
from demo.actions import create_demo, play_team, review_demo
from demo.queries import REVIEWS, demo_project, sessions_here, sessions_settled
from demo.sending import NotSentError, encode, post, post_scores
from demo.story import SEED, AgentRun, tell

KEY_NAME = "Made-up sessions"
SESSIONS_PER_REQUEST = 10
LONGEST_WAIT_SECONDS = 300.0
LOOK_EVERY_SECONDS = 1.0


class Command(BaseCommand):
    """Sends the made-up sessions, waits until they are read, and lets made-up reviewers judge some of them."""

    help = "Make the demo project and send its sessions to a running server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="Where the server answers.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = demo_project() or create_demo(owner=first_admin())
            runs = tell(seed=SEED, now=project.created_at)
            self._send(project, options["url"], runs)
            self._review(project, runs)
            self._say("reading together, settling and talking …")
            play_team(project=project, runs=runs)
        except (NotSentError, Refused) as error:
            raise CommandError(f"The demo is not complete: {error}. `manage.py seed_demo` goes on with it.") from None
        self._say("The demo is ready: sessions, first reviews, and soon proposals of what belongs together.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  demo: {line}")
        self.stdout.flush()

    def _send(self, project: Project, url: str, runs: Sequence[AgentRun]) -> None:
        if sessions_here(project) >= len(runs):
            return
        self._say(f"sending {len(runs)} made-up sessions …")
        with sending_key(project) as secret:
            # First, so that each session finds its scores when it comes, and is looked through once.
            post_scores(url, secret, runs)
            send_all(url, secret, runs)
        self._wait("reading them", len(runs), lambda: sessions_here(project))

    def _review(self, project: Project, runs: Sequence[AgentRun]) -> None:
        self._wait("looking for signals", len(runs), lambda: sessions_settled(project))
        self._wait("reviewing the first ones", REVIEWS, lambda: review_demo(project=project, runs=runs))

    def _wait(self, what: str, wanted: int, done: Callable[[], int]) -> None:
        """Says how far it is whenever another third is done; gives up after some minutes without an end."""
        deadline, said = time.monotonic() + LONGEST_WAIT_SECONDS, -1
        while (count := done()) < wanted:
            if time.monotonic() > deadline:
                raise NotSentError(f"{what} took too long, {count} of {wanted}; is the worker running?")
            if count * 3 // wanted > said:
                said = count * 3 // wanted
                self._say(f"{what}: {count} of {wanted}")
            connection.close()
            time.sleep(LOOK_EVERY_SECONDS)


@contextmanager
def sending_key(project: Project) -> Iterator[str]:
    """A key for the time of sending. One that a stopped run left behind is revoked first: its name is wanted."""
    for left in ApiKey.objects.filter(project=project, name=KEY_NAME, revoked_at=None):
        revoke_api_key(key=left)
    key, secret = create_api_key(project=project, name=KEY_NAME, scopes=[Scope.INGEST], creator=first_admin())
    try:
        yield secret
    finally:
        revoke_api_key(key=key)


def send_all(url: str, secret: str, runs: Sequence[AgentRun]) -> None:
    """Posts all sessions, some per request."""
    for start in range(0, len(runs), SESSIONS_PER_REQUEST):
        post(url, secret, encode(runs[start : start + SESSIONS_PER_REQUEST]))


def first_admin() -> User:
    """The operator: the oldest active superuser."""
    user = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        raise CommandError("There is no admin yet. `make run` makes one.")
    return user
