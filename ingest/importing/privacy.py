"""Private words go out of a file's values as they go out of what comes through a door: before anything reads them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from accounts.models import Project
from ingest.importing.parsing import Value
from ingest.records import Refusal
from ingest.redaction import redact_value
from ingest.storing.private import count_redactions, intake_of, start_redaction

RAN_OUT = "is too much for the project's own redaction rules, which had no time for all of it; make them simpler"


class Privacy:
    """What one project wants taken out of a file, and how often that happened since it was last counted."""

    def __init__(self, project: Project) -> None:
        self.project = project
        redaction = start_redaction(intake_of(project))
        self.redactor = None if redaction is None else redaction.redactor
        self.counts: Counter[str] = Counter()

    def cleaned(self, values: Iterable[Value]) -> Iterator[Value]:
        """The values without private words. Each has the time of a whole request: a file may be as large as many."""
        for value, line in values:
            if self.redactor is None or isinstance(value, Refusal):
                yield value, line
                continue
            redaction = self.redactor.start()
            new = redact_value(redaction, value)
            yield Refusal(line, RAN_OUT) if redaction.ran_out else new, line
            self.counts += redaction.counts

    def count(self) -> None:
        """Writes down what the rules did. Call it in the transaction that stores what they cleaned."""
        if self.counts:
            count_redactions(self.project.pk, self.counts)
            self.counts = Counter()
