"""Every address has its row in docs/access.md; `make prove ARGS=access` asks all of them, and these ask a few."""

import pytest
from django.urls import reverse

from tests import access
from tests.factories import make_staff
from tests.signing_in import sign_in

SAMPLE = [
    "admin:index",
    "admin:people",
    "admin:who_looked",
    "admin:booking_consultationrequest_changelist",
    "admin:booking_consultationrequest_add",
    "admin:booking_opentime_calendar",
    "admin:booking_outboxmail_changelist",
    "admin:treatments_benefit_changelist",
    "admin:clinic_site_limits_changelist",
    "booking:request",
    "booking:find",
    "visit",
]


def test_an_address_or_an_action_without_a_row_is_not_let_in():
    assert list(access.written()) == access.names()


@pytest.mark.django_db
@pytest.mark.parametrize("name", SAMPLE)
def test_a_few_addresses_answer_as_their_rows_say(client, name):
    row = access.written()[name]
    for who, answers in zip(access.WHO, row, strict=True):
        if who != "anonymous":
            sign_in(client, make_staff(who))
        assert client.get(reverse(name)).status_code == int(answers.split()[0]), who
