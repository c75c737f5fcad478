"""The WSGI application that a production server loads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.chunked import ChunkedBody

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = ChunkedBody(get_wsgi_application(), limit=settings.MAX_BODY_BYTES)
