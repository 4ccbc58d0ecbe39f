from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.clinic_site.addresses import GUIDE, PREPARATION
from treatments.models import Section, Version

pytestmark = pytest.mark.django_db


def ask(client, day):
    return client.get(PREPARATION, {"date": day})


def entries(response):
    calendar = Calendar.from_ical(response.content)
    events = calendar.walk("VEVENT")
    assert [calendar.errors, *(event.errors for event in events)] == [[]] * (1 + len(events))
    return events


def steps():
    return list(Section.objects.get(slug="numbing").newest_version().preparationsteps.all())


def test_each_step_is_an_entry_on_its_day(client):
    days = [(entry["DTSTART"].dt, entry["DTEND"].dt) for entry in entries(ask(client, "2028-03-01"))]
    assert days == [
        (date(2028, 2, 23), date(2028, 2, 24)),
        (date(2028, 2, 29), date(2028, 3, 1)),
        (date(2028, 3, 1), date(2028, 3, 2)),
    ]


def test_the_file_is_one_that_calendars_take(client, time_machine):
    time_machine.move_to(datetime(2028, 1, 5, 12, tzinfo=UTC), tick=False)
    response = ask(client, "2028-03-01")
    calendar = Calendar.from_ical(response.content)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response["Content-Disposition"] == 'attachment; filename="preparation.ics"'
    assert (calendar["VERSION"], calendar["METHOD"], bool(calendar["PRODID"])) == ("2.0", "PUBLISH", True)
    for entry in entries(response):
        assert sorted(entry) == ["DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "SUMMARY", "TRANSP", "UID", "URL"]
        assert (entry["DTSTAMP"].dt, entry["TRANSP"]) == (datetime(2028, 1, 5, 12, tzinfo=UTC), "TRANSPARENT")


def test_each_entry_reminds_at_eight_in_the_morning(client):
    for entry in entries(ask(client, "2028-03-01")):
        [alarm] = entry.walk("VALARM")
        assert (alarm["ACTION"], alarm["TRIGGER"].dt, alarm.errors) == ("DISPLAY", timedelta(hours=8), [])
        assert str(alarm["DESCRIPTION"]) in str(entry["SUMMARY"])


def test_a_step_whose_day_has_passed_stands_on_today(client, time_machine):
    time_machine.move_to(datetime(2028, 2, 28, 12, tzinfo=UTC))
    days = [entry["DTSTART"].dt for entry in entries(ask(client, "2028-03-01"))]
    assert days == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]


def test_the_visit_may_be_today_by_the_clinics_clock_and_not_before(client, time_machine):
    time_machine.move_to(datetime(2028, 3, 2, 3, tzinfo=UTC))  # still March 1 in Michigan
    assert ask(client, "2028-03-01").status_code == 200
    past = ask(client, "2028-02-29")
    assert (past.status_code, "February 29, 2028 has passed." in past.text) == (422, True)


def test_the_words_of_a_step_are_those_of_the_page(client):
    step = steps()[1]
    type(step).objects.filter(pk=step.pk).update(label="On the eve", text="Wear a **hat** [S20].")
    entry = entries(ask(client, "2028-03-01"))[1]
    assert (str(entry["SUMMARY"]), str(entry["DESCRIPTION"]).splitlines()[0]) == (
        "On the eve: Sample Dermatology",
        "Wear a hat.",
    )
    page = client.get(f"{GUIDE}numbing/").text
    assert "On the eve" in page and "Wear a <strong>hat</strong>" in page


def test_lines_are_as_long_and_end_as_the_format_requires(client):
    lines = ask(client, "2028-03-01").content.split(b"\r\n")
    assert lines[-1] == b"" and not any(b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75


def test_an_entry_leads_to_the_page_and_says_nothing_of_a_person(client, settings):
    settings.SITE_URL = "https://www.clinic.example"
    page = f"https://www.clinic.example{GUIDE}numbing/"
    for entry in entries(ask(client, "2028-03-01")):
        *_steps, phone, address = str(entry["DESCRIPTION"]).splitlines()
        assert (entry["URL"], phone, address) == (page, "Questions? Call (586) 555-0142.", f"Full instructions: {page}")


def test_the_same_date_gives_the_same_entries_and_another_gives_others(client, time_machine):
    time_machine.move_to(datetime(2028, 1, 5, tzinfo=UTC))
    first = [entry["UID"] for entry in entries(ask(client, "2028-03-01"))]
    time_machine.shift(timedelta(days=3))
    again = [entry["UID"] for entry in entries(ask(client, "2028-03-01"))]
    other = [entry["UID"] for entry in entries(ask(client, "2028-03-05"))]
    assert first == again
    assert len({*first, *other}) == 6


@pytest.mark.parametrize(
    "typed",
    [
        "tomorrow",
        "2028-02-30",
        "2028-13-01",
        "03/01/2028",
        "2028-03-01T10:00",
        "20280301000",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "<script>alert(1)</script>",
        "💉",
    ],
)
def test_what_is_no_date_is_said_to_be_none_and_stays_in_the_page(client, typed):
    response = ask(client, typed)
    assert (response.status_code, response["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert response.context["typed"] == typed
    assert "is not a date that we can read" in response.text and "<script>" not in response.text


@pytest.mark.parametrize("query", ["", "?date=", "?date=%20", "?day=2028-03-01"])
def test_without_a_date_the_page_asks_for_one(client, query):
    response = client.get(PREPARATION + query)
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'name="date"' in response.text and "is not a date" not in response.text


@pytest.mark.parametrize("query", ["", "?date=2028-03-01", "?date=tomorrow"])
def test_no_answer_is_stored_by_a_cache(client, query):
    assert "no-store" in client.get(PREPARATION + query)["Cache-Control"]


def test_without_a_live_page_on_numbing_there_is_nothing_to_prepare(client):
    Version.objects.filter(unit__in=Section.objects.filter(slug="numbing")).delete()
    assert ask(client, "2028-03-01").status_code == 404
