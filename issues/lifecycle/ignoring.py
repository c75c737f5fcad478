"""Until when an issue is ignored, and whether that has come: plain values."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices


class EndKind(TextChoices):
    """What ends the ignoring of an issue."""

    NEVER = "never", "For good"
    DATE = "date", "Until a date"
    SESSIONS = "sessions", "Until more sessions"
    USERS = "users", "Until more users in a period"
    ESCALATES = "escalates", "Until it escalates"


@dataclass(frozen=True)
class End:
    """Until when: `at` for a date, `count` of sessions or users, `days` for the period in which users are counted."""

    kind: EndKind = EndKind.NEVER
    at: datetime | None = None
    count: int | None = None
    days: int | None = None

    @property
    def words(self) -> str:
        """Until when, as a sentence goes on after "ignored"."""
        match self.kind:
            case EndKind.DATE:
                return f"until {self.at:%-d %B %Y}" if self.at else "until a date"
            case EndKind.SESSIONS:
                return f"until {self.count} more confirmed {_noun('session', self.count)}"
            case EndKind.USERS:
                return f"until {self.count} {_noun('user', self.count)} in {self.days} {_noun('day', self.days)}"
            case EndKind.ESCALATES:
                return "until it escalates"
        return "for good"


@dataclass(frozen=True)
class Meanwhile:
    """What happened since an issue is ignored: confirmed `sessions`, and `users` among them in the period."""

    now: datetime
    sessions: int = 0
    users: int = 0
    is_escalating: bool = False


def why_ended(end: End, seen: Meanwhile) -> str:
    """Why the ignoring is over, in words; empty while it is not."""
    match end.kind:
        case EndKind.DATE if end.at is not None and seen.now >= end.at:
            return f"The date has come: {end.at:%-d %B %Y}."
        case EndKind.SESSIONS if end.count and seen.sessions >= end.count:
            return f"{seen.sessions} more confirmed {_noun('session', seen.sessions)}."
        case EndKind.USERS if end.count and seen.users >= end.count:
            return f"{seen.users} {_noun('user', seen.users)} within {end.days} {_noun('day', end.days)}."
        case EndKind.ESCALATES if seen.is_escalating:
            return "It escalates."
    return ""


def _noun(word: str, count: int | None) -> str:
    return word if count == 1 else f"{word}s"
