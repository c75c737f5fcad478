"""What an operator is told of settings that should be changed."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks

from common.checks import CHECKS, nearest_existing

FINE = {
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "ALLOWED_HOSTS": ["misstep.example.com"],
    "CELERY_BROKER_URL": "filesystem://",
    "EMBEDDING_MODEL": "",
}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}


def findings(**changed: Any) -> list[str | None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**FINE, **changed}.items():
            patch.setattr(django_settings, name, value)
        return [finding.id for check in CHECKS for finding in check()]


def test_careful_settings_have_no_findings(tmp_path: Path) -> None:
    assert findings(VAR_DIR=tmp_path) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"DEBUG": True}, ["misstep.W001"]),
        ({"DEBUG": True, "SECURE_SSL_REDIRECT": False}, []),
        ({"ALLOWED_HOSTS": ["*"]}, ["misstep.W002"]),
        ({"VAR_DIR": Path("/proc/1/nowhere")}, ["misstep.E003"]),
        ({"VAR_DIR": Path("/proc/1/nowhere"), "CELERY_BROKER_URL": "redis://localhost"}, []),
        ({"CELERY_BROKER_URL": "redis://broker.example.com/0", "DATABASES": SQLITE}, ["misstep.W004"]),
        ({"CELERY_BROKER_URL": "redis://broker.example.com/0", "DATABASES": POSTGRES}, []),
        ({"CELERY_BROKER_URL": "redis://127.0.0.1/0", "DATABASES": SQLITE}, []),
    ],
)
def test_check_finds_what_an_operator_should_change(tmp_path: Path, changed: dict[str, Any], found: list[str]) -> None:
    assert findings(**{"VAR_DIR": tmp_path, **changed}) == found


def test_missing_model_is_found_unless_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.checks.find_spec", lambda _: None)
    assert findings(VAR_DIR=tmp_path) == ["misstep.W005"]
    assert findings(VAR_DIR=tmp_path, EMBEDDING_MODEL="/models/other") == []


def test_broker_folder_may_be_made_later(tmp_path: Path) -> None:
    assert nearest_existing(tmp_path / "not" / "yet") == tmp_path


def test_checks_are_registered_and_give_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "ALLOWED_HOSTS", ["*"])
    ours = [finding for finding in run_checks() if str(finding.id).startswith("misstep.")]
    assert [(finding.id, bool(finding.hint)) for finding in ours] == [("misstep.W002", True)]
