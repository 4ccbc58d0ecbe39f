"""A day, then a time of it: what a fresh form shows, what a filled one keeps, and who is shown which times."""

import re
from datetime import datetime, timedelta

import pytest

from booking.models import Clinician, ConsultationRequest, OpenTime
from booking.patient.time_chooser import IN_SIGHT
from booking.services import submit
from clinic_site.models import Clinic, SelfPick
from tests.booking.schedule.doors import DETROIT
from tests.factories import form_data, make_time

pytestmark = pytest.mark.django_db

FORM = "/consultation/"
QUERIES = 8  # of the whole form
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=DETROIT)  # a Monday
THURSDAY = datetime(2026, 6, 4, tzinfo=DETROIT)
TYPED = {"name": "Amira Haddad", "contact_by": "phone", "phone": "586 555 0100", "concern": "Old <scars>"}


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    OpenTime.objects.all().delete()


def make_at(day, hour, minute=0, clinician="Dr. Example", **fields):
    return make_time(0, clinician, starts_at=THURSDAY + timedelta(days=day, hours=hour, minutes=minute), **fields)


def choices_in(page):
    """The times that can be chosen on a page, by their numbers."""
    return {int(number) for number in re.findall(r'name="open_time"\s+value="(\d+)"', page.text)}


def days_in(page):
    return re.findall(r'name="show_day"\s+value="([-\d]+)"', page.text)


def test_a_day_in_the_address_shows_the_times_of_that_day_and_no_others(client):
    morning, evening = make_at(0, 9), make_at(0, 17)
    make_at(1, 9), make_at(-1, 9)
    assert choices_in(client.get(FORM, {"day": "2026-06-04"})) == {morning.pk, evening.pk}


def test_without_a_day_the_first_days_that_have_times_show_all_of_theirs(client):
    first = [make_at(0, 9 + number) for number in range(IN_SIGHT + 3)]
    second, third = make_at(3, 9), make_at(4, 9)
    page = client.get(FORM)
    assert choices_in(page) == {time.pk for time in [*first, second]}
    assert set(days_in(page)) == {"2026-06-04", "2026-06-07", "2026-06-08"} and third.day.isoformat() == "2026-06-08"


@pytest.mark.parametrize("day", ["", "2026-02-30", "June", "2026-6-4x", "9" * 40, "<b>"])
def test_what_names_no_day_shows_the_first_days(client, day):
    time = make_at(0, 9)
    assert choices_in(client.get(FORM, {"day": day})) == {time.pk}


def test_a_day_with_no_times_says_so_and_leads_to_the_days_around_it(client):
    make_at(0, 9), make_at(2, 9)
    page = client.get(FORM, {"day": "2026-06-05"})
    assert "Nothing is open on Friday, June 5" in page.text and choices_in(page) == set()
    assert days_in(page)[:2] == ["2026-06-04", "2026-06-06"]


def test_noon_is_afternoon(client):
    make_at(0, 11, 40), make_at(0, 12)
    assert re.findall(r"<span>(\d) (morning|afternoon)", client.get(FORM).text) == [
        ("1", "morning"),
        ("1", "afternoon"),
    ]


def test_choosing_a_day_in_a_filled_form_keeps_every_answer_and_stores_nothing(client):
    time = make_at(0, 9)
    make_at(1, 9)
    sent = form_data(
        **TYPED, email=None, show_day="2026-06-04", windows=["mon-am"], needs=["hearing"], interpreter=None
    )
    page = client.post(FORM, sent | {"safety-blood-thinners": "yes"})
    assert (page.status_code, choices_in(page)) == (200, {time.pk})
    assert 'value="Amira Haddad"' in page.text and 'value="586 555 0100"' in page.text
    assert "Old &lt;scars&gt;</textarea>" in page.text and page.text.count(sent["form_token"]) == 1
    for name, value in [("contact_by", "phone"), ("windows", "mon-am"), ("needs", "hearing"), ("consent", "")]:
        assert re.search(rf'name="{name}"[^>]*{value}[^>]*checked', page.text), name
    assert re.search(r'name="safety-blood-thinners" value="yes"[^>]* checked', page.text)
    assert not ConsultationRequest.objects.exists()
    assert "error-summary" not in page.text and "wrong-text" not in page.text


def test_an_empty_form_may_choose_a_day_without_being_told_what_is_missing(client):
    make_at(0, 9)
    page = client.post(FORM, {"show_day": "2026-06-04"})
    assert page.status_code == 200 and "wrong-text" not in page.text


def test_days_may_be_looked_at_without_end(client, settings):
    settings.REQUESTS_FROM_ONE_SOURCE = 3
    make_at(0, 9)
    pages = [client.post(FORM, form_data(show_day="2026-06-04")) for _look in range(5)]
    assert {page.status_code for page in pages} == {200}
    assert client.post(FORM, form_data()).status_code == 303
    assert ConsultationRequest.objects.get().quarantine == ""


