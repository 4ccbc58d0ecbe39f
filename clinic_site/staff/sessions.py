"""Sessions of staff: which are open, which are locked, and how they end."""

from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.utils import timezone

from clinic_site.models import StaffSession
from clinic_site.staff.session_store import digest_of

SEEN_EVERY = timedelta(seconds=30)  # so often it is written down that somebody is there


def open_sessions(user):
    """Where somebody is signed in now, the one seen last first."""
    return StaffSession.objects.open().filter(member=user)


def end_sessions(user, but=None):
    """Sign somebody out everywhere; `but` is a request whose own session stays."""
    ending = StaffSession.objects.filter(member=user)
    if but is not None and but.session.session_key:
        ending = ending.exclude(pk=digest_of(but.session.session_key))
    ending.delete()


def begin_session(request):
    """Somebody is in: from now on their session has an end, and says at which device they are and what they may do."""
    request.session.set_expiry(timezone.now() + settings.WORKING_DAY)
    request.session["device"] = device_of(request.headers.get("User-Agent", ""))
    request.session["role"] = ", ".join(request.user.groups.values_list("name", flat=True))


def is_inside(request):
    """Whether this is staff, with a second factor in this very session, at a desk that is not locked."""
    return is_signed_in(request) and not is_locked(request)


def is_signed_in(request):
    """The same, at a desk that may be locked."""
    user = request.user
    return user.is_active and user.is_staff and any(kind == "mfa" for kind, _at in proofs(request))


def proofs(request):
    """What was proved in this session, as pairs of kind (password, mfa) and moment."""
    return [(record["method"], record["at"]) for record in get_authentication_records(request, request.user)]


def note_password(request):
    """The password was given again, just now."""
    record_authentication(request, request.user, method="password", reauthenticated=True)


def has_fresh_password(request):
    """Whether the password was given a moment ago, by signing in or again."""
    asked = [at for kind, at in proofs(request) if kind == "password"]
    return bool(asked) and timezone.now().timestamp() - asked[-1] < settings.PASSWORD_HOLDS_FOR.total_seconds()


def is_locked(request):
    row = request.session.row
    return row is not None and (row.is_locked or row.has_been_idle)


def lock(request):
    """Nothing is shown in this session until its owner gives their password."""
    _update(request, is_locked=True)


def unlock(request):
    _update(request, is_locked=False, seen_at=timezone.now())


def see(request):
    """Write down that somebody is there; a page that asks by itself is nobody."""
    row, now = request.session.row, timezone.now()
    if row is not None and now - row.seen_at > SEEN_EVERY:
        _update(request, seen_at=now)
        request.user.note_seen(now)


def is_by_hand(request):
    """Whether somebody opened this page, rather than a script on another one. Browsers say so."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _update(request, **fields):
    row = request.session.row
    StaffSession.objects.filter(pk=row.pk).update(**fields)
    for name, value in fields.items():
        setattr(row, name, value)


BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_of(user_agent):
    """Such as 'Firefox, Windows', by which people know their own devices again; empty for what is not known."""
    found = [next((name for sign, name in known.items() if sign in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))
