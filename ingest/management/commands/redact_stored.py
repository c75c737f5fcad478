"""`manage.py redact_stored --project SLUG [--dry-run]`."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Project
from ingest.models import RawBatch
from ingest.storing.private import intake_of, start_redaction
from ingest.storing.redacting import Rewritten, redact_batches, redact_rest, redact_sessions
from traces.models import AgentSession


class Command(BaseCommand):
    """Applies the rules of today to what came before them. It can be stopped and run again."""

    help = "Take private words out of stored sessions, scores and raw batches, by the project's redaction rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG", help="the project whose rules are applied")
        parser.add_argument("--dry-run", action="store_true", help="only count what would be taken out")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        if start_redaction(intake_of(project)) is None:
            raise CommandError("No rule is on. Switch one on under Settings, Privacy.")
        dry_run = options["dry_run"]
        counts: Counter[str] = Counter()
        # Batches first: a session that is read again from one would bring the words back.
        total = RawBatch.objects.filter(project=project).count()
        counts += self._all("batch", total, lambda after: redact_batches(project, after, dry_run=dry_run))
        total = AgentSession.objects.filter(project=project).count()
        counts += self._all("session", total, lambda after: redact_sessions(project, after, dry_run=dry_run))
        counts += redact_rest(project, dry_run=dry_run).counts
        self._tell(counts, dry_run=dry_run)

    def _all(self, word: str, total: int, step: Callable[[int], Rewritten]) -> Counter[str]:
        counts: Counter[str] = Counter()
        after: int | None = 0
        with tqdm(total=total, unit=word, file=self.stderr, disable=None) as bar:
            while after is not None:
                done = step(after)
                counts += done.counts
                bar.update(done.seen)
                after = done.last
        return counts

    def _tell(self, counts: Counter[str], *, dry_run: bool) -> None:
        for rule, times in sorted(counts.items()):
            self.stdout.write(f"{rule}: {times} times {'found' if dry_run else 'taken out'}")
        if not counts:
            self.stdout.write("Nothing was found.")
        if counts and not dry_run:
            self.stdout.write("Quotes have changed with it. What people wrote themselves stays as they wrote it.")
