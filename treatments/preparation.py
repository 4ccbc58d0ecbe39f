"""The steps before a visit as a calendar file."""

from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event


def preparation_calendar(guide, visit: date) -> bytes:
    """
    An iCalendar file (RFC 5545) with all-day entries for the day before and the day of the visit.

    It holds a date and the address of the page; nothing about a person.
    """
    address = settings.SITE_URL + guide.section("numbing").get_absolute_url()
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic site//Preparation//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entries = [
        (visit - timedelta(days=1), _("Get ready for your visit tomorrow: read how to prepare")),
        (visit, _("Your visit: come with clean skin and bring your list of medicines and allergies")),
    ]
    for day, words in entries:
        entry = Event()
        entry.add("uid", f"{uuid5(NAMESPACE_URL, f'{address}#{day}')}@preparation")
        entry.add("dtstamp", datetime.now(UTC))
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("summary", words)
        entry.add("description", _("How to prepare: %(address)s") % {"address": address})
        entry.add("url", address)
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return calendar.to_ical()
