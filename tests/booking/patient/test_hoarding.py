"""Times that the desk has yet to confirm are held for a family, and not for one who hoards."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from booking.desk.hoards import hoards
from booking.models import ConsultationRequest, OpenTime
from booking.schedule.picking import lapse_unconfirmed
from booking.schedule.times import book, lapse_what_is_due, offer_times, refuse
from booking.services import withdraw
from clinic_site.models import Clinic, SelfPick
from tests.factories import form_data, make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("America/Detroit"))


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def day_of_times(days, number):
    """So many free times, one an hour, on a day so many days ahead."""
    return [make_time(24 * days + hour) for hour in range(number)]


def ask(client, time, name, **answers):
    return client.post("/consultation/", form_data(name=name, open_time=str(time.pk), **answers))


@pytest.fixture
def times():
    """Ten times on each of two days: half of a day is more than a family needs."""
    return [*day_of_times(3, 10), *day_of_times(4, 10)]


@pytest.fixture
def family(client, times):
    """Four people with one email address, each with a time that the desk has yet to confirm."""
    sent = [ask(client, time, f"Person {letter}") for letter, time in zip("ABCD", times, strict=False)]
    assert {response.status_code for response in sent} == {303}
    return [time for time in times if OpenTime.objects.get(pk=time.pk).state == "held"]


def test_a_family_of_four_gets_a_time_each_and_a_fifth_is_asked_to_send_without(client, times, family):
    assert len(family) == 4
    response = ask(client, times[15], "Person E", concern="Old scars")
    assert response.status_code == 422
    assert "cannot be held for you just now" in response.text and "Old scars" in response.text
    assert "send this without a time" in response.text
    assert ConsultationRequest.objects.count() == 4
    assert OpenTime.objects.get(pk=times[15].pk).state == "open"
    assert client.post("/consultation/", form_data(name="Person E")).status_code == 303


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"email": "AMIRA@patient.example"}, 422),
        ({"email": "b@patient.example"}, 303),
        ({"email": "b@patient.example", "phone": "586 555 0100"}, 303),
    ],
)
def test_the_limit_is_for_an_address_however_it_is_written(client, times, family, answers, status):
    assert ask(client, times[15], "Person E", **answers).status_code == status


def test_the_limit_is_for_a_telephone_number_too(client, times):
    for letter, time in zip("ABCD", times, strict=False):
        assert (
            ask(client, time, f"Person {letter}", email=f"{letter}@patient.example", phone="586 555 0100").status_code
            == 303
        )
    assert ask(client, times[15], "E", email="e@patient.example", phone="(586) 555-0100").status_code == 422


@pytest.mark.parametrize("name", ["Person A", "PERSON A"])
def test_one_person_has_one_time(client, times, name):
    assert ask(client, times[0], "Person A").status_code == 303
    response = ask(client, times[1], name)
    assert (response.status_code, "cannot be held for you just now" in response.text) == (422, True)


def test_the_same_name_with_another_address_is_another_person(client, times):
    assert ask(client, times[0], "Person A").status_code == 303
    assert ask(client, times[1], "Person A", email="b@patient.example").status_code == 303


@pytest.mark.parametrize("settled", ["confirmed", "withdrawn"])
def test_what_is_settled_counts_no_longer(client, times, family, settled):
    first = ConsultationRequest.objects.order_by("pk").first()
    if settled == "confirmed":
        book(first, family[0], make_staff("frontdesk"))
    else:
        withdraw(first)
    assert ask(client, times[15], "Person E").status_code == 303


def test_what_the_desk_offers_counts_for_nobody(client, times):
    for letter, time in zip("ABCD", times, strict=False):
        offer_times(make_request(name=f"Person {letter}"), [time], make_staff("frontdesk"))
    assert ask(client, times[15], "Person E").status_code == 303


@pytest.mark.parametrize(("number", "most"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_half_of_a_days_times_are_held_unconfirmed_rounded_up(client, number, most):
    times = day_of_times(3, number)
    sent = [ask(client, time, "A", email=f"p{time.pk}@patient.example") for time in times]
    assert [response.status_code for response in sent] == [303] * most + [422] * (number - most)
    assert all("cannot be held for you just now" in response.text for response in sent[most:])
    other_day = make_time(24 * 4)
    assert ask(client, other_day, "A", email="q@patient.example").status_code == 303


def test_where_times_are_booked_at_once_nothing_is_unconfirmed(client, times):
    clinic = Clinic.profile()
    clinic.self_pick = SelfPick.BOOKED
    clinic.save()
    for letter, time in zip("ABCDE", times, strict=False):
        assert ask(client, time, f"Person {letter}").status_code == 303


# Limits: what is said, and where


def refusals(response):
    page = response.text
    return page[page.index("cannot be held") : page.index("You can also call us")]


def test_each_limit_says_the_same_so_that_nobody_learns_who_has_asked_here(client, times, family, settings):
    same_name = ask(client, times[15], "Person A")
    fifth_of_a_family = ask(client, times[15], "Person E")
    settings.HOLDS_FROM_ONE_SOURCE = 4
    same_place = ask(client, times[15], "Stranger", email="s@patient.example")
    said, *others = (refusals(response) for response in (same_name, fifth_of_a_family, same_place))
    assert others == [said, said]
    assert not any(word in said for word in ("already", "name", "4 times", "address"))


@pytest.mark.parametrize(("made", "status"), [(2, 303), (3, 422)])
def test_one_place_has_so_many_unconfirmed_times_in_a_day(client, times, settings, made, status):
    settings.HOLDS_FROM_ONE_SOURCE = 3
    for number in range(made):
        assert ask(client, times[number], "A", email=f"p{number}@patient.example").status_code == 303
    assert ask(client, times[15], "B", email="b@patient.example").status_code == status


def test_another_place_is_not_held_to_it_nor_is_another_day(client, times, settings, time_machine):
    settings.HOLDS_FROM_ONE_SOURCE = 1
    assert ask(client, times[0], "A").status_code == 303
    sent = form_data(name="B", email="b@patient.example", open_time=str(times[1].pk))
    assert client.post("/consultation/", sent, REMOTE_ADDR="203.0.113.9").status_code == 303
    time_machine.move_to(NOON + timedelta(hours=12), tick=False)
    assert ask(client, times[2], "C", email="c@patient.example").status_code == 303


def test_what_was_confirmed_no_longer_counts_for_a_place_and_the_place_is_forgotten(client, times, settings):
    settings.HOLDS_FROM_ONE_SOURCE = 1
    ask(client, times[0], "A")
    assert OpenTime.objects.get(pk=times[0].pk).held_from
    book(ConsultationRequest.objects.get(), times[0], make_staff("frontdesk"))
    assert not OpenTime.objects.get(pk=times[0].pk).held_from
    assert ask(client, times[1], "B", email="b@patient.example").status_code == 303


def test_what_cannot_be_picked_on_a_half_held_day_is_not_in_the_form(client):
    first, second = day_of_times(3, 2)
    other_day = make_time(24 * 4)
    assert ask(client, first, "A").status_code == 303
    page = client.get("/consultation/").text
    assert [f'value="{time.pk}"' in page for time in (second, other_day)] == [False, True]


def withdrawn(consultation_request, time):
    withdraw(consultation_request)


def refused(consultation_request, time):
    offer = offer_times(consultation_request, [time], make_staff("frontdesk"))
    refuse(offer)


def lapsed(consultation_request, time):
    offer = offer_times(consultation_request, [time], make_staff("frontdesk"))
    type(offer).objects.filter(pk=offer.pk).update(made_at=offer.made_at - timedelta(days=1), lapses_at=offer.made_at)
    lapse_what_is_due()


@pytest.mark.parametrize("release", [withdrawn, refused, lapsed], ids=lambda release: release.__name__)
def test_a_time_that_is_released_is_in_the_form_again_at_once(client, release):
    time = make_time(24 * 6)
    release(make_request(), time)
    assert f'value="{time.pk}"' in client.get("/consultation/").text


# Lapsing


@pytest.mark.parametrize(("seconds", "state"), [(1, "held"), (0, "open")])
def test_an_unconfirmed_time_lapses_when_the_notice_begins(client, times, time_machine, seconds, state):
    ask(client, times[0], "A")
    notice = timedelta(hours=Clinic.profile().notice_hours)
    time_machine.move_to(times[0].starts_at - notice - timedelta(seconds=seconds), tick=False)
    lapse_unconfirmed()
    assert OpenTime.objects.get(pk=times[0].pk).state == state


def test_patient_and_desk_are_told_that_it_lapsed(client, times, time_machine):
    ask(client, times[0], "A")
    consultation_request = ConsultationRequest.objects.get()
    time_machine.move_to(times[0].starts_at, tick=False)
    lapse_unconfirmed()
    kinds = list(consultation_request.mails.waiting().values_list("kind", flat=True))
    assert {"times-gone", "news-for-the-desk"} <= set(kinds)
    assert "was not confirmed" in consultation_request.timeline.last().note
    consultation_request.refresh_from_db()
    assert (consultation_request.state, consultation_request.owed_by is None) == ("received", False)
    lapse_unconfirmed()
    assert list(consultation_request.mails.waiting().values_list("kind", flat=True)) == kinds


def test_what_the_desk_offered_does_not_lapse_so(times, time_machine):
    offer_times(make_request(), [times[0]], make_staff("frontdesk"))
    time_machine.move_to(times[0].starts_at - timedelta(minutes=1), tick=False)
    lapse_unconfirmed()
    assert OpenTime.objects.get(pk=times[0].pk).state == "held"


# A hoard


@pytest.fixture
def hoard(client, times):
    """Six invented people with six addresses, from one place."""
    for number in range(6):
        ask(client, times[2 * number], f"Invented {number}", email=f"i{number}@patient.example")
    return ConsultationRequest.objects.order_by("pk")


def test_the_desk_sees_on_today_that_somebody_hoards(as_staff, hoard):
    page = as_staff("frontdesk").get("/admin/").text
    assert "Many times held, none confirmed" in page and "Free all 6" in page and "Invented 0" in page


@pytest.mark.parametrize(("number", "is_one"), [(4, False), (5, True)])
def test_a_family_is_no_hoard(client, times, number, is_one):
    for nth in range(number):
        ask(client, times[2 * nth], f"P {nth}", email=f"i{nth}@patient.example")
    assert bool(hoards()) == is_one


def test_half_of_a_days_times_is_seen_wherever_they_are_held_from(client, times):
    for number in range(5):
        sent = form_data(name="A", email=f"i{number}@patient.example", open_time=str(times[number].pk))
        client.post("/consultation/", sent, REMOTE_ADDR=f"203.0.113.{number}")
    [found] = hoards()
    assert len(found.times) == 5 and "June 4" in found.words


def free_all(desk):
    sent = {"time": [time.pk for time in hoards()[0].times]}
    return desk.post("/admin/booking/opentime/free-held/", sent)


def test_all_of_it_is_freed_in_one_step_and_each_is_told(as_staff, hoard):
    free_all(as_staff("frontdesk"))
    assert not OpenTime.objects.filter(state="held").exists() and not hoards()
    assert all(each.mails.waiting().filter(kind="times-gone").exists() for each in hoard)
    assert {each.state for each in hoard} == {"received"}


def test_freeing_can_be_undone_for_a_minute(as_staff, hoard, time_machine):
    desk = as_staff("frontdesk")
    before = set(OpenTime.objects.filter(state="held").values_list("pk", "request"))
    page = desk.get(free_all(desk)["Location"]).text
    assert "Undo: hold them again" in page
    token = page.partition('name="freed" value="')[2].partition('"')[0]
    time_machine.move_to(NOON + timedelta(seconds=59), tick=False)
    desk.post("/admin/booking/opentime/hold-again/", {"freed": token})
    assert set(OpenTime.objects.filter(state="held").values_list("pk", "request")) == before
    assert not any(each.mails.waiting().filter(kind="times-gone").exists() for each in hoard)


def test_freeing_is_not_undone_later_nor_by_a_forged_list(as_staff, hoard, time_machine):
    desk = as_staff("frontdesk")
    token = free_all(desk)["Location"].partition("freed=")[2]
    time_machine.move_to(NOON + timedelta(seconds=62), tick=False)
    for sent in (token, "forged", ""):
        desk.post("/admin/booking/opentime/hold-again/", {"freed": sent})
    assert not OpenTime.objects.filter(state="held").exists()


@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_who_may_not_change_times_frees_none(as_staff, hoard, role):
    assert free_all(as_staff(role)).status_code == 403
    assert OpenTime.objects.filter(state="held").count() == 6


@pytest.mark.parametrize("state", ["open", "blocked"])
def test_the_database_keeps_no_place_with_a_time_that_is_not_held(times, state):
    OpenTime.objects.filter(pk=times[0].pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenTime.objects.filter(pk=times[0].pk).update(held_from="a place")
