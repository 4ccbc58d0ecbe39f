"""Who waits for an earlier time, and which free times would suit them."""

from booking.models import Consultation, OpenTime

TIMES_LOOKED_AT = 300  # the next free ones; the waiting list is about those


def waiting_for(time):
    """The booked consultations whose patients wait for a time like this free one, who asked first standing first."""
    later = Consultation.objects.waiting_for_earlier().filter(time__starts_at__gt=time.starts_at)
    return [consultation for consultation in _without_an_offer(later) if consultation.request.suits(time)]


def chances():
    """
    A line for each who waits and can be helped, who waits longest standing first: (consultation, time).

    A time is proposed to one of them: who comes later in the line gets the next that suits. In three queries at most.
    """
    waiting, found, proposed = _without_an_offer(Consultation.objects.waiting_for_earlier()), [], set()
    free = _free_before_those_of(waiting)
    for consultation in waiting:
        suitable = (time for time in free if time.pk not in proposed and _is_earlier_and_suits(time, consultation))
        if time := next(suitable, None):
            proposed.add(time.pk)
            found.append((consultation, time))
    return found


def _free_before_those_of(consultations):
    if not consultations:
        return []
    latest = max(consultation.time.starts_at for consultation in consultations)
    return list(OpenTime.objects.bookable().filter(starts_at__lt=latest).select_related("clinician")[:TIMES_LOOKED_AT])


def waiting_matches():
    """Free times that suit somebody who waits: (time, consultations), in three queries at most."""
    waiting = _without_an_offer(Consultation.objects.waiting_for_earlier())
    free = _free_before_those_of(waiting)
    matches = [(time, [each for each in waiting if _is_earlier_and_suits(time, each)]) for time in free]
    return [(time, consultations) for time, consultations in matches if consultations]


def earlier_times_for(consultation):
    """The free times that suit a patient who waits for an earlier one; none where they do not, or one is held."""
    if consultation is None or consultation.earlier_wanted_at is None or consultation.request.offers.waiting().exists():
        return []
    free = OpenTime.objects.bookable().filter(starts_at__lt=consultation.time.starts_at).select_related("clinician")
    return [time for time in free[:TIMES_LOOKED_AT] if consultation.request.suits(time)]


def _without_an_offer(consultations):
    """Without those for whom a time is held already."""
    return list(consultations.exclude(request__offers__state="waiting").select_related("request", "time__clinician"))


def _is_earlier_and_suits(time, consultation):
    return time.starts_at < consultation.time.starts_at and consultation.request.suits(time)
