"""
Guesses at passwords and codes: counted before anything is worked out, by account and by source.

A hash takes much memory and time, so what is over its allowance never gets that far. Names that nobody has are counted
as those that somebody has. A device on which somebody has signed in before has an allowance of its own for them, so
that whoever guesses from elsewhere cannot lock them out.
"""

import logging
from contextlib import suppress
from threading import BoundedSemaphore

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.crypto import get_random_string, salted_hmac
from huey.contrib.djhuey import db_task

from clinic_site.audit.recording import Action, record
from clinic_site.breaker import breaker_of
from clinic_site.models import StaffMember
from clinic_site.security.sources import source_of

logger = logging.getLogger(__name__)

HOUR = 3600
DEVICE_COOKIE = "__Secure-staff-device" if settings.SESSION_COOKIE_SECURE else "staff-device"
DEVICE_LASTS = 180 * 24 * HOUR
PEOPLE_AT_A_DEVICE = 12

# In each process: a hash takes a tenth of a gigabyte, and a counter that many raise at once can be away for one.
_one_at_a_time = BoundedSemaphore(1)
queue = breaker_of(settings.REDIS_URL or "The queue")


class TooManyGuesses(Exception):
    """The allowance is used up: nothing was worked out."""


def guess(request, username, check):
    """
    What `check()` returns, and nothing for a wrong guess; it is not called where there were too many of them.

    Each guess is counted before it is looked at, and a right one is taken off again, so those that come at the same
    moment cannot pass together.
    """
    with _one_at_a_time:
        counted = _count(request, username)
        right = check()
        if right:
            _take_off(counted)
        else:
            _note_refusal(request, username)
    return right


def _count(request, username):
    """Raise each counter by one, and return their keys. Raises TooManyGuesses, and then they are as before."""
    counted = []
    for key, allowed in _counters(request, username):
        number = _one_more(key)
        if number > allowed:
            _take_off(counted)
            if number == allowed + 1:
                _say(request, username, key)
            raise TooManyGuesses
        counted.append(key)
    return counted


def forget_guesses(username):
    """Give an account its allowances back, from everywhere: its counters begin anew, and the old ones run out."""
    name = _digest(username)
    cache.set(_begun_key(name), _begun(name) + 1, timeout=2 * HOUR)


def know_device(request, response, username):
    """Have this browser be known for whoever has just signed in on it."""
    device, names = _device(request)
    names = [_digest(username), *(name for name in names if name != _digest(username))][:PEOPLE_AT_A_DEVICE]
    value = signing.dumps([device or get_random_string(22), names], salt=DEVICE_COOKIE)
    response.set_cookie(
        DEVICE_COOKIE,
        value,
        max_age=DEVICE_LASTS,
        path="/admin/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@db_task()
def tell_owner_of_guesses(username):
    """Mail the owner of an account that somebody guesses at it; most names belong to nobody."""
    member = StaffMember.objects.filter(username=username, is_active=True).exclude(email="").first()
    if member is None:
        return
    context = {"member": member, "site_url": settings.SITE_URL}
    subject, _line, words = render_to_string("admin/door/guesses.txt", context).partition("\n\n")
    send_mail(subject, words, None, [member.email])


def _counters(request, username):
    """The counters that a guess raises, each with what is allowed in an hour: the account's, then the source's."""
    allowed, name = settings.GUESSES_AN_HOUR, _digest(username)
    account = f"{name}:{_begun(name)}"
    device, names = _device(request)
    if name in names:
        return [(f"guesses:device:{device}:{account}", allowed["device"])]
    return [
        (f"guesses:account:{account}", allowed["account"]),
        (f"guesses:source:{source_of(request)}", allowed["source"]),
    ]


def _one_more(key):
    try:
        return 1 if cache.add(key, 1, timeout=HOUR) else cache.incr(key)
    except ValueError:  # its hour ended between the two
        return 1


def _take_off(keys):
    for key in keys:
        with suppress(ValueError):  # its hour has ended
            cache.incr(key, -1)


def _note_refusal(request, username):
    """Nobody knows who it was; at whose account they guessed goes into the audit, and never what was typed."""
    member = StaffMember.objects.filter(username=username).only("pk").first()
    record(Action.REFUSED, request=request, page="account_login", details={"member": member.pk} if member else {})


def _say(request, username, key):
    """Once for each allowance that is used up; the owner hears of what is aimed at their account."""
    _note_refusal(request, username)
    logger.warning("Too many guesses at the account %s… from %s.", username[:1], source_of(request)[:8])
    if not key.startswith("guesses:source:"):
        queue.ask(lambda: tell_owner_of_guesses(username), otherwise=None)


def _device(request):
    """The name of the browser that asks, and for whom it is known; nothing where it is not, or the cookie is forged."""
    try:
        device, names = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_COOKIE, max_age=DEVICE_LASTS)
    except signing.BadSignature:
        return "", []
    return device, names


def _begun_key(name):
    return f"guesses:begun:{name}"


def _begun(name):
    """How often the account's counters were begun anew; forgotten once all of before have run out."""
    return cache.get(_begun_key(name), 0)


def _digest(username):
    return salted_hmac("clinic_site.staff.guesses", username.strip().casefold(), algorithm="sha256").hexdigest()[:32]
