"""From a request the desk reaches each free time of any date; what is ticked and typed stays, and nothing refuses."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Clinician, OpenTime
from clinic_site.models import UnsavedWords
from tests.booking.crowd import queries_of
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
KEY = "0b0e7a1c-5c9a-4b8e-9a55-0c6f1f7f3f10"


@pytest.fixture
def desk(client):
    sign_in(client, make_staff("frontdesk"))
    return client


def times_on(desk, consultation_request, query=""):
    return desk.get(f"{LIST}{consultation_request.pk}/change/?way=offer{query}").context["times"]


def look(desk, consultation_request, **sent):
    """Press a button that looks around; returns the times that the next page shows."""
    answer = desk.post(f"{LIST}{consultation_request.pk}/look/", {"way_on": "offer", "unsaved": KEY} | sent)
    assert answer.status_code == 302
    return desk.get(answer["Location"]).context["times"]


def press(desk, consultation_request, action, **sent):
    return desk.post(f"{LIST}{consultation_request.pk}/do/{action}/", sent, follow=True)


def days_of(times):
    return [day.day for day in times.days]


def test_turning_on_reaches_each_day_that_has_a_free_time_and_turning_back_the_first(desk):
    consultation_request = make_request()
    made = [make_time(24 * day) for day in range(2, 60, 4)]
    times, seen = times_on(desk, consultation_request), []
    assert times.earlier is None
    while times.later:
        seen += days_of(times)
        times = look(desk, consultation_request, show=times.later.isoformat())
    seen += days_of(times)
    assert seen == [time.day for time in made]
    while times.earlier:
        times = look(desk, consultation_request, show=times.earlier.isoformat())
    assert days_of(times) == seen[:5]


@pytest.mark.parametrize(("show", "day"), [("day", "2027-01-07"), ("in-six-weeks", "2027-01-04"), ("first", None)])
def test_the_date_box_and_the_jumps_lead_to_their_day(desk, time_machine, show, day):
    time_machine.move_to("2026-11-24T15:00Z")
    now, consultation_request = timezone.now(), make_request()
    near, far = make_time(24), make_time(0, starts_at=now + timedelta(days=44))
    times = look(desk, consultation_request, show=show, day="2027-01-07")
    assert days_of(times) == ([far.day] if day else [near.day, far.day])
    assert (times.wanted.day and times.wanted.day.isoformat()) == day


def test_a_day_without_a_free_time_says_so_and_shows_the_next_that_has_one(desk):
    time = make_time(24 * 9)
    page = desk.get(f"{LIST}{make_request().pk}/change/?way=offer&day={time.day - timedelta(days=2)}")
    assert days_of(page.context["times"]) == [time.day] and "The next that is free" in page.text
    page = desk.get(f"{LIST}{make_request().pk}/change/?way=offer&day={time.day + timedelta(days=1)}")
    assert page.context["times"].days == [] and "Nothing like this is free" in page.text


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "9" * 40, "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_breaks_nothing(desk, day):
    make_time(48)
    assert times_on(desk, make_request(), f"&day={day}").wanted is not None


def test_mornings_afternoons_a_clinician_and_an_interpreter_can_be_asked_for(desk, time_machine):
    time_machine.move_to("2026-11-23T15:00Z")
    monday = timezone.now() + timedelta(days=7)
    morning = make_time(0, clinician="Dr. A", starts_at=monday, with_interpreter=True)
    afternoon = make_time(0, clinician="Dr. B", starts_at=monday + timedelta(hours=6))
    consultation_request = make_request()
    who = Clinician.objects.get(name="Dr. B").pk
    asked = {"&part=am": morning, "&part=pm": afternoon, f"&clinician={who}": afternoon, "&interpreter=1": morning}
    for query, found in asked.items():
        assert times_on(desk, consultation_request, query).free == [found]
    wishes = make_request(windows=["mon-pm"])
    assert times_on(desk, wishes).free == [afternoon]
    assert times_on(desk, wishes, "&part=any").free == [morning, afternoon]
    never = times_on(desk, make_request(windows=["sun-am"]))
    assert never.free == [morning, afternoon] and never.not_as_wished


def test_what_is_ticked_and_typed_stays_while_the_page_turns_and_is_in_no_address(desk):
    near, far, consultation_request = make_time(48), make_time(24 * 40), make_request(contact_by="email")
    sent = {"show": far.day.isoformat(), "time": [near.pk], "note": "Glad to wait."}
    answer = desk.post(f"{LIST}{consultation_request.pk}/look/", {"way_on": "offer", "unsaved": KEY} | sent)
    assert "Glad" not in answer["Location"]
    page = desk.get(answer["Location"])
    assert [time.pk for time in page.context["times"].elsewhere] == [near.pk]
    assert re.search(rf'value="{near.pk}"[^>]*checked', page.text) and "Glad to wait.</textarea>" in page.text
    press(desk, consultation_request, "offer", unsaved=KEY, time=[near.pk, far.pk], note="Glad to wait.")
    assert OpenTime.objects.filter(state="held", request=consultation_request).count() == 2
    assert not UnsavedWords.objects.exists()


def test_what_was_only_suggested_is_suggested_anew_among_the_days_that_are_turned_to(desk):
    near, far, consultation_request = make_time(48), make_time(24 * 40), make_request()
    times = look(desk, consultation_request, show=far.day.isoformat(), time=[near.pk], suggested=[near.pk])
    assert times.ticked == [far] and far not in times.elsewhere


@pytest.mark.parametrize(
    "sent",
    [{"time": [0, 1, 2, 3], "suggested": [0, 1, 2]}, {"time": [0, 3, 1], "last": 3}, {"this": 3, "time": [0, 1, 2]}],
)
def test_book_now_takes_the_one_ticked_last_whatever_was_ticked_before(desk, sent):
    made, consultation_request = [make_time(24 * day) for day in (2, 3, 4, 5)], make_request()
    pks = {
        name: [made[place].pk for place in places] if isinstance(places, list) else made[places].pk
        for name, places in sent.items()
    }
    press(desk, consultation_request, "book", **pks)
    assert consultation_request.consultation.time == made[3]


def test_which_of_two_is_to_be_booked_is_asked_and_both_stay_ticked(desk):
    made, consultation_request = [make_time(48), make_time(72)], make_request()
    page = press(desk, consultation_request, "book", unsaved=KEY, time=[time.pk for time in made])
    assert "press &#x27;Book&#x27; beside it" in page.text
    assert page.context["times"].ticked == made


def test_of_more_than_three_those_ticked_by_hand_are_offered_before_suggestions(desk):
    made, consultation_request = [make_time(24 * day) for day in (2, 3, 4, 5)], make_request()
    pks = [time.pk for time in made]
    press(desk, consultation_request, "offer", time=pks, suggested=pks[:3])
    assert set(consultation_request.times.filter(state="held")) == {made[0], made[1], made[3]}


def test_a_time_without_the_interpreter_who_was_asked_for_is_marked_and_warned_of(desk):
    time, consultation_request = make_time(48), make_request(interpreter=True)
    assert ">no interpreter<" in desk.get(f"{LIST}{consultation_request.pk}/change/?way=offer").text
    page = press(desk, consultation_request, "book", time=time.pk)
    assert "No interpreter is there then" in page.text
    assert "No interpreter" not in press(desk, make_request(), "book", time=make_time(72).pk).text


def test_who_only_looks_cannot_look_around_for_times(client):
    sign_in(client, make_staff("clinician"))
    assert client.post(f"{LIST}{make_request().pk}/look/").status_code == 403


def test_a_page_of_times_costs_the_same_with_four_times_as_many(desk):
    page = f"{LIST}{make_request().pk}/change/?way=offer&day={timezone.localdate()}"
    for number in range(2, 12):
        make_time(24 * number)
    cost = queries_of(desk, page)
    for number in range(12, 40):
        make_time(24 * number)
    assert queries_of(desk, page) == cost


def test_an_open_time_of_the_calendar_is_booked_for_who_is_found(desk):
    time, booked = make_time(48), make_request(name="Zaya Booked", email="z@patient.example")
    asked, other = make_request(name="Ninwe Shamoun"), make_request(name="Olivia Kowalski", email="o@patient.example")
    press(desk, booked, "book", time=make_time(72).pk)
    calendar = f"/admin/booking/opentime/calendar/?day={time.day}&time={time.pk}"
    assert list(desk.get(calendar).context["to_book"]["requests"]) == [asked, other]
    page = desk.get(f"{calendar}&find=kowal")
    assert list(page.context["to_book"]["requests"]) == [other]
    assert not desk.get(f"{calendar}&find=zaya").context["to_book"]["requests"]
    page = press(desk, other, "book", time=time.pk, back=calendar)
    assert other.consultation.time == time and page.redirect_chain[-1][0] == calendar
