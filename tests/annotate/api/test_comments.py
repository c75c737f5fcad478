"""Comments in a session's own representation."""

import uuid

from django.test import Client

from accounts.models import Project, Scope, User
from annotate.actions.comments import add_comment, withdraw_comment
from tests.builders import make_key, make_session, make_talk


def test_session_tells_what_people_said_of_it(project: Project, ada: User, bob: User) -> None:
    session = make_session(project)
    make_talk(session)
    first, gone = (
        add_comment(session=session, author=author, client_id=uuid.uuid4(), text=text, step="k2", for_lead=True)
        for author, text in ((ada, "Is it so?"), (bob, "Taken back."))
    )
    withdraw_comment(comment=gone, author=bob)
    reader = Client(headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    [said] = reader.get(f"/api/v1/sessions/{session.pk}/").json()["comments"]
    assert said.pop("created_at").startswith(f"{first.created_at:%Y-%m-%dT%H:%M}")
    assert said == {
        "step_key": "k2",
        "author": "ada@example.com",
        "text": "Is it so?",
        "for_lead": True,
        "settled_at": None,
    }
