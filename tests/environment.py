"""A pytest plugin that is loaded before Django's settings: tests touch neither `var/` nor the network."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("MISSTEP_VAR", tempfile.mkdtemp(prefix="misstep-test-"))
Path(os.environ["MISSTEP_VAR"], "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API runs an event loop in the test's thread
