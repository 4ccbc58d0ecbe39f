"""
Consultations as iCalendar files (RFC 5545): for a patient's own calendar, and as a feed for a clinician.

A patient's file has one entry. It keeps its uid when the consultation is moved, and its sequence rises, so that their
calendar moves it too; a cancelled one is sent with the method CANCEL, which takes it out (RFC 5546, 3.2.5). The entries
name clinic, reference and time, and nothing about a person; the private link is not in them, since calendars are shown
to others.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from booking.models import Consultation
from booking.wording import BRING, WRITE_DOWN
from clinic_site.models import Clinic

FEED_REACHES_BACK = timedelta(days=31)
WINTER, SUMMER = timedelta(hours=-5), timedelta(hours=-4)  # from UTC, in Michigan
HALVES_OF_THE_YEAR = [
    (
        TimezoneDaylight,
        "EDT",
        datetime(2007, 3, 11, 2),
        {"freq": "yearly", "bymonth": 3, "byday": "2SU"},
        WINTER,
        SUMMER,
    ),
    (
        TimezoneStandard,
        "EST",
        datetime(2007, 11, 4, 2),
        {"freq": "yearly", "bymonth": 11, "byday": "1SU"},
        SUMMER,
        WINTER,
    ),
]


def consultation_file(consultation) -> bytes:
    """The consultation, with a word the day before; where it was cancelled, what takes it out of a calendar again."""
    clinic = Clinic.profile()
    cancelled = consultation.state == Consultation.State.CANCELLED
    calendar = _calendar(method_of(consultation))
    entry = _visit(consultation, clinic)
    entry.add("organizer", vCalAddress(f"mailto:{clinic.desk_email}"))
    entry.add("sequence", consultation.sequence)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar.add_component(entry)
    return calendar.to_ical()


def method_of(consultation) -> str:
    """What a patient's calendar is to do with the file (RFC 5546, 1.4): enter the consultation, or take it out."""
    return "CANCEL" if consultation.state == Consultation.State.CANCELLED else "PUBLISH"


def clinician_feed(clinician) -> bytes:
    """What is booked with a clinician, from last month on: each with its reference and time alone."""
    since = timezone.now() - FEED_REACHES_BACK
    booked = Consultation.objects.not_cancelled()
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", _("Consultations"))
    for consultation in booked.filter(time__clinician=clinician, time__starts_at__gt=since).select_related(
        "time", "request"
    ):
        entry = _timed(consultation)
        entry.add("summary", consultation.request.reference)
        entry.add("sequence", consultation.sequence)
        calendar.add_component(entry)
    return calendar.to_ical()


def _calendar(method):
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic site//Consultations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_time_zone())
    return calendar


def _time_zone():
    """
    The clinic's time zone as rules for both halves of the year, each beginning at two o'clock by the clock before it.

    The rules of the United States since 2007 (15 U.S.C. 260a). Some calendars ignore lists of dates (RDATE), so there
    are none; a consultation is never older than the rules.
    """
    zone = Timezone()
    zone.add("tzid", settings.TIME_ZONE)
    for part, name, begins, rule, before, after in HALVES_OF_THE_YEAR:
        half = part()
        half.add("tzname", name)
        half.add("dtstart", begins)
        half.add("rrule", rule)
        half.add("tzoffsetfrom", before)
        half.add("tzoffsetto", after)
        zone.add_component(half)
    return zone


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
                _("If you cannot make it, call %(phone)s.") % {"phone": clinic.phone_day.as_national},
            ]
        ),
    )
    entry.add_component(_reminder(str(WRITE_DOWN), timedelta(days=-1)))
    entry.add_component(_reminder(_("Consultation"), timedelta(hours=-2)))
    return entry


def _reminder(words, trigger):
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", trigger)
    return alarm
