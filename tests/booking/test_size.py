"""Each screen of the desk costs the same for one row and for a thousand."""

import pytest

from tests.booking.crowd import add_requests, queries_of
from tests.factories import make_request

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"
MOST = {  # queries, with the row that writes down who looked
    "/admin/": 31,
    LIST: 18,
    f"{LIST}?view=answer": 18,
    f"{LIST}?q=amira": 20,
    f"{LIST}figures/": 15,
    "/admin/booking/opentime/calendar/": 16,
    f"{LIST}{{request.pk}}/change/": 33,
}


def test_a_screen_costs_the_same_for_1_3_and_1000_rows(as_staff):
    desk, one = as_staff("frontdesk"), make_request()
    addresses = {address: address.format(request=one) for address in MOST}
    for address in addresses.values():
        desk.get(address)

    def counted():
        return {screen: queries_of(desk, address) for screen, address in addresses.items()}

    of_one = counted()
    add_requests(2)
    of_three = counted()
    add_requests(997, start=2)
    assert of_one == of_three == counted()
    assert [screen for screen, most in MOST.items() if of_one[screen] > most] == []
