"""Forms whose text the browser keeps until it is taken (static/js/kept.js)."""

from django.contrib import messages
from django.http import HttpRequest


def say_taken(request: HttpRequest, text: str) -> None:
    """Says on the next page what became of a form, and that the browser can forget what it kept for this address."""
    messages.success(request, text, extra_tags=request.path)
