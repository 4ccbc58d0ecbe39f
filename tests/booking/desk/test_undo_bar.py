"""What was just done can be undone on the screen where it was pressed: Today, the worklist, the calendar."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import OpenTime
from booking.schedule.times import book
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

REQUESTS, CALENDAR = "/admin/booking/consultationrequest/", "/admin/booking/opentime/calendar/"
SCREENS = ["/admin/", f"{REQUESTS}?view=open", CALENDAR]
BAR = 'class="undo-bar"'


@pytest.fixture
def moved(as_staff):
    """A booked consultation, moved a moment ago: the desk's client, the request, the old time."""
    desk, consultation_request = as_staff("frontdesk"), make_request(name="Amira Haddad")
    old, new = make_time(48), make_time(50)
    book(consultation_request, old, make_staff("frontdesk"))
    desk.post(f"{REQUESTS}{consultation_request.pk}/do/move/", {"time": new.pk})
    return desk, consultation_request, old


@pytest.mark.parametrize("screen", SCREENS)
def test_a_move_is_undone_where_it_was_pressed_and_all_is_as_before(moved, screen):
    desk, consultation_request, old = moved
    assert BAR in desk.get(screen).text and "you moved the consultation" in desk.get(screen).text
    done = desk.post(f"{REQUESTS}{consultation_request.pk}/do/undo/", {"back": screen}, follow=True)
    assert done.redirect_chain == [(screen, 302)] and BAR not in done.text
    assert consultation_request.consultation.time == old
    assert OpenTime.objects.filter(state="booked").count() == 1


def test_a_minute_later_the_bar_is_gone(moved, time_machine):
    desk, _consultation_request, _old = moved
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert all(BAR not in desk.get(screen).text for screen in SCREENS)


def test_a_colleague_is_not_asked_to_undo_what_another_did(moved, client):
    sign_in(client, make_staff("frontdesk"))
    assert all(BAR not in client.get(screen).text for screen in SCREENS)
