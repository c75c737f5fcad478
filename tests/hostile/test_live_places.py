"""What is on the pages of those who let sessions in and settle what was said of them, only once they use them.

Each state is full of hostile words, is looked at like a page of its own, and is read by axe.
"""

import pytest

from accounts.models import Project, Role
from tests.accounts.tenants import Tenant, make_tenant
from tests.hostile.corpus import WIDE
from tests.hostile.driving import TURNED, drive
from tests.hostile.incoming import INCOMING, fill_incoming
from tests.hostile.sending import send_talk
from tests.hostile.settling import SETTLING, fill_settling
from tests.hostile.watching import Watched

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tenant() -> Tenant:
    """A project in which all words are hostile, its own name too."""
    tenant = make_tenant("acme", issue_number=7)
    send_talk(tenant.project)
    Project.objects.update(name=f"{TURNED} {WIDE[0]}"[:120])
    fill_incoming(tenant)
    fill_settling(tenant)
    return tenant


def test_no_state_of_a_place_does_what_its_words_ask_for(windows: dict[Role, Watched], tenant: Tenant) -> None:
    wrong = drive(windows[Role.LEAD], tenant, SETTLING) | drive(windows[Role.ADMIN], tenant, INCOMING)
    assert wrong == {}
