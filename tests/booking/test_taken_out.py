"""What is taken out of a request, field by field, and what its person is given of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from booking.mail.calling import call_instead
from booking.models import Clinician, ConsultationRequest, OutboxMail, ToCall
from booking.retention import export, purge, redact
from booking.schedule.times import offer_times
from clinic_site.models import UnsavedWords
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

TOLD = {
    "name": "Amira Haddad",
    "contact_by": "phone",
    "email": "amira@patient.example",
    "phone": "+15865550142",
    "phone_extension": "12",
    "may_leave_message": True,
    "time_by": "windows",
    "windows": ["friday-am"],
    "language": "en",
    "interpreter": True,
    "for_someone_else": True,
    "campaign": "spring",
    "concern": "Old marks",
    "safety": {"pregnancy": "no"},
    "needs": ["wheelchair"],
    "for_you": {"tone": "dark"},
    "opened_form": "the form that was opened",
}
EMPTY = {
    "name": "",
    "email": "",
    "refused_email": "",
    "phone": "",
    "phone_extension": "",
    "may_leave_message": False,
    "time_by": "",
    "windows": [],
    "interpreter": False,
    "for_someone_else": False,
    "concern": "",
    "safety": {},
    "needs": [],
    "for_you": {},
    "opened_form": "",
    "clinician_id": None,
    "token_digest": None,
    "owed_by": None,
    "call_by": None,
}


@pytest.fixture
def told():
    """A request of whoever told all that can be told."""
    clinician = Clinician.objects.create(name="Dr. Example")
    consultation_request = make_request(**TOLD, clinician=clinician)
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(refused_email="old@patient.example")
    call_instead(consultation_request, OutboxMail.Kind.REMINDER, ToCall.Why.NO_EMAIL)
    return ConsultationRequest.objects.get()


def test_each_thing_that_a_person_told_is_taken_out(told):
    left_before = [name for name, empty in EMPTY.items() if getattr(told, name) == empty]
    redact(told)
    redacted = ConsultationRequest.objects.get()
    left = {name: getattr(redacted, name) for name in EMPTY}
    assert (left_before, left | {"phone": str(left["phone"])}) == ([], EMPTY)
    assert redacted.redacted_at is not None and redacted.form_key.startswith("redacted ")


def test_what_was_still_to_be_told_is_told_to_nobody(told):
    offer_times(told, [make_time(72)], make_staff("frontdesk"), "Come early")
    redact(told)
    assert not ToCall.objects.open().exists() and not OutboxMail.objects.waiting().exists()


def test_words_that_were_typed_on_its_page_and_not_saved_go_and_others_stay(told):
    staff = make_staff("frontdesk")
    pages = [reverse("admin:booking_consultationrequest_change", args=[number]) for number in (told.pk, told.pk + 1)]
    for page in pages:
        UnsavedWords.objects.create(
            owner=staff, key=uuid4(), page=page, form="a form", typed={"note": ["typed"]}, kept_at=timezone.now()
        )
    redact(told)
    assert list(UnsavedWords.objects.values_list("page", flat=True)) == pages[1:]


def test_the_timeline_says_who_took_it_out(told):
    staff = make_staff("frontdesk")
    redact(told, staff)
    line = told.timeline.get(kind="redacted")
    assert (line.actor, line.staff) == ("staff", staff)


def test_without_anybody_who_asked_it_was_the_system(told):
    redact(told)
    assert told.timeline.get(kind="redacted").actor == "system"


def test_suspects_are_counted_apart_from_the_state_in_which_they_stand():
    make_request(suspicions=["trap"])
    ConsultationRequest.objects.update(received_at=timezone.now() - timedelta(days=400))
    assert purge(dry_run=True) == {"quarantine": 1}


def test_a_person_is_given_all_that_they_told(told):
    given = export(told)
    same = ["name", "email", "may_leave_message", "time_by", "windows", "language", "interpreter", "for_someone_else"]
    same += ["campaign", "concern", "safety", "needs", "for_you"]
    assert {name: given[name] for name in same} == {name: TOLD[name] for name in same}
    assert (given["answer_by"], given["clinician"], given["phone"]) == ("phone", "Dr. Example", "+15865550142 ext. 12")
    assert (given["reference"], given["state"], given["about"]) == (told.reference, "received", told.subject)
    for moment in ("received_at", "reply_by", "consented_at"):
        assert given[moment] == getattr(told, moment).isoformat()


def test_a_person_is_given_what_happened_and_what_they_were_told(told):
    staff, time = make_staff("frontdesk"), make_time(72)
    offer = offer_times(told, [time], staff, "Come early")
    given = export(told)
    assert given["offers"] == [
        {
            "made_at": offer.made_at.isoformat(),
            "state": "waiting",
            "note": "Come early",
            "times": [time.starts_at.isoformat()],
        }
    ]
    first, *_between, last = told.timeline.all()
    assert given["timeline"][0] == {
        "at": first.at.isoformat(),
        "what": "Request received",
        "who": "Patient",
        "note": "",
    }
    assert given["timeline"][-1]["who"] == str(staff) and given["timeline"][-1]["at"] == last.at.isoformat()
    mails, calls = told.mails.all(), told.to_calls.all()
    assert given["mail"] == [
        {"what": str(mail), "created_at": mail.created_at.isoformat(), "fate": str(mail.fate)} for mail in mails
    ]
    assert given["calls"] == [
        {"what": str(call), "created_at": call.created_at.isoformat(), "times": call.times} for call in calls
    ]
    assert len(mails) > 0 and len(calls) > 0


def test_a_person_without_a_telephone_is_given_none():
    given = export(make_request())
    assert (given["phone"], given["clinician"]) == ("", "")
