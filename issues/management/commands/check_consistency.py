"""`manage.py check_consistency [--project SLUG] [--repair]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from issues.consistency import Finding, findings


class Command(BaseCommand):
    """Changes nothing unless it is asked to. Exits with 1 where something is wrong, and stays so."""

    help = (
        "Prove that the counts of issues are what their memberships say, that numbers lead to living issues and that "
        "what people taught is kept to. Says each thing that is wrong; with --repair, mends what needs no decision."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="SLUG", help="this project only (default: all)")
        parser.add_argument(
            "--repair", action="store_true", help="mend what can be mended without a decision of a person"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        projects = Project.objects.order_by("pk")
        if options["project"]:
            projects = projects.filter(slug=options["project"])
            if not projects:
                raise CommandError(f"There is no project {options['project']!r}.")
        wrong = sum(self._check(project, repair=options["repair"]) for project in projects.iterator())
        if wrong:
            raise CommandError(f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong.")
        self.stdout.write("Everything fits together.")

    def _check(self, project: Project, *, repair: bool) -> int:
        """How many things are wrong with the project, after what was mended."""
        left = 0
        for finding in findings(project):
            mended = repair and self._mend(finding)
            left += not mended
            self.stdout.write(f"{project.slug}: {finding.words}{' Mended.' if mended else ''}")
        return left

    def _mend(self, finding: Finding) -> bool:
        if finding.mend is None:
            return False
        finding.mend()
        return True
