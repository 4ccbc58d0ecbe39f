"""Every screen of the desk and the manager, with long data, is HTML that a strict parser takes without complaint."""

import pytest

from tests.clinic_site.test_html import complaints
from tests.factories import make_staff
from tests.journeys import long_data
from tests.journeys.test_screens import SCREENS
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_each_screen_of_staff_is_good_html(client, time_machine):
    time_machine.move_to(long_data.A_TUESDAY)
    long_data.fill(make_staff("frontdesk"))
    wrong = {}
    for role, screens in SCREENS.items():
        sign_in(client, make_staff(role))
        for name, address in screens().items():
            response = client.get(address)
            assert response.status_code == 200, address
            html = response.text.replace('href="#"', "")  # Django's own, for its script: the top of the page
            if found := complaints(html):
                wrong[role, name] = found
    assert not wrong, "\n".join(f"{where}: {line}" for where, lines in wrong.items() for line in dict.fromkeys(lines))
