"""The same form sent ten times at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from booking.models import ConsultationRequest, Event, OutboxMail
from tests.factories import form_data

pytestmark = pytest.mark.usefixtures("committed")


def test_ten_copies_of_a_form_sent_at_once_are_one_request_with_one_set_of_mail():
    answers = form_data()

    def send(_number):
        response = Client().post("/consultation/", answers)
        connections.close_all()
        return response.status_code, response["Location"]

    with ThreadPoolExecutor(10) as threads:
        replies = set(threads.map(send, range(10)))
    consultation_request = ConsultationRequest.objects.get()
    assert replies == {(303, consultation_request.get_received_url())}
    assert (Event.objects.count(), OutboxMail.objects.count()) == (1, 2)


def test_ten_people_at_once_are_ten_requests():
    def send(number):
        response = Client().post("/consultation/", form_data(email=f"patient{number}@patient.example"))
        connections.close_all()
        return response.status_code

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(send, range(10))) == [303] * 10
    assert ConsultationRequest.objects.values("reference").distinct().count() == 10
