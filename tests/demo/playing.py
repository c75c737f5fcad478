"""The demo as its owner finds it, made in this process within seconds."""

from django.test import Client
from django.utils import timezone

from accounts.models import Project, User
from annotate.filling import fill_queues, make_default_queue
from demo.actions import create_demo, play_team, review_demo
from demo.management.commands.seed_demo import sending_key
from demo.sending import encode
from demo.story import tell
from ingest.digest import digest_waiting
from issues.actions import create_issue
from traces.settling import settle_quiet

AT_ONCE = 20


def play_demo(owner: User) -> Project:
    """The made-up project: sent through the front door, read, queued and reviewed; with the first of its issues."""
    project = create_demo(owner=owner)
    runs = tell(seed=20, now=timezone.now(), count=40)
    with sending_key(project) as secret:
        sender = Client(headers={"Authorization": f"Bearer {secret}"})
        for start in range(0, len(runs), AT_ONCE):
            body = encode(runs[start : start + AT_ONCE])
            assert sender.post("/v1/traces", body, content_type="application/x-protobuf").status_code == 200
    while digest_waiting():
        pass
    while settle_quiet(timezone.now()):
        pass
    make_default_queue(project)
    fill_queues(1000)
    assert review_demo(project=project, runs=runs)
    play_team(project=project, runs=runs)
    create_issue(failure=project.failures.order_by("pk")[0], title="An issue", actor=owner)
    return project
