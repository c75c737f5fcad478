"""`manage.py replay_batches --project SLUG`."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from accounts.models import Project
from common.doorbell import ring
from ingest.actions import retry_batches
from ingest.digest import digest_again
from ingest.models import BatchState, RawBatch
from ingest.storing import Outcome
from traces.tasks import sweep as settle

AT_ONCE = 20


class Command(BaseCommand):
    """Reads batches again that were read before. Running it twice changes nothing more."""

    help = (
        "Read what came in once more, as far as it is still kept: after an update that reads more of it. Sessions are "
        "derived anew; reviews and failures stay. Batches that could not be read are handed to the worker again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG", help="whose batches")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--failed", action="store_true", help="only those that could not be read")
        which.add_argument(
            "--since", type=_moment, metavar="DATE", help="only those received since, such as 2026-11-02"
        )
        which.add_argument("--ids", nargs="+", type=int, metavar="ID", help="only these")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        chosen = _chosen(project, options["since"], options["ids"])
        failed = list(chosen.filter(state=BatchState.FAILED).values_list("pk", flat=True))
        handed = sum(retry_batches(project=project, batch_id=key) for key in failed)
        unread = 0 if options["failed"] else self._read_again(chosen.filter(state=BatchState.DONE))
        if handed:
            self.stdout.write(f"{handed} failed batches are handed to the worker again.")
        if unread:
            raise CommandError(f"{unread} batches could not be read again; their sessions are as they were.")

    def _read_again(self, batches: QuerySet[RawBatch]) -> int:
        """How many batches could not be read."""
        outcomes: list[Outcome] = []
        unread = 0
        keys = list(batches.order_by("pk").values_list("pk", flat=True))
        # tqdm says nothing where nobody watches: `disable=None` asks whether this is a terminal.
        with tqdm(total=len(keys), desc="batches", disable=None, leave=False) as bar:
            for start in range(0, len(keys), AT_ONCE):
                some = list(
                    batches.filter(pk__in=keys[start : start + AT_ONCE]).select_related("project").order_by("pk")
                )
                for group in _apart_where_one_fails(some):
                    if isinstance(group, RawBatch):
                        self.stderr.write(f"Batch {group.pk} could not be read.")
                        unread += 1
                    else:
                        outcomes += group
                bar.update(len(some))
        ring(settle)
        changed = len({outcome.session_id for outcome in outcomes if outcome.added or outcome.changed})
        self.stdout.write(f"{len(keys) - unread} batches read again: {changed} sessions changed.")
        return unread


def _apart_where_one_fails(batches: list[RawBatch]) -> Iterator[list[Outcome] | RawBatch]:
    """What became of the sessions; where the batches fail together, of each batch, and the batch that fails itself."""
    try:
        yield digest_again(batches) if batches else []
    except Exception:  # noqa: BLE001 # whatever one of them breaks, the others are read
        if len(batches) == 1:
            yield batches[0]
            return
        for batch in batches:
            yield from _apart_where_one_fails([batch])


def _chosen(project: Project, since: datetime | None, ids: list[int] | None) -> QuerySet[RawBatch]:
    chosen = RawBatch.objects.filter(project=project).exclude(body=b"")
    if since is not None:
        chosen = chosen.filter(received_at__gte=since)
    return chosen if ids is None else chosen.filter(pk__in=ids)


def _moment(said: str) -> datetime:
    """A date or a time; UTC unless it says otherwise."""
    try:
        day = parse_date(said)
        moment = datetime.combine(day, datetime.min.time()) if day else parse_datetime(said)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"{said!r} is no date such as 2026-11-02")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
