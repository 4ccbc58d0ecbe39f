"""
Consultations as iCalendar files (RFC 5545): for a patient's own calendar, and as a feed for a clinician.

A patient's entry keeps its uid when the consultation is moved, and its sequence rises, so that her calendar moves it
too; a cancelled one is sent with the method CANCEL, which takes it out (RFC 5546, 3.2.5). The entries name clinic,
reference and time, and nothing about a person; the private link is not in them, since calendars are shown to others.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from booking.models import Consultation
from booking.wording import BRING, WRITE_DOWN
from clinic_site.models import Clinic

FEED_REACHES_BACK = timedelta(days=31)


def consultation_file(consultation) -> bytes:
    """The consultation, and what to do for it the day before; where it was cancelled, what takes both out again."""
    clinic = Clinic.profile()
    cancelled = consultation.state == Consultation.State.CANCELLED
    calendar = _calendar("CANCEL" if cancelled else "PUBLISH")
    for entry in (_visit(consultation, clinic), _preparation(consultation, clinic)):
        entry.add("organizer", vCalAddress(f"mailto:{clinic.desk_email}"))
        entry.add("sequence", consultation.sequence)
        entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def clinician_feed(clinician) -> bytes:
    """What is booked with a clinician, from last month on: each with its reference and time alone."""
    since = timezone.now() - FEED_REACHES_BACK
    booked = Consultation.objects.exclude(state=Consultation.State.CANCELLED)
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", _("Consultations"))
    for consultation in booked.filter(time__clinician=clinician, time__starts_at__gt=since).select_related(
        "time", "request"
    ):
        entry = _timed(consultation)
        entry.add("summary", consultation.request.reference)
        entry.add("sequence", consultation.sequence)
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _calendar(method):
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic site//Consultations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _timed(consultation):
    zone = ZoneInfo(settings.TIME_ZONE)
    entry = Event()
    entry.add("uid", consultation.uid)
    entry.add("dtstamp", datetime.now(UTC))
    entry.add("dtstart", consultation.time.starts_at.astimezone(zone))
    entry.add("dtend", consultation.time.ends_at.astimezone(zone))
    return entry


def _visit(consultation, clinic):
    entry = _timed(consultation)
    entry.add("summary", _("Consultation: %(clinic)s") % {"clinic": clinic.name})
    entry.add("location", f"{clinic.street}, {clinic.city_line}")
    entry.add(
        "description",
        "\n".join(
            [
                _("Your reference: %(reference)s.") % {"reference": consultation.request.reference},
                str(BRING),
                _("You cannot come? Call %(phone)s.") % {"phone": clinic.phone_day.as_national},
            ]
        ),
    )
    entry.add_component(_reminder(_("Consultation"), timedelta(hours=-2)))
    return entry


def _preparation(consultation, clinic):
    day = timezone.localdate(consultation.time.starts_at) - timedelta(days=1)
    entry = Event()
    entry.add("uid", f"prepare-{consultation.uid}")
    entry.add("dtstamp", datetime.now(UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", _("Tomorrow: %(clinic)s") % {"clinic": clinic.name})
    entry.add("description", str(WRITE_DOWN))
    entry.add("transp", "TRANSPARENT")
    entry.add_component(_reminder(str(WRITE_DOWN), timedelta(hours=10)))
    return entry


def _reminder(words, trigger):
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", trigger)
    return alarm
