"""`manage.py apply_prices --project SLUG`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Project
from ingest.storing.repricing import price_again
from traces.models import AgentSession


class Command(BaseCommand):
    """Estimates the costs of stored sessions anew. Running it again changes nothing."""

    help = "Bring stored sessions to the project's price table. Costs that were sent stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG", help="the project whose prices are applied")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        changed, last = 0, 0
        total = AgentSession.objects.filter(project=project).count()
        with tqdm(total=total, unit="session", file=self.stderr, disable=None) as bar:
            while True:
                done = price_again(project, last)
                changed += done.changed
                bar.update(done.seen)
                if done.last is None:
                    break
                last = done.last
        self.stdout.write(f"{changed} sessions have another cost than before.")
