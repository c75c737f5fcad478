"""Where a request comes from, when proxies stand in between."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw. What a visitor wrote further left is not believed."""
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXY_COUNT:
        return nearest
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    return hops[-settings.PROXY_COUNT] if len(hops) >= settings.PROXY_COUNT else nearest
