"""What the form costs: its words are kept while content stays as it is, and its days are counted by the database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import OpenTime
from clinic_site.models import Banner, Clinic
from tests.factories import make_time
from treatments.models import Caution, Version

pytestmark = pytest.mark.django_db

# profile (three times), content revision (twice), days, times, clinicians, hours, closed days, guides of the menu
QUERIES = 11


def test_the_form_asks_the_database_as_often_for_many_times_as_for_one(client, django_assert_num_queries):
    for number in range(20):
        make_time(hours=48 + number)
    client.get("/consultation/")
    with django_assert_num_queries(QUERIES):
        client.get("/consultation/")
    OpenTime.objects.exclude(pk=OpenTime.objects.latest("pk").pk).delete()
    with django_assert_num_queries(QUERIES):
        client.get("/consultation/")


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


def test_nothing_that_one_person_sent_is_in_the_form_of_another(client):
    client.post(
        "/consultation/", {"name": "Amira Haddad", "email": "amira@", "concern": "My scars", "benefit": "scars"}
    )
    text = client.get("/consultation/").text
    assert [word for word in ("Amira", "amira", "My scars", 'value="scars" selected') if word in text] == []
