"""The product's settings, with a fast password hash and static files that need no collecting."""

from os import getpid
from pathlib import Path
from tempfile import gettempdir

from config.settings import *  # noqa: F403 # all of them, and what follows otherwise
from config.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# A live server's threads end without closing what they keep; PostgreSQL then refuses to drop the test database.
DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0}}
if DATABASES["default"]["ENGINE"] == "common.sqlite3":
    # A file: of a database in memory, all threads of a live server would share one connection, and its transactions.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(gettempdir()) / f"misstep-test-{getpid()}.sqlite3")}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A thread of its own would meet the database while it is being emptied.
WORK_BESIDE_REQUESTS = False
# Counting failed logins costs each login several queries; the tests of it switch it on.
AXES_ENABLED = False
