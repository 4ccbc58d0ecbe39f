"""A queue that does not answer: the request is kept, its mail is owed, and the sweep finds it."""

import pytest
from huey.contrib.djhuey import HUEY

from booking.mail import owing
from booking.models import ConsultationRequest, OutboxMail
from tests.factories import form_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue_away(monkeypatch):
    """Notes how often it was asked."""
    asked = []

    def refuse(*_arguments, **_options):
        asked.append(1)
        raise TimeoutError

    monkeypatch.setattr(HUEY.storage, "enqueue", refuse)
    owing.queue.reset()
    yield asked
    owing.queue.reset()


def test_a_request_is_acknowledged_and_its_mail_is_due(client, queue_away, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/consultation/", form_data())
    consultation_request = ConsultationRequest.objects.get()
    assert (response.status_code, response["Location"]) == (303, consultation_request.get_received_url())
    assert OutboxMail.objects.due().count() == 2
    assert len(queue_away) == 1  # and not once for each mail
