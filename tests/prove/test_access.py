"""Every address, asked for by everybody in three ways, answers as docs/access.md says (about 2 minutes)."""

import os
from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from booking.models import BulkWork, Clinician, ConsultationRequest, OutboxMail, PreparedAnswer, SavedView
from clinic_site.models import Banner, Clinic, Limits, Notice, StaffMember, TeamMember
from tests import access
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in
from treatments.models import Benefit, Section, Source, Term, TreatmentFacts, Version

pytestmark = [pytest.mark.prove, pytest.mark.django_db]

WORDS = {
    "treatment": "microneedling",
    "benefit": "scars",
    "section": "risks",
    "slug": "privacy",
    "name": f"{'a' * 32}-20x10.webp",
    "uidb64": "MQ",
    "step": "reset",
    "action": "note",
    "form": "csv",
    "kind": "booked",
    "app_label": "booking",
    "content_type_id": "1",
}
SECTIONS = {"treatments:self-check": "suitability", "treatments:preparation": "numbing"}  # what hangs below a kind


@pytest.fixture
def part_of(db):
    """A part of an address that there is."""
    asked, time = make_request(), make_time(24)
    clinician = Clinician.objects.get()
    clinician.make_feed()
    Clinic().save()
    Limits().save()
    one_of_each = {
        model._meta.label_lower.replace(".", "_"): model._default_manager.first() for model in admin.site._registry
    } | {
        "booking_clinician": clinician,
        "booking_opentime": time,
        "booking_consultationrequest": asked,
        "booking_outboxmail": OutboxMail.objects.first(),
        "booking_preparedanswer": PreparedAnswer.objects.create(title="Hours", text="We open at nine."),
        "clinic_site_clinic": Clinic.profile(),
        "clinic_site_limits": Limits.now(),
        "clinic_site_banner": Banner.objects.create(
            text="Closed on Monday.", shown_from=timezone.now(), shown_until=timezone.now() + timedelta(days=1)
        ),
        "clinic_site_notice": Notice.objects.first(),
        "clinic_site_teammember": TeamMember.objects.create(name="A Person", role="Dermatologist"),
        "treatments_source": Source.objects.first(),
        "treatments_term": Term.objects.first(),
        "treatments_treatmentfacts": TreatmentFacts.objects.first(),
        "treatments_section": Section.objects.first(),
        "treatments_benefit": Benefit.objects.first(),
    }
    numbers = {
        "admin:person": make_staff("frontdesk").pk,
        "admin:change_person": StaffMember.objects.last().pk,
        "admin:booking_consultationrequest_drop_view": 999,
        "admin:booking_consultationrequest_work": 999,
        "admin:booking_opentime_reopen": 999,
        "admin:booking_opentime_back": 999,
        "admin:booking_opentime_sees": clinician.pk,
        "admin:booking_opentime_away": clinician.pk,
    }

    def part(name, part):
        if part == "token":
            return {"booking:feed": clinician.feed_url.rpartition("/")[2].removesuffix(".ics")}.get(name, asked.token)
        if part in ("pk", "object_id"):
            of_model = next((row for label, row in one_of_each.items() if name.startswith(f"admin:{label}_")), asked)
            return numbers.get(name, _number_in(name, of_model))
        return SECTIONS.get(name, WORDS[part]) if part == "section" else WORDS[part]

    return part


def _number_in(name, row):
    """Steps of copy are about a version, pages about a unit; of some kinds there is nothing on a fresh site."""
    if row is None:
        return 999
    is_step = name.startswith("admin:treatments_") and not name.endswith(("_change", "_history", "_delete"))
    return Version.objects.filter(unit=row.pk).first().pk if is_step and hasattr(row, "versions") else row.pk


def test_everybody_is_answered_as_the_table_says(part_of):
    found = list(access.rows(part_of, lambda client, role: sign_in(client, make_staff(role))))
    if os.environ.get("WRITE"):
        access.write(found)
    changed = {name: answers for name, answers in found if access.written().get(name) != answers}
    assert not changed


@pytest.mark.parametrize("page", ["r/{}/", "received/{}/", "r/{}/consultation.ics", "feed/{}.ics"])
def test_who_has_another_token_is_told_of_nothing(client, page):
    mine, other = make_request(), make_request(email="b@patient.example")
    ended = other.token
    other.renew_link("system")
    for token in (ended, mine.token[:-1], f"{mine.token[:-1]}A" if mine.token[-1] != "A" else f"{mine.token[:-1]}B"):
        answers = [client.generic(method, f"/consultation/{page.format(token)}") for method in access.METHODS]
        assert {answer.status_code for answer in answers} <= {404, 405}
    assert ConsultationRequest.objects.count() == 2 and not BulkWork.objects.exists() and not SavedView.objects.exists()
