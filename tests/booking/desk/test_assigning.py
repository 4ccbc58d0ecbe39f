"""A request goes to a colleague: one, many, or all at the end of a shift, with a note that staff alone read."""

import pytest

from booking.models import BulkWork, ConsultationRequest
from tests.factories import make_request, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana", first_name="Dana")


@pytest.fixture
def mirko():
    return make_staff("frontdesk", username="mirko", first_name="Mirko")


@pytest.fixture
def desk(client, dana):
    sign_in(client, dana)
    return client


def assign(desk, asked, **sent):
    return desk.post(f"{LIST}{asked.pk}/do/assign/", sent, follow=True)


def owner_of(asked):
    return ConsultationRequest.objects.get(pk=asked.pk).owner


def test_one_is_handed_over_with_a_note_and_given_back_to_nobody(desk, dana, mirko):
    asked = make_request()
    assert "is Mirko&#x27;s now" in assign(desk, asked, to=mirko.pk, note="Call after two.").text
    line = asked.timeline.last()
    assert (owner_of(asked), line.staff) == (mirko, dana)
    assert line.note == "Handed over from nobody to Mirko. Call after two."
    assert not line.is_for_patient
    assign(desk, asked, to=mirko.pk)
    assert asked.timeline.last() == line  # it was theirs already
    assign(desk, asked, to="nobody")
    assert owner_of(asked) is None


@pytest.mark.parametrize("role", ["clinician", "marketing"])
def test_who_may_not_answer_patients_gets_none(desk, role):
    asked, somebody = make_request(), make_staff(role)
    for to in (somebody.pk, "", "x", 10**17):
        assert "Choose the colleague" in assign(desk, asked, to=to).text
    assert owner_of(asked) is None
    assert somebody not in desk.get(f"{LIST}{asked.pk}/change/").context["colleagues"]


def test_ticked_rows_go_to_a_colleague_at_once(desk, mirko):
    asked = [make_request(email=f"{number}@patient.example") for number in range(3)]
    sent = {"action": "assign_all", "_selected_action": [one.pk for one in asked[:2]]}
    assert "Choose the colleague" in desk.post(LIST, sent, follow=True).text
    assert "Done for 2 requests" in desk.post(LIST, sent | {"to": mirko.pk}, follow=True).text
    assert [owner_of(one) for one in asked] == [mirko, mirko, None]
    assert BulkWork.objects.get().to == mirko


def test_at_the_end_of_a_shift_all_that_is_ones_own_and_open_goes_with_a_note(desk, dana, mirko):
    mine, ended, others = (
        make_request(),
        make_request(email="b@patient.example"),
        make_request(email="c@patient.example"),
    )
    ConsultationRequest.objects.filter(pk__in=[mine.pk, ended.pk]).update(owner=dana)
    ConsultationRequest.objects.filter(pk=ended.pk).update(state="closed")
    assert "Hand over 2 requests" not in desk.get(LIST, {"view": "mine"}).text
    assert "Hand over 1 request" in desk.get(LIST, {"view": "mine"}).text
    page = desk.post(f"{LIST}hand-over/", {"to": mirko.pk, "note": "Back on Monday."}, follow=True)
    assert "1 request is with Mirko" in page.text
    assert (owner_of(mine), owner_of(ended), owner_of(others)) == (mirko, dana, None)
    assert mine.timeline.last().note.endswith("to Mirko. Back on Monday.")


def test_a_shift_is_handed_to_a_colleague_and_not_to_oneself(desk, dana):
    mine = make_request()
    ConsultationRequest.objects.update(owner=dana)
    assert "Choose the colleague" in desk.post(f"{LIST}hand-over/", {"to": dana.pk}, follow=True).text
    assert owner_of(mine) == dana and mine.timeline.count() == 1
