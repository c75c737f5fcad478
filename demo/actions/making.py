"""Makes the demo project with its people, and removes it."""

from django.db import transaction

from accounts.models import Membership, Project, Role, User
from common.errors import Refused
from demo.actions.people import EMAILS, join
from demo.queries import SLUG, demo_project
from demo.removal import delete_project, delete_reviewers
from demo.story.machines import MEANINGS
from traces.actions import set_meanings

NAME = "Harbor (demo)"


@transaction.atomic
def create_demo(*, owner: User) -> Project:
    """The demo project with `owner` as its admin; the one that is there, if it is. Its sessions are sent later."""
    project = demo_project()
    if project is not None:
        return project
    if Project.objects.filter(slug=SLUG).exists():
        raise Refused(f"A project that is no demo has the address {SLUG!r} already.")
    project = Project.objects.create(name=NAME, slug=SLUG, is_demo=True)
    Membership.objects.create(project=project, user=owner, role=Role.ADMIN)
    join(project)
    # Before there is a score: nothing has to be read again.
    set_meanings(project=project, chosen=MEANINGS)
    return project


@transaction.atomic
def remove_demo(*, project: Project) -> None:
    """Deletes a demo project with everything in it. Refused for any other project."""
    if not project.is_demo:
        raise Refused("Only a demo project can be removed like this.")
    delete_project(project)
    delete_reviewers(EMAILS)
