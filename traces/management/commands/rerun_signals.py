"""`manage.py rerun_signals [--project SLUG] [--detector NAME]`."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Project
from common.errors import Refused
from traces.actions import start_run
from traces.detectors import DETECTORS
from traces.models import SignalRun
from traces.rerunning import run_some

SECONDS_BETWEEN_LOOKS = 0.5


class Command(BaseCommand):
    """Runs detectors again over what has come so far. Interrupted, it is taken up by a worker, or by the next call."""

    help = (
        "Run detectors again over stored sessions: all of them, or one. A run that is going on already is finished "
        "first, together with whoever works on it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="SLUG", help="this project only (default: all)")
        parser.add_argument(
            "--detector", metavar="NAME", choices=[one.name for one in DETECTORS], help="this detector (default: all)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        projects = Project.objects.order_by("pk")
        if options["project"]:
            projects = projects.filter(slug=options["project"])
            if not projects:
                raise CommandError(f"There is no project {options['project']!r}.")
        detectors = [options["detector"]] if options["detector"] else []
        for project in projects:
            for run in SignalRun.objects.filter(project=project, finished_at=None):
                self._finish(run)
            try:
                self._finish(start_run(project=project, by=None, detectors=detectors))
            except Refused as refusal:
                raise CommandError(f"{project.slug}: {refusal.message}") from refusal

    def _finish(self, run: SignalRun) -> None:
        # tqdm says nothing where nobody watches: `disable=None` asks whether this is a terminal.
        with tqdm(total=run.total, desc=run.project.slug, unit=" sessions", disable=None, leave=False) as bar:
            while run.finished_at is None:
                worked = run_some(1, run.project)
                run.refresh_from_db()
                bar.update(run.done - bar.n)
                if not worked and run.finished_at is None:
                    time.sleep(SECONDS_BETWEEN_LOOKS)  # somebody else is at it
        was = " It was stopped." if run.stopped_by else ""
        self.stdout.write(f"{run.project.slug}: {run.done} session{'s' * (run.done != 1)} read again.{was}")
