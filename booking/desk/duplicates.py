"""Who may have asked before: shown together, judged by the desk, never merged."""

from django.db import transaction
from django.utils.translation import gettext as _

from booking.models import ConsultationRequest, Event, SamePerson
from booking.states import IllegalStep

SHOWN = 10


def possibly_same_person(consultation_request):
    """Other requests that may be of the same person, the judged ones marked: (request, True, False or None)."""
    judged = {
        line.other_than(consultation_request): line.is_same for line in SamePerson.objects.about(consultation_request)
    }
    found = consultation_request.same_person() | ConsultationRequest.objects.filter(pk__in=judged)
    shown = found.trusted().order_by("-received_at")[:SHOWN]
    return [(other, judged.get(other.pk)) for other in shown]


@transaction.atomic
def judge(consultation_request, other, is_same, staff):
    """
    Say that one person sent both requests, or that two did; the later judgement counts. Both timelines keep it.

    Raises IllegalStep where it is one and the same request.
    """
    if consultation_request.pk == other.pk:
        raise IllegalStep(_("That is this request itself. Nothing was changed."))
    first, second = sorted((consultation_request.pk, other.pk))
    SamePerson.objects.update_or_create(first_id=first, second_id=second, defaults={"is_same": is_same, "staff": staff})
    kind = Event.Kind.SAME if is_same else Event.Kind.NOT_SAME
    consultation_request.record(kind, Event.Actor.STAFF, staff=staff, note=other.reference)
    other.record(kind, Event.Actor.STAFF, staff=staff, note=consultation_request.reference)


def request_with_reference(reference):
    """The request of a reference as people write it. Raises IllegalStep where there is none."""
    letters = "".join(letter for letter in reference.upper() if letter.isalnum())
    consultation_request = ConsultationRequest.objects.filter(reference=f"{letters[:3]}-{letters[3:]}").first()
    if consultation_request is None:
        raise IllegalStep(_("No request has this reference. Look at it again. Nothing was changed."))
    return consultation_request