def test_a_time_that_was_chosen_on_another_day_stays_chosen(client):
    chosen, other = make_at(0, 9), make_at(1, 9)
    page = client.post(FORM, form_data(open_time=str(chosen.pk), show_day="2026-06-05"))
    assert choices_in(page) == {chosen.pk, other.pk}
    assert re.search(rf'value="{chosen.pk}" id="time-{chosen.pk}"\s+checked', page.text)
    assert client.post(FORM, form_data(open_time=str(chosen.pk))).status_code == 303
    assert ConsultationRequest.objects.get().picked_time == chosen


def test_only_the_times_of_the_clinician_who_was_asked_for_are_shown(client):
    make_at(0, 9)
    theirs = make_at(0, 9, clinician="Dr. Birch")
    page = client.post(FORM, form_data(clinician="dr-birch", show_day="2026-06-04"))
    assert choices_in(page) == {theirs.pk}


def test_who_needs_an_interpreter_sees_times_with_one(client):
    make_at(0, 9)
    with_one = make_at(0, 10, with_interpreter=True)
    page = client.post(FORM, form_data(interpreter="on", show_day="2026-06-04"))
    assert choices_in(page) == {with_one.pk}


def test_whom_they_wish_to_see_and_what_they_need_is_kept(client):
    make_at(0, 9, clinician="Dr. Birch")
    client.post(FORM, form_data(clinician="dr-birch", needs=["wheelchair", "sight"], time_by="call"))
    kept = ConsultationRequest.objects.get()
    assert (str(kept.clinician), kept.needs, kept.time_by) == ("Dr. Birch", ["wheelchair", "sight"], "call")


@pytest.mark.parametrize("field", ["clinician", "needs", "windows", "time_by"])
def test_a_choice_that_there_is_not_is_refused_in_words(client, field):
    page = client.post(FORM, form_data(**{field: "<nobody>"}))
    assert page.status_code == 422 and "wrong-text" in page.text and "<nobody>" not in page.text


def test_who_wants_to_be_called_does_not_take_the_time_they_had_chosen_before(client):
    time = make_at(0, 9)
    assert client.post(FORM, form_data(open_time=str(time.pk), time_by="call")).status_code == 303
    assert OpenTime.objects.get(pk=time.pk).state == "open"


def test_the_way_that_was_chosen_stays_chosen(client):
    make_at(0, 9)
    page = client.post(FORM, form_data(time_by="windows", show_day="2026-06-04"))
    assert re.search(r'value="windows"\s+id="id_time_by_2"\s+checked', page.text)
    assert re.search(r'value="pick"\s+id="id_time_by_0"\s+checked', client.get(FORM).text)


def test_answers_of_for_you_are_carried_and_kept_encrypted(client):
    page = client.post(FORM, {"carried": "1", "skin": "brown", "matters": ["marks", "cost"], "benefit": "scars"})
    assert page.status_code == 200 and not ConsultationRequest.objects.exists()
    for name, value in [("skin", "brown"), ("matters", "marks"), ("matters", "cost")]:
        assert re.search(rf'name="{name}" value="{value}"', page.text)
    client.post(FORM, form_data(skin="brown", matters=["marks", "odd"]))
    assert ConsultationRequest.objects.get().for_you == {"skin": ["brown"], "matters": ["marks"]}


def test_the_half_days_are_those_on_which_the_clinic_is_open(client):
    Clinic.profile()
    page = client.get(FORM).text
    shown = re.findall(r'name="windows"\s+value="(\S+)"', page)
    assert shown[:2] == ["mon-am", "mon-pm"] and shown[-1] == "any" and "sun-am" not in shown


def test_of_twenty_on_the_last_time_of_a_day_one_has_it_and_the_others_see_other_days(client):
    last, other = make_at(0, 9), make_at(1, 9)
    answers = [
        client.post(FORM, form_data(open_time=str(last.pk), email=f"p{n}@patient.example", concern="Mine"))
        for n in range(20)
    ]
    assert [answer.status_code for answer in answers].count(303) == 1
    for answer in answers[1:]:
        assert "has just been taken" in answer.text and "Mine</textarea>" in answer.text
        assert choices_in(answer) == {other.pk} and f"{last.starts_at:%-H}" in answer.text


def test_days_and_times_cost_two_queries_however_many_there_are(client, django_assert_num_queries):
    Clinician.objects.all().delete()
    make_at(0, 9)
    client.get(FORM)
    with django_assert_num_queries(QUERIES):
        client.get(FORM)
    for number in range(40):
        make_at(number, 10)
    with django_assert_num_queries(QUERIES):
        client.get(FORM)


def test_where_the_clinic_lets_nobody_pick_the_other_ways_stay(client):
    make_at(0, 9)
    clinic = Clinic.profile()
    clinic.self_pick = SelfPick.NONE
    clinic.save()
    page = client.get(FORM)
    assert choices_in(page) == set() and days_in(page) == []
    assert re.search(r'value="call"\s+id="id_time_by_1"\s+checked', page.text)


def test_a_day_that_is_half_held_is_not_among_the_days(client):
    picked = [make_at(0, 9), make_at(0, 10)]
    make_at(1, 9)
    asked = ConsultationRequest(name="A", contact_by="email", email="a@patient.example", form_key="k")
    submit(asked, picked[0])
    assert "2026-06-04" not in days_in(client.get(FORM))
