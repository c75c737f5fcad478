"""The made-up people. They have no password, so that nobody can log in as them."""

from accounts.models import Membership, Project, Role, User
from demo.queries import MADE_UP_PEOPLE
from demo.story.opinions import LEAD, NEWCOMER, REVIEWERS

NAMES = {
    "maya": "Maya (demo)",
    "tom": "Tom (demo)",
    "ines": "Ines (demo)",
    "noor": "Noor (demo)",
    "ruth": "Ruth (demo)",
}
EMAILS = [f"{key}{MADE_UP_PEOPLE}" for key in NAMES]


def join(project: Project) -> dict[str, User]:
    """All of them, by key, as members of the project: made where they are not there yet."""
    people = {key: _person(key) for key in (*REVIEWERS, NEWCOMER, LEAD)}
    for key, user in people.items():
        role = Role.LEAD if key == LEAD else Role.REVIEWER
        Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
    return people


def _person(key: str) -> User:
    email = f"{key}{MADE_UP_PEOPLE}"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=NAMES[key])
