"""Makes the product's own code importable, in an empty folder of its own: nothing is read or written beside the files.

Whoever needs it imports it before anything of the product.
"""

import os
import tempfile

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["MISSTEP_VAR"] = tempfile.mkdtemp(prefix="misstep-bench-")
os.environ["LOG_LEVEL"] = "ERROR"
django.setup()
