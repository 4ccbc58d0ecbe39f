"""A call in place of a mail: what it is about, and from when it is too late."""

from booking.models import OutboxMail, ToCall

Kind = OutboxMail.Kind


def call_instead(consultation_request, kind, why, times=(), mail=None):
    """Owe a patient a call about what a mail of that kind would have said, before it is too late for it."""
    own_times, before = _concerned(consultation_request, kind)
    times = list(times) or own_times
    before = before or min(times, default=None)
    return ToCall.objects.owe(consultation_request, kind, why, before=before, times=times, mail=mail)


def call_after(mail):
    """A mail that failed for good becomes a call, where there is something left to tell. Returns it, or None."""
    kinds = [*OutboxMail.TO_STAFF, *OutboxMail.NOT_BY_VOICE_AFTER_MAIL]
    if mail.kind in kinds or mail.is_overtaken:
        return None
    why = ToCall.Why(mail.trouble) if mail.trouble in ToCall.Why.values else ToCall.Why.FAILED
    return call_instead(mail.request, mail.kind, why, mail=mail)


def _concerned(consultation_request, kind):
    """The times that it is about, and the moment by which the patient has to know where that is not the first."""
    consultation, offer = consultation_request.consultation, consultation_request.offers.waiting().first()
    if kind in (Kind.BOOKED, Kind.MOVED, Kind.REMINDER) and consultation:
        old = consultation.moved_from if kind == Kind.MOVED else None
        before = min(time.starts_at for time in (consultation.time, old) if time)
        return [consultation.time.starts_at], before
    if kind in (Kind.OFFERED, Kind.EARLIER) and offer:
        return list(offer.times.values_list("starts_at", flat=True)), offer.lapses_at
    if kind == Kind.CANCELLED:
        cancelled = consultation_request.consultations.filter(state="cancelled").order_by("-pk")
        return list(cancelled.values_list("time__starts_at", flat=True)[:1]), None
    return [], None
