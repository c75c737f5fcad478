"""`manage.py remove_demo`: deletes the demo project and everything in it."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.actions import remove_demo
from demo.queries import demo_project


class Command(BaseCommand):
    """Does nothing when there is no demo."""

    help = "Remove the demo project with all its sessions, reviews and issues."

    def handle(self, *args: Any, **options: Any) -> None:
        project = demo_project()
        if project is None:
            self.stdout.write("There is no demo project.")
            return
        remove_demo(project=project)
        self.stdout.write("The demo is gone. It does not come back by itself; `manage.py seed_demo` makes it again.")
