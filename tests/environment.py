"""A pytest plugin that is loaded before Django's settings: tests touch neither `var/` nor the network."""

import os
import tempfile

os.environ.setdefault("MISSTEP_VAR", tempfile.mkdtemp(prefix="misstep-test-"))
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API runs an event loop in the test's thread
