"""The product's settings, with a fast password hash and static files that need no collecting."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# A live server's threads end without closing what they keep; PostgreSQL then refuses to drop the test database.
DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0}}
if DATABASES["default"]["ENGINE"] == "common.sqlite3":
    # As Django and pytest-django have it by themselves for Django's own engine.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
