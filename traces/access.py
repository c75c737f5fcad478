"""The door to sessions. Missing and forbidden look the same from outside: Http404."""

from django.http import Http404

from accounts.models import Project
from traces.models import AgentSession


def get_session(project: Project, session_id: int) -> AgentSession:
    """A session of this project; else Http404."""
    session = AgentSession.objects.filter(project=project, pk=session_id).first()
    if session is None:
        raise Http404("No such session.")
    return session
