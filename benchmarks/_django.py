"""Makes the product's own code importable, in an empty folder of its own: nothing is read or written beside the files.

Whoever needs it imports it before anything of the product.
"""

import atexit
import os
import shutil
import tempfile

import django

FOLDER = tempfile.mkdtemp(prefix="misstep-bench-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["MISSTEP_VAR"] = FOLDER
os.environ["LOG_LEVEL"] = "ERROR"
django.setup()
