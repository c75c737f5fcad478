"""How gunicorn serves the application when `manage.py serve` starts it."""

import gc
import sys
from importlib import import_module
from typing import Any

from django.conf import settings

from config.parent import follow_parent

wsgi_app = "config.wsgi:application"
worker_class = "config.patience.PatientWorker"
threads = 8
keepalive = 15
# A stopped server finishes what it has begun; a review or a batch takes well under this.
graceful_timeout = 15
timeout = 60
# A recycled worker gives back what a large upload made it take.
max_requests = 20000
max_requests_jitter = 2000
control_socket_disable = True

# A request that waits for the database gives its turn away each time, and gets it back only when a thread that computes
# has had its whole turn: 5 ms by default, which is more than most queries take.
sys.setswitchinterval(0.0005)


def when_ready(_server: Any) -> None:
    """A hook of gunicorn's: the listening socket is open."""
    follow_parent()


def post_worker_init(_worker: Any) -> None:
    """A hook of gunicorn's: the application is loaded, and no request has come.

    What is loaded by now stays for good. Python's collector would walk through all of it again each time that a page
    reads some ten thousand rows: 150 ms in which nothing else is answered.
    """
    import_module(settings.ROOT_URLCONF)  # and with it all pages, for which the first request would wait
    gc.collect()
    gc.freeze()
