"""Lets the made-up people talk about what they read."""

from collections.abc import Mapping, Sequence

from accounts.models import Membership, Project, Role, User
from annotate.actions.comments import add_comment, settle_flag
from annotate.queries.comments import people_of
from demo.actions.reviewing import client_id
from demo.story import AgentRun
from demo.story.opinions import LEAD
from demo.story.remarks import REMARKS, Remark, session_of, step_of
from traces.models import AgentSession


def talk(
    project: Project, runs: Sequence[AgentRun], sessions: Mapping[str, AgentSession], people: Mapping[str, User]
) -> None:
    """Says what they have to say about these sessions; said again, nothing is said twice."""
    names = _names(project, people)
    for place, remark in enumerate(REMARKS):
        run = session_of(remark, runs)
        if run is not None:
            _say(remark, str(place), sessions[run.external_id], step_of(remark, run), people, names)


def _names(project: Project, people: Mapping[str, User]) -> dict[str, str]:
    """By what each is named in the remarks: the made-up people, and as `you` the first admin."""
    owner = Membership.objects.filter(project=project, role=Role.ADMIN).order_by("pk").values_list("user", flat=True)
    keys = {person.pk: key for key, person in people.items()} | dict.fromkeys(owner[:1], "you")
    return {keys[person.pk]: person.handle for person in people_of(project) if person.pk in keys}


def _say(
    remark: Remark,
    place: str,
    session: AgentSession,
    step: str,
    people: Mapping[str, User],
    names: Mapping[str, str],
) -> None:
    said = add_comment(
        session=session,
        author=people[remark.by],
        client_id=client_id("remark", place),
        text=remark.text.format(**{"you": "all", **names}),
        step=step,
        for_lead=remark.for_lead,
    )
    if remark.answer:
        settle_flag(flag=said, lead=people[LEAD], client_id=client_id("answer", place), text=remark.answer)
