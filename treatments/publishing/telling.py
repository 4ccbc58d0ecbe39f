"""Who is written to of what happened to copy: each event once, to those whom it concerns, with the way to it."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic_site.models import StaffMember
from treatments.models import CopyEvent, Picture, Version
from treatments.models.live import ANY

Kind = CopyEvent.Kind
TO_CLINICIANS = {Kind.SENT, Kind.ASKED}
TO_WRITERS = {Kind.SENT_BACK, Kind.SIGNED, Kind.COMMENT, Kind.ALLOWED, Kind.REFERENCE}
TO_BOTH = {Kind.PUBLISHED, Kind.PLANNED, Kind.TAKEN_DOWN, Kind.ENDS, Kind.CONSENT_ENDS}
BEFORE_A_CONSENT_ENDS = timedelta(days=30)
BACKEND = "django.contrib.auth.backends.ModelBackend"  # whose permissions are those of roles
MOST = 50  # events at a time; the rest goes the next minute


def mail_events() -> int:
    """
    Write of each event that nobody was written to of; returns how many mails went out.

    An event is marked before the next one is taken, so a mail that fails stops there and is tried the next minute.
    """
    waiting = CopyEvent.objects.filter(mailed_at=None).select_related("version__unit__treatment", "by")
    sent = 0
    for event in waiting.order_by("pk")[:MOST]:
        for address in sorted(_addresses(event)):
            send_mail(_subject(event), _words(event), None, [address])
            sent += 1
        CopyEvent.objects.filter(pk=event.pk).update(mailed_at=timezone.now())
    return sent


def note_ending_consents() -> int:
    """Note in the history, once, that the consent to a picture which patients see ends soon; returns how many."""
    today = timezone.localdate()
    live = Version.objects.live_at(timezone.now(), ANY)
    ending = Picture.objects.filter(
        version__in=live, consent_until__range=(today, today + BEFORE_A_CONSENT_ENDS)
    ).select_related("version")
    noted = 0
    for picture in ending:
        assert picture.consent_until is not None  # it was asked for
        day = date_format(picture.consent_until, "F j, Y")
        words = _("After %(day)s the page drops this picture: %(text)s") % {
            "day": day,
            "text": picture.text or picture.key,
        }
        _event, made = CopyEvent.objects.get_or_create(version=picture.version, kind=Kind.CONSENT_ENDS, words=words)
        noted += made
    return noted


def clinicians():
    """Who signs copy, as far as they can be written to."""
    signers = StaffMember.objects.with_perm("treatments.sign_version", backend=BACKEND)
    return signers.filter(is_active=True, is_superuser=False).exclude(email="")


def _addresses(event):
    """Of those whom it concerns; who did it knows it already."""
    version, people = event.version, []
    if event.kind in TO_CLINICIANS | TO_BOTH:
        people += clinicians()
    if event.kind in TO_WRITERS | TO_BOTH:
        people += [version.sent_by, version.written_by]
    return {one.email for one in people if one and one.email and one.is_active and one != event.by}


def _subject(event):
    values = {"title": event.version.title, "what": event.get_kind_display()}
    return _("%(title)s: %(what)s") % values


def _words(event):
    page = "read" if event.kind == Kind.SENT else "change"
    where = f"{settings.SITE_URL}{event.version.get_staff_url(page)}"
    about = _("%(who)s, version %(number)s of %(title)s: %(what)s.") % {
        "who": event.who,
        "number": event.version.number,
        "title": event.version.title,
        "what": event.get_kind_display(),
    }
    return "\n\n".join(filter(None, [about, event.words, _("It is here: %(address)s") % {"address": where}]))
