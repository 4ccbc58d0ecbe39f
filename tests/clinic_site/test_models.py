from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic_site.models import Clinic, ClosedDay, Notice, OpeningHours, TeamMember

pytestmark = pytest.mark.django_db


def saturday(opens, closes):
    return OpeningHours(weekday=5, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def complaints(record):
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    return refused.value.messages


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("10:00", "11:00"), ("08:00", "09:01"), ("11:59", "13:00"), ("08:00", "13:00")],
    ids=["inside", "over the opening", "over the closing", "around"],
)
def test_hours_that_overlap_others_of_the_weekday_are_refused(opens, closes):
    saturday("09:00", "12:00").save()
    assert complaints(saturday(opens, closes)) == [
        "These hours overlap with others of the same weekday. Mend one of them."
    ]


@pytest.mark.parametrize(("opens", "closes"), [("12:00", "13:00"), ("08:00", "09:00")])
def test_hours_may_touch_others_of_the_weekday(opens, closes):
    saturday("09:00", "12:00").save()
    saturday(opens, closes).full_clean()


def test_hours_may_be_the_same_on_another_weekday():
    saturday("09:00", "12:00").save()
    OpeningHours(weekday=6, opens=time(9), closes=time(12)).full_clean()


def test_hours_may_be_moved_over_what_they_were():
    hours = saturday("09:00", "12:00")
    hours.save()
    hours.closes = time(13)
    hours.full_clean()


@pytest.mark.parametrize(("opens", "closes"), [("12:00", "09:00"), ("09:00", "09:00")])
def test_hours_that_end_before_they_begin_are_refused(opens, closes):
    hours = saturday(opens, closes)
    assert complaints(hours) == ["The closing time must be later than the opening time."]
    with pytest.raises(IntegrityError, match="hours_end_after_they_begin"), transaction.atomic():
        hours.save()


def test_the_database_itself_refuses_two_openings_at_one_time():
    saturday("09:00", "12:00").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.bulk_create([saturday("09:00", "11:00")])
    assert OpeningHours.objects.filter(weekday=5).count() == 1


def test_the_clinic_has_one_profile():
    Clinic(name="Another").save()
    assert list(Clinic.objects.values_list("pk", "name")) == [(1, "Another")]
    with pytest.raises(IntegrityError, match="there_is_one_clinic_profile"), transaction.atomic():
        Clinic.objects.bulk_create([Clinic(pk=2)])


def test_a_promise_of_less_than_half_an_hour_is_refused():
    clinic = Clinic.profile()
    clinic.answer_within = 29
    assert complaints(clinic) == ["Leave the desk at least 30 minutes of opening time."]
    with pytest.raises(IntegrityError, match="a_promise_leaves_time_to_answer"), transaction.atomic():
        clinic.save()


def test_a_clinic_that_nobody_entered_shows_its_sample_values():
    Clinic.objects.all().delete()
    profile = Clinic.profile()
    assert (profile.pk, profile.name, profile.is_sample) == (None, "Sample Dermatology", True)


def test_closed_days_to_come_include_today_and_stand_in_order():
    ClosedDay.objects.all().delete()
    for day in (date(2030, 5, 2), date(2030, 5, 1), date(2030, 4, 30)):
        ClosedDay.objects.create(date=day, name="Closed")
    upcoming = ClosedDay.objects.upcoming(date(2030, 5, 1))
    assert [day.date for day in upcoming] == [date(2030, 5, 1), date(2030, 5, 2)]


def test_a_notice_with_an_address_of_its_own_is_found_there():
    slugs = ["privacy", "accessibility", "language-help"]
    assert [Notice(slug=slug).get_absolute_url() for slug in slugs] == [
        "/privacy/",
        "/accessibility/",
        "/notices/language-help/",
    ]


def test_nobody_is_invented():
    assert TeamMember.objects.count() == 0
