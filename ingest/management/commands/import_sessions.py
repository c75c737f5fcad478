"""`manage.py import_sessions FILE… --project SLUG`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from ingest.importing import ImportReport, import_file


class Command(BaseCommand):
    """Imports sessions from files. Running it again adds nothing; it fails if anything was refused."""

    help = (
        "Import sessions from files: JSON or JSON lines of our own, chat messages, tau-bench, tau2-bench, OTLP JSON. "
        "The format is recognised by content. Exits with 1 if anything was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--project", required=True, metavar="SLUG", help="the project that gets the sessions")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        reports = [self._import(project, path) for path in options["files"]]
        refused = sum(len(report.refused) for report in reports)
        if refused:
            raise CommandError(f"{refused} refused.")

    def _import(self, project: Project, path: Path) -> ImportReport:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        report = import_file(project, path, progress=lambda seen: self._progress(path, seen))
        self.stderr.write("")
        self.stdout.write(
            f"{path.name}: {report.sessions_added} sessions and {report.steps_added} steps added, "
            f"{report.sessions_changed} changed, {report.sessions_unchanged} unchanged, {len(report.refused)} refused"
        )
        for refusal in report.refused:
            self.stdout.write(f"  {refusal}")
        return report

    def _progress(self, path: Path, seen: int) -> None:
        self.stderr.write(f"\r{path.name}: {seen}", ending="")
        self.stderr.flush()
