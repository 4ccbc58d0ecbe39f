"""The records that staff keep are pages of the desk: what saving does is said first, yes and no and hours in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Clinician, PreparedAnswer
from clinic_site.models import Banner, Clinic, Limits, Notice
from tests.factories import make_time

pytestmark = pytest.mark.django_db


def banner():
    return Banner.objects.create(text="Closed today.", shown_until=timezone.now() + timedelta(days=1))


RECORDS = {
    "booking/clinician": lambda: Clinician.objects.create(name="Dr. Example"),
    "booking/preparedanswer": lambda: PreparedAnswer.objects.first(),
    "clinic_site/clinic": Clinic.profile,
    "clinic_site/limits": lambda: Limits.objects.first() or Limits.objects.create(),
    "clinic_site/banner": banner,
    "clinic_site/notice": lambda: Notice.objects.create(slug="snow", title="Snow", body="It snows."),
}
STOCK = ["icon-no", "icon-yes", "a.m.", "p.m.", "noon", "vDateField"]


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_what_saving_does_and_looks_like_the_desk(as_staff, name):
    record, manager = RECORDS[name](), as_staff("manager")
    page, listed = manager.get(f"/admin/{name}/{record.pk}/change/").text, manager.get(f"/admin/{name}/").text
    assert page.index('class="consequence"') < page.index('name="_save"') and "Saving " in page
    assert [words for words in STOCK if words in page or words in listed] == []


def test_a_record_is_headed_by_its_own_name(as_staff):
    clinician = Clinician.objects.create(name="Dr. Example")
    page = as_staff("manager").get(f"/admin/booking/clinician/{clinician.pk}/change/").text
    assert "<h1>Dr. Example</h1>" in page


def test_a_list_without_records_says_so_and_a_search_that_finds_none_does_not(as_staff):
    manager = as_staff("manager")
    assert "Nobody is on the page of the team yet." in manager.get("/admin/clinic_site/teammember/").text
    assert "There is none yet." not in manager.get("/admin/booking/preparedanswer/?q=zebra").text


@pytest.mark.parametrize("address", ["/admin/booking/opentime/", "/admin/booking/outboxmail/"])
def test_a_list_of_the_desk_writes_hours_and_yes_and_no_in_words(as_staff, address):
    make_time(48)
    listed = as_staff("frontdesk").get(address).text
    assert [words for words in STOCK if words in listed] == []


def test_a_banner_is_entered_with_the_clinics_clock(as_staff):
    sent = {"text": "Snow.", "shown_from": "2027-06-08T08:00", "shown_until": "2027-06-08T17:30"}
    as_staff("manager").post("/admin/clinic_site/banner/add/", sent)
    until = timezone.localtime(Banner.objects.get().shown_until)
    assert (until.hour, until.minute) == (17, 30)


def test_there_are_answers_to_begin_with(as_staff):
    titles = set(PreparedAnswer.objects.values_list("title", flat=True))
    assert {"We tried to call you", "We are not the right place for this"} <= titles
