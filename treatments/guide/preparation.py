"""The steps before a visit as a calendar file."""

from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from clinic_site.models import Clinic
from treatments.models import SectionKind
from treatments.prose import plain

REMIND_AT = timedelta(hours=8)  # after midnight, where the patient is


def preparation_calendar(guide, visit: date, today: date) -> bytes:
    """
    An iCalendar file (RFC 5545) with an all-day entry and a reminder for each preparation step of the guide.

    A step whose day has passed stands on `today`, so that it is still read. The file holds dates, the clinic's name
    and telephone, and the address of the page; nothing about a person.
    """
    section = guide.page_of_kind(SectionKind.BEFORE)
    address = settings.SITE_URL + section.get_absolute_url()
    clinic = Clinic.profile()
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic site//Preparation//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for step in section.preparationsteps.all():
        day = max(visit - timedelta(days=step.days_before), today)
        uid = uuid5(NAMESPACE_URL, f"{address}#{visit}#{step.key}")
        calendar.add_component(_entry(step, day, uid, clinic, _describe(step, guide, clinic, address), address))
    return calendar.to_ical()


def _entry(step, day, uid, clinic, description, address):
    """A step's all-day entry, with its reminder."""
    entry = Event()
    entry.add("uid", f"{uid}@preparation")
    entry.add("dtstamp", datetime.now(UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", f"{step.label}: {clinic.name}")
    entry.add("description", description)
    entry.add("url", address)
    entry.add("transp", "TRANSPARENT")
    entry.add_component(_reminder(step.label))
    return entry


def _describe(step, guide, clinic, address):
    lines = [
        plain(step.text, clinic_field=guide.clinic_field),
        _("Questions? Call %(phone)s.") % {"phone": clinic.phone_day.as_national},
        _("Full instructions: %(address)s") % {"address": address},
    ]
    return "\n".join(lines)


def _reminder(label):
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", label)
    alarm.add("trigger", REMIND_AT)
    return alarm
