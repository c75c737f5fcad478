"""`manage.py apply_retention --project SLUG | --all [--dry-run]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Project
from ingest.retention import Removed, apply, plan
from ingest.storing.private import intake_of


class Command(BaseCommand):
    """Does now what the hourly sweep does bit by bit. It can be stopped; the next run goes on."""

    help = "Remove what a project keeps no longer: old raw batches, old sessions that nobody judged, stray scores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--project", metavar="SLUG", help="the project to tidy")
        chosen.add_argument("--all", action="store_true", help="all projects")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        projects = Project.objects.order_by("slug")
        if not options["all"]:
            projects = projects.filter(slug=options["project"])
            if not projects:
                raise CommandError(f"There is no project {options['project']!r}.")
        for project in projects:
            self._tell(project) if options["dry_run"] else self._apply(project)

    def _tell(self, project: Project) -> None:
        found = plan(project, intake_of(project), timezone.now())
        oldest = f", the oldest last heard of on {found.oldest:%Y-%m-%d}" if found.oldest else ""
        self.stdout.write(
            f"{project.slug}: {_counted(found)} would go{oldest}. "
            f"{found.held} sessions as old stay: people judged or commented on them."
        )
        for session in found.examples:
            self.stdout.write(f"  {session.external_id} {session.title}")

    def _apply(self, project: Project) -> None:
        removed = apply(project, timezone.now(), hear=lambda so_far: self._progress(project, so_far))
        self.stderr.write("")
        self.stdout.write(f"{project.slug}: {_counted(removed)} removed")

    def _progress(self, project: Project, removed: Removed) -> None:
        self.stderr.write(f"\r{project.slug}: {_counted(removed)}", ending="")
        self.stderr.flush()


def _counted(removed: Removed) -> str:
    return f"{removed.sessions} sessions, {removed.batches} raw batches and {removed.scores} stray scores"
