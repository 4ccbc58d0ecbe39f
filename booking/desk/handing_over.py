"""Open requests go on when their owner does not."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.models import ConsultationRequest, Event
from booking.schedule.times import lock
from clinic_site.staff.people.open_work import OpenWork, register


def count_open(member):
    return ConsultationRequest.objects.open().filter(owner=member).count()


def in_words(number):
    return ngettext("%(number)s open request", "%(number)s open requests", number) % {"number": number}


@transaction.atomic
def hand_over_requests(member, to, by):
    """Make each open request of that member a colleague's, or nobody's; its timeline says so to staff."""
    for consultation_request in ConsultationRequest.objects.open().filter(owner=member).order_by("pk"):
        lock(consultation_request)
        consultation_request.owner = to
        consultation_request.save(update_fields=["owner"])
        note = _("Handed over from %(old)s to %(new)s.") % {"old": member, "new": to or _("nobody yet")}
        consultation_request.record(Event.Kind.TAKEN, Event.Actor.STAFF, staff=by, note=note)


register(OpenWork("booking.change_consultationrequest", count_open, in_words, hand_over_requests))
