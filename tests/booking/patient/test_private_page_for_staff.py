"""What staff do is theirs: a preview's link is not the patient's, and the patient's buttons know who presses them."""

import re

import pytest
from django.conf import settings

from booking.mail.rendering import render_mail, render_preview
from booking.models import Event, OutboxMail
from booking.schedule.times import book, offer_times
from clinic_site.models import Clinic
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana")


def offered(dana):
    consultation_request, time = make_request(), make_time(144)
    offer_times(consultation_request, [time], dana)
    return consultation_request, {"accept": "1", "time": time.pk}


def booked(dana):
    consultation_request = make_request()
    book(consultation_request, make_time(72), dana)
    return consultation_request


def pages_for_staff(consultation_request):
    """Where a preview's link leads, and the patient's own link, opened by somebody who is signed in."""
    links = [consultation_request.private_page_for_staff, consultation_request.private_url]
    return [link.removeprefix(settings.SITE_URL) for link in links]


@pytest.mark.parametrize("kind", [kind for kind in OutboxMail.Kind.values if kind not in OutboxMail.TO_STAFF])
def test_no_preview_holds_the_live_link(kind, dana):
    consultation_request = booked(dana)
    mail = render_mail(kind, consultation_request, Clinic.profile())
    preview = render_preview(kind, consultation_request, Clinic.profile())
    token = consultation_request.token
    assert token not in preview.text and token not in preview.html
    assert preview.text == mail.text.replace(
        consultation_request.private_url, consultation_request.private_page_for_staff
    )


@pytest.mark.parametrize("way", ["offer", "answer", "end", "visit"])
def test_no_page_of_the_desk_holds_the_live_link(client, dana, way):
    sign_in(client, dana)
    for consultation_request in (make_request(), booked(dana), offered(dana)[0]):
        page = client.get(f"/admin/booking/consultationrequest/{consultation_request.pk}/change/?way={way}")
        assert page.status_code == 200 and consultation_request.token not in page.text


def test_the_calendars_preview_holds_no_live_link(client, dana):
    sign_in(client, dana)
    consultation_request, to = booked(dana), make_time(96)
    page = client.get(f"/admin/booking/opentime/calendar/?move={consultation_request.pk}&time={to.pk}").text
    assert "The email that goes" in page and consultation_request.token not in page


def test_the_page_that_a_preview_opens_is_the_patients_without_their_link(client, dana):
    sign_in(client, dana)
    for consultation_request in (offered(dana)[0], booked(dana)):
        address, _own = pages_for_staff(consultation_request)
        page = client.get(address)
        assert page.status_code == 200 and consultation_request.token not in page.text
        assert "is recorded as yours" in page.text
        assert set(re.findall(r'<form [^>]*action="([^"#]+)', page.text)) - {"/search/"} == {address}


@pytest.mark.parametrize("nth", [0, 1], ids=["by a preview", "by the patient's own link"])
def test_a_time_that_staff_choose_for_a_patient_is_recorded_as_theirs(client, dana, nth):
    consultation_request, chosen = offered(dana)
    sign_in(client, dana)
    address = pages_for_staff(consultation_request)[nth]
    assert client.post(address, chosen).status_code == 303
    line = consultation_request.timeline.get(after="booked")
    assert (line.actor, line.staff) == (Event.Actor.STAFF, dana)


PRESSED = {
    "withdraw": {},
    "confirm": {},
    "cannot-come": {"why": "ill"},
    "other-time": {"why": "earlier"},
    "earlier": {},
    "add": {"words": "By bus."},
    "contact": {"name": "Amira Haddad", "contact_by": "email", "email": "new@patient.example"},
}


@pytest.mark.parametrize("button", PRESSED)
def test_each_button_that_staff_press_is_recorded_as_theirs(client, dana, button):
    consultation_request = booked(dana)
    before = consultation_request.timeline.count()
    sign_in(client, dana)
    client.post(pages_for_staff(consultation_request)[0], {button: "1"} | PRESSED[button])
    lines = consultation_request.timeline.order_by("pk")[before:]
    assert [(line.actor, line.staff) for line in lines] == [(Event.Actor.STAFF, dana)]


def test_what_the_patient_presses_stays_theirs(client, dana):
    consultation_request = booked(dana)
    client.post(consultation_request.private_url, {"confirm": "1"})
    line = consultation_request.timeline.get(kind=Event.Kind.CONFIRMED)
    assert (line.actor, line.staff) == (Event.Actor.PATIENT, None)


@pytest.mark.parametrize("role", ["marketing", "clinician"])
def test_who_may_not_change_requests_does_not_press_a_patients_buttons(client, dana, role):
    consultation_request = booked(dana)
    sign_in(client, make_staff(role))
    assert client.get(pages_for_staff(consultation_request)[0]).status_code == 403
    assert client.post(pages_for_staff(consultation_request)[0], {"withdraw": "1"}).status_code == 403


def test_another_sites_page_presses_nothing_in_a_members_name(client, dana):
    consultation_request = booked(dana)
    sign_in(client, dana)
    address = pages_for_staff(consultation_request)[0]
    assert client.post(address, {"withdraw": "1"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert consultation_request.timeline.last().after == "booked"


def test_whoever_is_signed_out_is_sent_to_sign_in(client, dana):
    address = pages_for_staff(booked(dana))[0]
    assert client.get(address)["Location"] == f"/admin/login/?next={address}"
