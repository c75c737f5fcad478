"""Settings out of the environment."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, read_environment

OURS = [
    "ALLOWED_HOSTS", "CELERY_BROKER_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "EMAIL_URL",
    "EMBEDDING_MODEL", "FROM_EMAIL", "HTTPS", "LOG_LEVEL", "MAX_BODY_MIB", "PROXY_COUNT", "SECRET_KEY",
]  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment in which nothing of ours is set, and no `.env` of the developer's."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MISSTEP_VAR", str(tmp_path / "var"))
    monkeypatch.setattr("config.environment.BASE_DIR", tmp_path)


def read(monkeypatch: pytest.MonkeyPatch, **values: str) -> Environment:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return read_environment()


def test_bare_environment_is_one_careful_machine(tmp_path: Path) -> None:
    found = read_environment()
    assert (found.debug, found.https, found.proxy_count, found.trusted_origins) == (False, False, 0, [])
    assert (found.broker_url, found.embedding_model, found.log_level) == ("filesystem://", "", "INFO")
    assert found.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert found.database["NAME"] == str(tmp_path / "var" / "misstep.sqlite3")
    assert found.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found.max_body_bytes == 64 * 1024 * 1024


def test_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=warning\n")
    try:
        assert read_environment().log_level == "WARNING"
    finally:
        os.environ.pop("LOG_LEVEL", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("HTTPS", "2"),
        ("PROXY_COUNT", "-1"),
        ("PROXY_COUNT", "many"),
        ("PROXY_COUNT", "11"),
        ("MAX_BODY_MIB", "0"),
        ("MAX_BODY_MIB", "1.5"),
        ("LOG_LEVEL", "LOUD"),
        ("CSRF_TRUSTED_ORIGINS", "misstep.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "https://ok.example.com,ftp://no.example.com"),
        ("DATABASE_URL", "mysql://root@host/db"),
        ("DATABASE_URL", "misstep.sqlite3"),
        ("CELERY_BROKER_URL", "sqs://"),
        ("CELERY_BROKER_URL", "localhost:6379"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 31),
    ],
)
def test_nonsense_is_refused_with_the_variable_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        read(monkeypatch, **{name: value})


def test_switches_take_the_usual_words(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = {raw: read(monkeypatch, DEBUG=raw).debug for raw in ("1", "Yes", "on", "true", "0", "FALSE", "off", "no")}
    assert meant == {
        "1": True, "Yes": True, "on": True, "true": True, "0": False, "FALSE": False, "off": False, "no": False
    }  # fmt: skip


def test_given_values_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch,
        DATABASE_URL="postgres://me:secret@db.example.com:5433/misstep",
        CELERY_BROKER_URL="rediss://broker/1",
        ALLOWED_HOSTS="a.example.com,b.example.com",
        CSRF_TRUSTED_ORIGINS="https://a.example.com",
        PROXY_COUNT="2",
        MAX_BODY_MIB="8",
        SECRET_KEY="s" * 32,
    )
    database = {key: found.database[key] for key in ("HOST", "PORT", "NAME", "USER", "CONN_HEALTH_CHECKS")}
    assert database == {
        "HOST": "db.example.com",
        "PORT": 5433,
        "NAME": "misstep",
        "USER": "me",
        "CONN_HEALTH_CHECKS": True,
    }
    assert (found.broker_url, found.proxy_count, found.max_body_bytes) == ("rediss://broker/1", 2, 8 * 1024 * 1024)
    assert (found.allowed_hosts, found.secret_key) == (["a.example.com", "b.example.com"], "s" * 32)


# --- the secret ---------------------------------------------------------------------------------


def test_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = read_environment().secret_key
    file = tmp_path / "var" / "secret_key"
    assert len(first) >= 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_environment().secret_key == first == file.read_text()


def test_secret_differs_between_installations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = read_environment().secret_key
    assert read(monkeypatch, MISSTEP_VAR=str(tmp_path / "other")).secret_key != first


@pytest.mark.parametrize("stored", ["", "short", " " * 60])
def test_stored_secret_that_is_no_secret_is_refused(tmp_path: Path, stored: str) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret_key").write_text(stored)
    with pytest.raises(ImproperlyConfigured, match="secret_key holds no usable key"):
        read_environment()


def test_given_secret_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read(monkeypatch, SECRET_KEY="s" * 64)
    assert not (tmp_path / "var" / "secret_key").exists()


def test_repository_holds_no_secret() -> None:
    source = Path(__file__).resolve().parents[2] / "config" / "settings.py"
    values: Any = [line for line in source.read_text().splitlines() if line.startswith("SECRET_KEY")]
    assert values == ["SECRET_KEY = ENVIRONMENT.secret_key"]
