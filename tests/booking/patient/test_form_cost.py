"""What the form costs: its words are kept while content stays as it is, and its days are counted by the database."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import OpenTime
from booking.patient.published import published
from clinic_site.models import Banner, Clinic
from tests.factories import make_time
from treatments.models import Caution, Version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_kept")]

QUERIES = 8  # profile, content revision (twice), days, times, clinicians, hours, closed days
QUERIES_TO_FIND = 2  # profile, content revision


def test_the_form_asks_the_database_as_often_for_many_times_as_for_one(client, django_assert_num_queries):
    for number in range(20):
        make_time(hours=48 + number)
    client.get("/consultation/")
    with django_assert_num_queries(QUERIES):
        client.get("/consultation/")
    OpenTime.objects.exclude(pk=OpenTime.objects.latest("pk").pk).delete()
    with django_assert_num_queries(QUERIES):
        client.get("/consultation/")


def test_a_refused_form_asks_the_database_no_more_than_a_fresh_one(client, django_assert_num_queries):
    make_time(hours=72)
    refused = {"name": "", "email": "amira@", "benefit": "scars", "treatment": "microneedling"}
    client.post("/consultation/", refused)
    with django_assert_num_queries(QUERIES):
        client.post("/consultation/", refused)


def test_the_page_that_sends_a_link_again_asks_the_database_twice(client, django_assert_num_queries):
    client.get("/consultation/find/")
    with django_assert_num_queries(QUERIES_TO_FIND):
        client.get("/consultation/find/")


def change_a_caution():
    Caution.objects.filter(in_form=True).update(question="Did you ever faint?")


def change_a_benefit():
    Version.objects.filter(unit__slug="scars").update(title="Marks left by acne")


def change_the_profile():
    Clinic(name="Another Clinic").save()


def add_a_banner():
    Banner.objects.create(text="Closed for the storm", shown_until=timezone.now() + timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_a_caution, "Did you ever faint?"),
        (change_a_benefit, "Marks left by acne"),
        (change_the_profile, "Another Clinic"),
        (add_a_banner, "Closed for the storm"),
    ],
)
def test_an_edit_shows_at_the_next_request(client, change, words):
    assert words not in client.get("/consultation/").text
    change()
    assert words in client.get("/consultation/").text


def test_a_time_that_was_taken_is_gone_at_the_next_request(client):
    time = make_time(hours=72)
    assert f'value="{time.pk}" id="time-' in client.get("/consultation/").text
    OpenTime.objects.filter(pk=time.pk).delete()
    assert f'value="{time.pk}" id="time-' not in client.get("/consultation/").text


ANSWERS = {
    "name": "Amira Haddad",
    "contact_by": "phone",
    "phone": "12",
    "email": "amira@",
    "may_leave_message": "on",
    "concern": "My scars",
    "benefit": "scars",
    "time_by": "windows",
    "windows": ["mon-am", "any"],
    "needs": ["hearing"],
    "language": "ar",
    "interpreter": "on",
    "for_someone_else": "on",
    "safety-blood-thinners": "yes",
    "consent": "on",
}


def test_nothing_that_one_person_sent_is_in_the_form_of_another(client):
    """The parts that are written once are written first by somebody whose answers are all there, and refused."""
    client.post("/consultation/", ANSWERS)
    after_them = without_token(client.get("/consultation/").text)
    published.forget()
    assert after_them == without_token(client.get("/consultation/").text)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_each_answer_stands_in_a_refused_form_whatever_was_kept_before(client, name):
    client.get("/consultation/")
    kept = client.post("/consultation/", {name: ANSWERS[name]}).text
    published.forget()
    assert without_token(kept) == without_token(client.post("/consultation/", {name: ANSWERS[name]}).text)
    assert without_token(kept) != without_token(client.post("/consultation/", {}).text)


def without_token(page):
    return re.sub(r'name="form_token" value="[^"]*"', "", page)
