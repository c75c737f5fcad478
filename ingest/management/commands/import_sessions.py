"""`manage.py import_sessions PATH… --project SLUG`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Project
from ingest.importing import ImportReport, Progress, format_names, import_file

MOST_NAMED = 100


class Command(BaseCommand):
    """Imports sessions from files and folders. Running it again adds nothing; it fails if anything was refused."""

    help = (
        "Import sessions from files, or all files in folders. Plain or packed (gzip, zstd, zip); the format of each is "
        "recognised by its content. Exits with 1 if anything was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder of files")
        parser.add_argument("--project", required=True, metavar="SLUG", help="the project that gets the sessions")
        parser.add_argument(
            "--format", default="auto", choices=("auto", *format_names()), help="read this format only (default: any)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        file_format = "" if options["format"] == "auto" else options["format"]
        paths = list(_files(options["paths"]))
        reports = [self._import(project, path, file_format) for path in paths]
        if len(reports) > 1:
            self.stdout.write(f"{len(reports)} files: {_summary(reports)}")
        refused = sum(report.refused_count for report in reports)
        if refused:
            raise CommandError(f"{refused} refused.")

    def _import(self, project: Project, path: Path, file_format: str) -> ImportReport:
        # tqdm says nothing where nobody watches: `disable=None` asks whether this is a terminal.
        with tqdm(
            total=path.stat().st_size, desc=path.name, unit="B", unit_scale=True, disable=None, leave=False
        ) as bar:

            def hear(report: ImportReport, done: Progress) -> None:
                bar.set_postfix_str(f"{done.entries} entries, {report.refused_count} refused", refresh=False)
                bar.update(done.bytes_read - bar.n)

            report = import_file(project, path, hear, file_format)
        self.stdout.write(f"{path.name}: {_summary([report])}")
        for refusal in report.refused[:MOST_NAMED]:
            self.stdout.write(f"  {refusal}")
        if report.refused_count > MOST_NAMED:
            self.stdout.write(f"  … and {report.refused_count - MOST_NAMED} more")
        return report


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files, and all files in the folders, but for hidden ones."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                inner for inner in path.rglob("*") if inner.is_file() and not _is_hidden(inner.relative_to(path))
            )
        elif path.is_file():
            yield path
        else:
            raise CommandError(f"There is no file {path}.")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _summary(reports: list[ImportReport]) -> str:
    def total(name: str) -> int:
        return sum(getattr(report, name) for report in reports)

    return (
        f"{total('sessions_added')} sessions and {total('steps_added')} steps added, "
        f"{total('sessions_changed')} changed, {total('sessions_unchanged')} unchanged, "
        f"{total('refused_count')} refused"
    )
