"""Who waits for an earlier time, and which free times would suit them."""

from booking.models import Consultation, OpenTime

TIMES_LOOKED_AT = 300  # the next free ones; the waiting list is about those


def who_fits(time):
    """The booked consultations whose patients wait for a time like this free one, who asked first standing first."""
    waiting = Consultation.objects.waiting_for_earlier().filter(time__starts_at__gt=time.starts_at)
    return [consultation for consultation in _asked(waiting) if _suits(time, consultation)]


def chances():
    """Free times that suit somebody who waits: (time, consultations), in three queries at most."""
    waiting = _asked(Consultation.objects.waiting_for_earlier())
    if not waiting:
        return []
    latest = max(consultation.time.starts_at for consultation in waiting)
    free = OpenTime.objects.free().filter(starts_at__lt=latest).select_related("clinician")[:TIMES_LOOKED_AT]
    found = []
    for time in free:
        who = [one for one in waiting if time.starts_at < one.time.starts_at and _suits(time, one)]
        if who:
            found.append((time, who))
    return found


def earlier_times_for(consultation):
    """The free times that suit a patient who waits for an earlier one; none where she does not, or one is held."""
    if consultation is None or consultation.earlier_wanted_at is None or consultation.request.offers.waiting().exists():
        return []
    free = OpenTime.objects.free().filter(starts_at__lt=consultation.time.starts_at).select_related("clinician")
    return [time for time in free[:TIMES_LOOKED_AT] if _suits(time, consultation)]


def _asked(waiting):
    """Without those for whom a time is held already."""
    return list(waiting.exclude(request__offers__state="waiting").select_related("request", "time__clinician"))


def _suits(time, consultation):
    request = consultation.request
    return request.could_come_at(time.starts_at) and (time.with_interpreter or not request.interpreter)
