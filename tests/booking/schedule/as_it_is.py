"""What the database says of a record now: of a request, of a time, and of its mail."""

from booking.models import OpenTime


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def state_of(time):
    return OpenTime.objects.get(pk=time.pk).state


def kinds(consultation_request):
    return list(consultation_request.timeline.values_list("kind", flat=True))


def waiting_mail(consultation_request):
    return set(consultation_request.mails.waiting().values_list("kind", flat=True))
