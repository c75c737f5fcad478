"""What the calls of this app have in common: whose they are, and how they say what is wrong."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from accounts.models import ApiKey, Project, User
from common.errors import Refused
from issues.lifecycle.ignoring import End, EndKind
from issues.serializers import ErrorsSerializer

WRONG = OpenApiResponse(ErrorsSerializer, description="What is wrong, field by field.")


def project_of(request: Request) -> Project:
    """The project of the call's key."""
    return cast("ApiKey", request.auth).project


def cause_of(request: Request) -> str:
    """What stands in histories in place of a person."""
    return f"API key {cast('ApiKey', request.auth).name}"


def end_of(told: dict[str, Any]) -> End:
    """Until when to ignore."""
    return End(EndKind(told["end"]), told["until"], told["count"], told["days"])


def owner_of(project: Project, email: str | None) -> User | None:
    """A member of the project by e-mail address; None for nobody."""
    if not email:
        return None
    owner = User.objects.filter(email__iexact=email, is_active=True, memberships__project=project).first()
    if owner is None:
        raise Refused("Only members of the project can own its issues.", field="owner")
    return owner
