"""Calendar files: accepted by a strict parser, the same entry through every move, the right time on every night."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.rrule import rrulestr
from icalendar import Calendar

from booking.mail.calendar_files import clinician_feed, consultation_file
from booking.mail.sending import message_for
from booking.schedule import consultations as do
from booking.schedule.times import book
from booking.services import withdraw
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

DETROIT = ZoneInfo("America/Detroit")


def parsed(content):
    """The one calendar of a file, which must hold nothing that had to be mended."""
    calendar = Calendar.from_ical(content)
    assert not [error for part in calendar.walk() for error in part.errors]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    return calendar


def visit(content):
    [entry] = parsed(content).walk("VEVENT")
    return entry


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def booked(staff):
    consultation_request = make_request(name="Amira Haddad", concern="Old scars", safety={"blood-thinners": "yes"})
    book(consultation_request, make_time(72), staff)
    return consultation_request


def test_the_entry_says_when_where_and_for_how_long(booked):
    entry = visit(consultation_file(booked.consultation))
    time = booked.consultation.time
    assert entry.decoded("dtstart") == time.starts_at.replace(microsecond=0)
    assert entry.decoded("dtend") - entry.decoded("dtstart") == timedelta(minutes=20)
    assert entry["location"] == "100 Sample Road, Sterling Heights, MI 48310"
    assert (entry["status"], int(entry["sequence"])) == ("CONFIRMED", 0)


def test_the_file_names_no_person_and_opens_no_page(booked):
    text = consultation_file(booked.consultation).decode().replace("\r\n ", "")
    for told in ("Amira", "Haddad", "scars", "blood", "patient.example", booked.token):
        assert told not in text
    assert booked.reference in text


def test_the_day_before_it_says_what_to_write_down(booked):
    reminders = visit(consultation_file(booked.consultation)).walk("VALARM")
    told = {alarm.decoded("trigger"): str(alarm["description"]) for alarm in reminders}
    assert "medicines" in told[timedelta(days=-1)] and told[timedelta(hours=-2)] == "Consultation"


def test_a_file_has_one_entry_also_where_it_cancels(booked, staff):
    consultation = booked.consultation
    files = [consultation_file(consultation)]
    do.cancel(booked, staff)
    consultation.refresh_from_db()
    files.append(consultation_file(consultation))
    uids = [[str(entry["uid"]) for entry in parsed(content).walk("VEVENT")] for content in files]
    assert uids == [[consultation.uid]] * 2


def test_three_moves_keep_the_uid_and_raise_the_sequence(booked, staff):
    files = [consultation_file(booked.consultation)]
    for hours in (96, 120, 48):
        do.move(booked, make_time(hours), staff)
        files.append(consultation_file(booked.consultation))
    entries = [visit(content) for content in files]
    assert len({str(entry["uid"]) for entry in entries}) == 1
    assert [int(entry["sequence"]) for entry in entries] == [0, 1, 2, 3]
    assert len({entry.decoded("dtstart") for entry in entries}) == 4


def test_a_cancelled_one_takes_the_entry_out(booked, staff):
    consultation = booked.consultation
    before = visit(consultation_file(consultation))
    do.cancel(booked, staff)
    consultation.refresh_from_db()
    calendar = parsed(consultation_file(consultation))
    entry = visit(consultation_file(consultation))
    assert (calendar["method"], entry["status"], entry["uid"]) == ("CANCEL", "CANCELLED", before["uid"])
    assert int(entry["sequence"]) > int(before["sequence"])


@pytest.mark.parametrize(
    "day",
    [date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 15), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)],
)
@pytest.mark.parametrize("hour", [1, 9])
def test_the_wall_clock_is_right_around_both_daylight_saving_nights(booked, day, hour):
    wall = datetime(day.year, day.month, day.day, hour, 20, tzinfo=DETROIT)
    shift_time(booked.consultation.time, wall.astimezone(UTC))
    entry = visit(consultation_file(booked.consultation))
    start = entry.decoded("dtstart")
    assert entry["dtstart"].params["TZID"] == "America/Detroit"
    assert (start.date(), start.hour, start.minute) == (day, hour, 20)
    assert start.astimezone(UTC) == wall.astimezone(UTC)


@pytest.mark.parametrize("day", [date(2027, 3, 14), date(2026, 11, 1), date(2027, 7, 1)])
def test_the_file_brings_the_rules_of_its_time_zone(booked, day):
    """A calendar that does not know the zone by name reads its offset from the file."""
    wall = datetime(day.year, day.month, day.day, 9, tzinfo=DETROIT)
    shift_time(booked.consultation.time, wall.astimezone(UTC))
    zone = parsed(consultation_file(booked.consultation)).walk("VTIMEZONE")[0]
    assert zone.to_tz(lookup_tzid=False).utcoffset(wall.replace(tzinfo=None)) == wall.utcoffset()


def test_the_rules_of_the_time_zone_hold_without_a_list_of_dates(booked):
    """As a calendar works them out that ignores RDATE: the last onset before a moment says its offset."""
    zone = parsed(consultation_file(booked.consultation)).walk("VTIMEZONE")[0]
    halves = [half for half in zone.walk() if half.name in ("STANDARD", "DAYLIGHT")]
    assert [("RDATE" in half, half["dtstart"].dt.time()) for half in halves] == [(False, time(2))] * 2
    onsets = sorted(
        (onset, half["tzoffsetto"].td)
        for half in halves
        for onset in rrulestr(half["rrule"].to_ical().decode(), dtstart=half["dtstart"].dt)[:40]
    )
    for day in (date(2026, 11, 2), date(2027, 1, 15), date(2027, 3, 13), date(2027, 3, 15), date(2031, 7, 1)):
        wall = datetime(day.year, day.month, day.day, 9)
        offset = [offset for onset, offset in onsets if onset <= wall][-1]
        assert offset == wall.replace(tzinfo=DETROIT).utcoffset(), day


def test_another_parser_reads_the_same(booked):
    calendar = vobject.readOne(consultation_file(booked.consultation).decode())
    begins = calendar.vevent.dtstart.value
    assert begins.astimezone(UTC) == booked.consultation.time.starts_at.replace(microsecond=0)


@pytest.mark.parametrize(("what", "method"), [("booked", "PUBLISH"), ("moved", "PUBLISH"), ("cancelled", "CANCEL")])
def test_both_parsers_find_what_the_standards_ask_for(booked, staff, what, method):
    """RFC 5545, 3.6.1, and for what is published or cancelled RFC 5546, 3.2.1 and 3.2.5."""
    consultation = booked.consultation
    if what == "moved":
        do.move(booked, make_time(96), staff)
    if what == "cancelled":
        do.cancel(booked, staff)
    consultation.refresh_from_db()
    content = consultation_file(consultation)
    calendar, entry = parsed(content), visit(content)
    needed = ["uid", "dtstamp", "dtstart", "organizer", "sequence", "summary", "status"]
    other_calendar = vobject.readOne(content.decode())
    other = other_calendar.vevent
    assert all(entry.get(name) is not None and name in other.contents for name in needed)
    assert [calendar["version"], calendar["method"]] == ["2.0", method]
    assert [other_calendar.version.value, other_calendar.method.value] == ["2.0", method]
    read = [str(entry[name]) for name in ("uid", "sequence", "status", "organizer")]
    assert read == [str(getattr(other, name).value) for name in ("uid", "sequence", "status", "organizer")]
    assert other.dtstart.value.astimezone(UTC) == entry.decoded("dtstart").astimezone(UTC)
    assert entry.decoded("dtstamp").utcoffset() == timedelta(0)


@pytest.mark.parametrize(("kind", "method"), [("booked", "PUBLISH"), ("cancelled", "CANCEL")])
def test_the_part_of_the_mail_names_its_method(booked, staff, kind, method):
    if kind == "cancelled":
        do.cancel(booked, staff)
    message = message_for(booked.mails.get(kind=kind)).message()
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == (method, "consultation.ics")
    assert parsed(part.get_payload(decode=True))["method"] == method


def test_the_mail_of_a_booking_and_of_a_move_bring_the_file(booked, staff):
    do.move(booked, make_time(96), staff)
    for kind in ("booked", "moved"):
        message = message_for(booked.mails.get(kind=kind)).message()
        attached = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        content = attached[0].get_payload(decode=True)
        assert visit(content).decoded("dtstart") == booked.consultation.time.starts_at.replace(microsecond=0)


@pytest.mark.parametrize("how", ["cancelled", "withdrawn"])
def test_the_mail_of_an_end_takes_the_entry_out(booked, staff, how):
    if how == "cancelled":
        do.cancel(booked, staff)
    else:
        withdraw(booked)
    message = message_for(booked.mails.get(kind=how)).message()
    attached = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert parsed(attached[0].get_payload(decode=True))["method"] == "CANCEL"


def test_a_withdrawn_request_that_never_had_a_time_brings_no_file():
    consultation_request = make_request()
    withdraw(consultation_request)
    message = message_for(consultation_request.mails.get(kind="withdrawn")).message()
    assert "text/calendar" not in [part.get_content_type() for part in message.walk()]


def test_the_private_page_gives_the_file_and_no_cache_keeps_it(client, booked):
    address = f"/consultation/r/{booked.token}/consultation.ics"
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in response["Cache-Control"]
    assert visit(response.content)["uid"] == booked.consultation.uid
    assert client.post(address).status_code == 405


def test_without_a_booking_there_is_no_file(client):
    assert client.get(f"/consultation/r/{make_request().token}/consultation.ics").status_code == 404


def test_a_feed_holds_reference_and_time_and_nothing_else(client, booked, staff):
    clinician = booked.consultation.time.clinician
    clinician.make_feed()
    response = client.get(clinician.feed_url.removeprefix("http://127.0.0.1:8000"))
    entries = parsed(response.content).walk("VEVENT")
    assert [str(entry["summary"]) for entry in entries] == [booked.reference]
    assert entries[0].decoded("dtstart") == booked.consultation.time.starts_at.replace(microsecond=0)
    assert set(entries[0]) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"}
    assert "no-store" in response["Cache-Control"]
    do.cancel(booked, staff)
    assert not parsed(clinician_feed(clinician)).walk("VEVENT")


def test_a_new_feed_ends_the_old_one_and_an_ended_one_opens_nothing(client, booked):
    clinician = booked.consultation.time.clinician
    addresses = []
    for _time in range(2):
        clinician.make_feed()
        addresses.append(clinician.feed_url.removeprefix("http://127.0.0.1:8000"))
    assert [client.get(address).status_code for address in addresses] == [404, 200]
    clinician.end_feed()
    assert (client.get(addresses[1]).status_code, clinician.feed_url) == (404, "")


def test_a_feeds_token_opens_no_private_page_of_the_same_number(client, booked):
    clinician = booked.consultation.time.clinician
    clinician.make_feed()
    token = clinician.feed_url.rsplit("/", 1)[1].removesuffix(".ics")
    assert client.get(f"/consultation/r/{token}/").status_code == 404
    assert client.get(f"/consultation/feed/{booked.token}.ics").status_code == 404
