"""Reads the process environment once, and refuses nonsense in words an operator can act on."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
BROKER_SCHEMES = ("filesystem", "redis", "rediss", "amqp", "amqps", "memory")


@dataclass(frozen=True)
class Environment:
    """Everything the process takes from outside, already checked."""

    debug: bool
    secret_key: str
    var_dir: Path
    allowed_hosts: list[str]
    trusted_origins: list[str]
    https: bool
    proxy_count: int
    database: dict[str, Any]
    broker_url: str
    email_url: dict[str, Any]
    from_email: str
    admin_email: str
    embedding_model: str
    log_level: str
    max_body_bytes: int
    max_upload_bytes: int
    max_unpacked_bytes: int


def read_environment() -> Environment:
    """Reads `.env` and the environment; raises ImproperlyConfigured naming the variable that is wrong."""
    environ.Env.read_env(BASE_DIR / ".env")
    env = environ.Env()
    var_dir = Path(env.str("MISSTEP_VAR", default=str(BASE_DIR / "var"))).resolve()
    var_dir.mkdir(parents=True, exist_ok=True)
    debug = _bool(env, "DEBUG", default=False)
    return Environment(
        debug=debug,
        secret_key=_secret_key(env, var_dir),
        var_dir=var_dir,
        allowed_hosts=env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]),
        trusted_origins=_origins(env),
        https=_bool(env, "HTTPS", default=False),
        proxy_count=_int(env, "PROXY_COUNT", default=0, low=0, high=10),
        database=_database(env, var_dir),
        broker_url=_broker(env),
        email_url=env.email_url("EMAIL_URL", default="consolemail://"),
        from_email=env.str("FROM_EMAIL", default="misstep@localhost"),
        admin_email=env.str("MISSTEP_ADMIN_EMAIL", default="admin@misstep.local"),
        embedding_model=env.str("EMBEDDING_MODEL", default=""),
        log_level=_choice(env, "LOG_LEVEL", default="INFO", allowed=("DEBUG", "INFO", "WARNING", "ERROR")),
        max_body_bytes=_int(env, "MAX_BODY_MIB", default=64, low=1, high=1024) * 1024 * 1024,
        max_upload_bytes=_int(env, "MAX_UPLOAD_MIB", default=512, low=1, high=100_000) * 1024 * 1024,
        max_unpacked_bytes=_int(env, "MAX_UNPACKED_MIB", default=16 * 1024, low=1, high=1_000_000) * 1024 * 1024,
    )


def _bool(env: environ.Env, name: str, *, default: bool) -> bool:
    raw = env.str(name, default="1" if default else "0").strip().lower()
    if raw not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no. Use {name}=1 or {name}=0.")
    return raw in {"1", "true", "yes", "on"}


def _int(env: environ.Env, name: str, *, default: int, low: int, high: int) -> int:
    raw = env.str(name, default=str(default))
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise ImproperlyConfigured(f"{name}={raw!r} must be a whole number from {low} to {high}.")
    return int(raw)


def _choice(env: environ.Env, name: str, *, default: str, allowed: tuple[str, ...]) -> str:
    raw: str = env.str(name, default=default).upper()
    if raw not in allowed:
        raise ImproperlyConfigured(f"{name}={raw!r} is not one of {', '.join(allowed)}.")
    return raw


def _origins(env: environ.Env) -> list[str]:
    origins: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
    for origin in origins:
        if urlsplit(origin).scheme not in {"http", "https"}:
            raise ImproperlyConfigured(f"CSRF_TRUSTED_ORIGINS holds {origin!r}; each needs http:// or https://.")
    return origins


def _database(env: environ.Env, var_dir: Path) -> dict[str, Any]:
    url = env.str("DATABASE_URL", default=f"sqlite:///{var_dir / 'misstep.sqlite3'}")
    scheme = urlsplit(url).scheme
    if scheme not in DATABASE_SCHEMES:
        raise ImproperlyConfigured(
            f"DATABASE_URL has scheme {scheme!r}; use sqlite:///PATH or postgres://USER@HOST/NAME."
        )
    database: dict[str, Any] = environ.Env.db_url_config(url)
    if scheme == "sqlite":
        # IMMEDIATE takes the write lock at BEGIN: a transaction that reads first can then never
        # fail half-way with "database is locked" because another writer came between.
        database["ENGINE"] = "common.sqlite3"
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Pages that the system holds already are read where they lie, which takes big lists half the time; the
            # cache of each connection is then for what is being written.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; "
            "PRAGMA mmap_size=1073741824;",
        }
    else:
        database["CONN_HEALTH_CHECKS"] = True
    # Opening one, SQLite's too, costs more than most requests do with it.
    database["CONN_MAX_AGE"] = 600
    return database


def _broker(env: environ.Env) -> str:
    url: str = env.str("CELERY_BROKER_URL", default="filesystem://")
    scheme = urlsplit(url).scheme
    if scheme not in BROKER_SCHEMES:
        raise ImproperlyConfigured(
            f"CELERY_BROKER_URL has scheme {scheme!r}; use one of {', '.join(BROKER_SCHEMES)}. "
            "filesystem:// needs no server."
        )
    return url


def _secret_key(env: environ.Env, var_dir: Path) -> str:
    """The configured key, or one generated into `var/secret_key` with mode 0600 at the first start."""
    given: str = env.str("SECRET_KEY", default="")
    if given and len(given) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters. Unset it: one is made in {var_dir}."
        )
    return given or _stored_secret(var_dir / "secret_key")


def _stored_secret(path: Path) -> str:
    try:
        # O_EXCL: of two processes that start together one writes, the other reads what it wrote.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        stored = path.read_text().strip()
        if len(stored) < SHORTEST_SECRET:
            raise ImproperlyConfigured(f"{path} holds no usable key. Delete it and start again.") from None
        return stored
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(64)
        file.write(secret)
    return secret
