"""Reminders: two days and the day before, by day, once, and none for what has changed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from booking.mail.quiet_hours import next_morning
from booking.mail.reminders import owe_reminders
from booking.mail.sending import deliver
from booking.models import OutboxMail
from booking.schedule import consultations as do
from booking.schedule.times import book
from booking.services import withdraw
from booking.tasks import sweep
from clinic_site.models import ClosedDay
from tests.factories import make_request, make_staff, make_time, shift_time

pytestmark = pytest.mark.django_db

DETROIT = ZoneInfo("America/Detroit")
VISIT = datetime(2027, 3, 17, 9, 20, tzinfo=DETROIT)  # a Wednesday, three days after a daylight-saving night


def clock(day, hour, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=DETROIT)


@pytest.fixture
def staff():
    return make_staff("frontdesk")


@pytest.fixture
def booked(staff, time_machine):
    """Booked on the Wednesday before for the next Wednesday, 9:20."""
    time_machine.move_to(clock(10, 12), tick=False)
    consultation_request, time = make_request(), make_time(1)
    shift_time(time, VISIT)
    book(consultation_request, time, staff)
    return consultation_request


def reminders(consultation_request):
    return consultation_request.mails.filter(kind=OutboxMail.Kind.REMINDER)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (clock(14, 12), 0),
        (clock(15, 9, 59), 0),
        (clock(15, 10), 1),
        (clock(15, 19, 59), 1),
        (clock(15, 20), 0),
        (clock(16, 2), 0),
        (clock(16, 10), 1),
        (clock(17, 10), 0),
    ],
)
def test_a_reminder_is_owed_two_days_and_the_day_before_by_day(booked, time_machine, moment, number):
    time_machine.move_to(moment)
    owe_reminders()
    assert reminders(booked).count() == number


def test_a_day_has_one_reminder_however_often_the_worker_looks(booked, time_machine):
    for moment in (clock(15, 10), clock(15, 10, 1), clock(15, 18), clock(16, 10), clock(16, 19)):
        time_machine.move_to(moment)
        sweep.call_local()
    assert reminders(booked).count() == 2


def test_who_booked_or_was_moved_today_is_not_reminded_today(booked, staff, time_machine):
    time_machine.move_to(clock(15, 9))
    later = make_time(1)
    shift_time(later, VISIT + timedelta(hours=1))
    do.move(booked, later, staff)
    time_machine.move_to(clock(15, 10))
    owe_reminders()
    assert not reminders(booked).exists()
    time_machine.move_to(clock(16, 10))
    owe_reminders()
    assert reminders(booked).count() == 1


@pytest.mark.parametrize("change", ["cancelled", "withdrawn", "moved away", "given back"])
def test_what_has_changed_is_not_reminded_of_even_if_the_mail_was_owed(booked, staff, time_machine, change):
    time_machine.move_to(clock(15, 10))
    owe_reminders()
    mail = reminders(booked).get()
    if change == "cancelled":
        do.cancel(booked, staff)
    elif change == "withdrawn":
        withdraw(booked)
    elif change == "given back":
        do.cannot_come(booked)
    else:
        do.move(booked, make_time(24 * 20), staff)
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, mail.dropped_at is not None) == (None, True)


def test_a_cancelled_consultation_owes_no_reminder(booked, staff, time_machine):
    do.cancel(booked, staff)
    time_machine.move_to(clock(15, 10))
    owe_reminders()
    assert not reminders(booked).exists()


def test_a_reminder_that_could_not_leave_by_day_waits_for_the_morning(booked, time_machine, mailoutbox):
    time_machine.move_to(clock(15, 19, 59))
    owe_reminders()
    mail = reminders(booked).get()
    time_machine.move_to(clock(15, 23))
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, mail.due_at, mail.attempts, mailoutbox) == (None, clock(16, 8), 0, [])
    time_machine.move_to(clock(16, 8))
    deliver(mail.pk)
    assert "Wednesday, March 17" in mailoutbox[0].body


def test_a_reminder_that_comes_too_late_is_dropped(booked, time_machine, mailoutbox):
    time_machine.move_to(clock(16, 10))
    owe_reminders()
    time_machine.move_to(clock(17, 8))
    deliver(reminders(booked).get().pk)
    assert (reminders(booked).get().dropped_at is not None, mailoutbox) == (True, [])


def test_a_patient_without_email_is_not_owed_mail(staff, time_machine):
    time_machine.move_to(clock(10, 12))
    consultation_request, time = make_request(contact_by="phone", phone="+15865550101", email=""), make_time(1)
    shift_time(time, VISIT)
    book(consultation_request, time, staff)
    time_machine.move_to(clock(15, 10))
    owe_reminders()
    assert not consultation_request.mails.filter(kind=OutboxMail.Kind.REMINDER).exists()


def test_the_night_ends_at_eight_of_the_next_day(time_machine):
    assert next_morning(clock(15, 23)) == clock(16, 8)
    assert next_morning(clock(16, 3)) == clock(16, 8)
    assert next_morning(clock(13, 23)) == clock(14, 8)  # over the night on which an hour is left out
    assert timezone.is_aware(next_morning(clock(13, 23)))


def test_nobody_is_reminded_of_what_cannot_take_place_until_it_is_settled(booked, time_machine):
    closed = ClosedDay.objects.create(date=VISIT.date(), name="Snow")
    time_machine.move_to(clock(15, 10), tick=False)
    owe_reminders()
    assert not reminders(booked).exists()
    closed.delete()
    owe_reminders()
    assert reminders(booked).count() == 1
