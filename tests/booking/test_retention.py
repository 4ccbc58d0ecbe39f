"""Personal data goes when its time has come; the row stays and is counted."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from booking.models import Consultation, ConsultationRequest, Offer, OpenTime, OutboxMail
from booking.retention import due_for_redaction, export, purge, redact
from booking.schedule.times import accept, offer_times
from booking.services import add_words
from booking.states import IllegalStep, State
from booking.tasks import purge_at_night
from clinic_site.audit import guard
from clinic_site.models import AuditEntry, Limits
from tests.factories import make_request, make_staff, make_time

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

OPEN = [State.RECEIVED, State.IN_CONVERSATION, State.OFFERED, State.BOOKED]


def made(state, ago, **fields):
    """A request that has been in that state for so long."""
    consultation_request = make_request(**fields)
    since = timezone.now() - ago
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(
        state=state, state_since=since, received_at=since
    )
    return ConsultationRequest.objects.get(pk=consultation_request.pk)


def command(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def everything_stored():
    """Every value of every table, as text; encrypted values as the application reads them."""
    words = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            words += [str(value) for row in cursor.fetchall() for value in row]
    for consultation_request in ConsultationRequest.objects.all():
        words += [
            str(consultation_request.concern),
            str(consultation_request.safety),
            *(str(line.note) for line in consultation_request.timeline.all()),
        ]
    return "\n".join(words)


@pytest.mark.parametrize(("state", "kept"), Limits().requests_kept.items())
def test_each_state_keeps_its_data_for_its_time_and_no_longer(state, kept):
    early, late = made(state, kept - timedelta(hours=1)), made(state, kept)
    assert (early in due_for_redaction(), late in due_for_redaction()) == (False, True)


@pytest.mark.parametrize("state", OPEN)
def test_an_open_request_keeps_its_data(state):
    assert made(state, timedelta(days=3000)) not in due_for_redaction()


@pytest.mark.parametrize("verdict", ["held", "spam"])
def test_a_suspect_goes_after_thirty_days(verdict):
    early = made("received", timedelta(days=29), suspicions=["trap"])
    late = made("received", timedelta(days=30), suspicions=["trap"])
    ConsultationRequest.objects.update(quarantine=verdict)
    assert (early in due_for_redaction(), late in due_for_redaction()) == (False, True)


def test_nothing_personal_is_left_anywhere(client):
    canaries = [
        "Canarina",
        "canary@patient.example",
        "5865550177",
        "canary of concern",
        "canary of a note",
        "canary added",
    ]
    consultation_request = make_request(
        name="Canarina Haddad",
        email="canary@patient.example",
        phone="+15865550177",
        concern="canary of concern",
        safety={"canary of safety": "yes"},
        campaign="spring",
    )
    add_words(consultation_request, "canary added")
    consultation_request.move_to(State.CLOSED, "staff", staff=make_staff("frontdesk"), reason="canary of a note")
    stored = everything_stored()
    assert [canary for canary in canaries if canary not in stored] == []
    link = consultation_request.private_url
    redact(consultation_request)
    stored = everything_stored()
    assert [canary for canary in [*canaries, "canary"] if canary in stored] == []
    kept = ConsultationRequest.objects.get()
    assert (kept.reference, kept.state, kept.campaign) == (consultation_request.reference, "closed", "spring")
    assert client.get(link).status_code == 404
    assert not OutboxMail.objects.waiting().exists()


def test_a_dry_run_says_the_same_and_changes_nothing():
    for state in ("closed", "closed", "withdrawn"):
        made(state, timedelta(days=400))
    before = list(ConsultationRequest.objects.order_by("pk").values())
    said = command("purge_requests", "--dry-run")
    assert said == "Closed: 2\nWithdrawn: 1\n3 requests would lose their personal data.\n"
    assert list(ConsultationRequest.objects.order_by("pk").values()) == before
    assert command("purge_requests") == said.replace("would lose", "lost")


def test_purging_twice_is_purging_once():
    made("closed", timedelta(days=400))
    assert [purge().total(), purge().total()] == [1, 0]
    assert ConsultationRequest.objects.get().timeline.filter(kind="redacted").count() == 1


def test_the_worker_purges_at_night():
    made("closed", timedelta(days=400))
    purge_at_night.call_local()
    assert ConsultationRequest.objects.get().name == ""


def test_a_redacted_request_is_moved_no_more():
    consultation_request = made("missed", timedelta(days=400))
    purge()
    consultation_request.refresh_from_db()
    with pytest.raises(IllegalStep):
        consultation_request.move_to(State.CLOSED, "system")


def test_the_desk_can_still_open_a_redacted_request(as_staff):
    consultation_request = made("closed", timedelta(days=400))
    purge()
    page = as_staff("frontdesk").get(f"/admin/booking/consultationrequest/{consultation_request.pk}/change/")
    assert (page.status_code, "personal data was taken out" in page.text) == (200, True)


def test_redacted_requests_are_nobodys_other_requests():
    made("closed", timedelta(days=400), email="a@patient.example"), made("closed", timedelta(days=400))
    purge()
    assert [list(consultation_request.same_person()) for consultation_request in ConsultationRequest.objects.all()] == [
        [],
        [],
    ]


@pytest.mark.parametrize("fields", [{"name": "Amira"}, {"email": "a@patient.example"}, {"token_digest": "x"}])
@pytest.mark.timeless
def test_the_database_refuses_a_redacted_request_that_names_somebody(fields):
    consultation_request = made("closed", timedelta(days=400))
    redact(consultation_request)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsultationRequest.objects.filter(pk=consultation_request.pk).update(**fields)


def test_all_that_is_kept_of_a_request_is_exported():
    consultation_request = make_request(concern="Old marks", safety={"pregnancy": "no"}, windows=["friday-am"])
    add_words(consultation_request, "Fridays are good")
    before = everything_stored()
    told = json.loads(command("export_request", consultation_request.reference.lower()))
    guard.remove("default")
    [given_out] = AuditEntry.objects.all()
    assert given_out.requests == [consultation_request.pk]
    given_out.delete()  # the one line that is written
    assert told == export(ConsultationRequest.objects.get())
    assert (told["name"], told["concern"], told["safety"]) == ("Amira Haddad", "Old marks", {"pregnancy": "no"})
    assert "Fridays are good" in [line["note"] for line in told["timeline"]]
    assert everything_stored() == before


def test_what_was_offered_and_booked_is_exported_and_goes_with_the_rest():
    consultation_request, time = make_request(), make_time(72)
    offer = offer_times(consultation_request, [time, make_time(80)], make_staff("frontdesk"), "Come early, Amira")
    accept(offer, time)
    told = export(ConsultationRequest.objects.get())
    assert told["offers"][0]["note"] == "Come early, Amira" and len(told["offers"][0]["times"]) == 2
    assert told["consultations"] == [{"starts_at": time.starts_at.isoformat(), "state": "booked"}]
    redact(ConsultationRequest.objects.get())
    assert set(OpenTime.objects.values_list("state", flat=True)) == {"open"}
    assert not Consultation.objects.booked().exists() and Offer.objects.get().note == ""


def test_a_patient_is_erased_at_once_and_erasing_again_changes_nothing():
    consultation_request = make_request()
    first, second = (
        command("erase_request", consultation_request.reference),
        command("erase_request", consultation_request.reference),
    )
    assert ("lost its personal data" in first, "any more" in second) == (True, True)
    assert ConsultationRequest.objects.get().name == ""


@pytest.mark.parametrize("name", ["export_request", "erase_request"])
@pytest.mark.timeless
def test_an_unknown_reference_is_said_to_be_unknown(name):
    make_request()
    with pytest.raises(CommandError, match="There is no request XXX-XXX"):
        command(name, "XXX-XXX")
