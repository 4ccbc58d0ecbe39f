"""Whose a request is, and how it goes to a colleague: one, many, or all of somebody's at the end of their shift."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.models import ConsultationRequest, Event
from booking.schedule.times import lock
from booking.states import IllegalStep
from clinic_site.staff.people.open_work import OpenWork, able_to, register

PERMISSION = "booking.change_consultationrequest"


def who_can_own():
    """Those who work here now and may answer patients, by name."""
    return able_to(PERMISSION)


@transaction.atomic
def assign(consultation_request, to, by, note=""):
    """
    Make a request a colleague's, or nobody's where `to` is None; its timeline says so, with the note, to staff.

    What is theirs already stays as it is. Raises IllegalStep where they may not answer patients.
    """
    if to is not None and not who_can_own().filter(pk=to.pk).exists():
        raise IllegalStep(_("This colleague cannot take requests. Nothing was changed."))
    lock(consultation_request)
    old = consultation_request.owner
    if old == to:
        return
    consultation_request.owner = to
    consultation_request.save(update_fields=["owner"])
    words = _("Handed over from %(old)s to %(new)s.") % {"old": old or _("nobody"), "new": to or _("nobody yet")}
    consultation_request.record(Event.Kind.TAKEN, Event.Actor.STAFF, staff=by, note=f"{words} {note}".strip())


def count_open(member):
    return ConsultationRequest.objects.open().filter(owner=member).count()


def in_words(number):
    return ngettext("%(number)s open request", "%(number)s open requests", number) % {"number": number}


@transaction.atomic
def hand_over_requests(member, to, by, note=""):
    """Make each open request of that member a colleague's, or nobody's; returns how many there were."""
    theirs = list(ConsultationRequest.objects.open().filter(owner=member).order_by("pk"))
    for consultation_request in theirs:
        assign(consultation_request, to, by, note)
    return len(theirs)


register(OpenWork(PERMISSION, count_open, in_words, hand_over_requests))
