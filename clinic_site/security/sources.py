"""Where a request comes from, as far as limits need to know."""

from ipaddress import IPv6Address, ip_address, ip_network
from time import time

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac


def source_of(request) -> str:
    """
    A keyed digest of the network behind a request: an IPv4 address, or the /64 that an IPv6 line is given.

    With TRUSTED_PROXIES, the address is the one that the outermost of them saw; what a client adds is not believed.
    """
    return salted_hmac("clinic_site.security.sources", _network(_address(request)), algorithm="sha256").hexdigest()


def count_from(source: str, what: str, seconds: int) -> int:
    """
    Count one more of something from a source, in the cache that all processes share.

    Returns how many there are in this stretch of so many seconds; a new stretch begins at zero, and so does a cache
    that is away or was just emptied (`shared_cache.py`): a count is worth less than what is counted.
    """
    key = f"{what}:{source}:{int(time() // seconds)}"
    try:
        return cache.incr(key)
    except ValueError:  # the first of its stretch, as far as anybody knows
        pass
    try:
        return 1 if cache.add(key, 1, seconds) else cache.incr(key)
    except ValueError:
        return 1


def _address(request):
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if not settings.TRUSTED_PROXIES or len(seen) < settings.TRUSTED_PROXIES:
        return request.META.get("REMOTE_ADDR", "")
    return seen[-settings.TRUSTED_PROXIES]


def _network(address):
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
