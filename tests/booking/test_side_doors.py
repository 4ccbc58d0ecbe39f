"""No stock page of the admin writes what a step owns, and a constraint that fires is a refusal in words."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from booking.models import Consultation, ConsultationRequest, Event, OpenTime
from booking.schedule.constraints import constraints_refuse
from booking.schedule.times import book, offer_times
from booking.states import IllegalStep
from clinic_site.models import StaffMember
from tests.factories import make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/opentime/"
PLACE = {"treatment", "slug", "position"}  # where a unit stands: its words are changed by steps, its place is not
# What a stock page may write of records that steps change; whatever is not named here belongs to a step.
WRITABLE = {
    "booking.consultationrequest": set(),
    "booking.outboxmail": set(),
    "booking.opentime": {"with_interpreter"},
    "booking.clinician": {"name", "sees_patients"},
    "booking.preparedanswer": {"title", "text", "position"},
    "treatments.treatmentfacts": PLACE,
    "treatments.section": PLACE,
    "treatments.benefit": PLACE,
    "treatments.missedsearch": set(),
}
OWNED_BY_STEPS = [site for model, site in admin.site._registry.items() if model._meta.label_lower in WRITABLE]
STEPS_BEHIND = {"booking", "treatments"}  # the apps whose records steps change
REFERENCE = {"treatments.source", "treatments.term", "treatments.synonym"}  # of these apps, what no step changes


@pytest.fixture
def powerful(db):
    """A request of somebody whom no permission stops."""
    request = RequestFactory().get("/")
    request.user = StaffMember(is_superuser=True, is_active=True, is_staff=True)
    return request


def test_every_admin_of_these_apps_is_looked_at():
    labels = {model._meta.label_lower for model in admin.site._registry if model._meta.app_label in STEPS_BEHIND}
    assert labels - REFERENCE == set(WRITABLE)


@pytest.mark.parametrize("site", OWNED_BY_STEPS, ids=lambda site: site.model._meta.label_lower)
def test_no_stock_form_writes_a_field_that_a_step_owns(powerful, site):
    existing = site.model()
    fields = set(site.list_editable)
    if site.has_change_permission(powerful, existing):
        shown = set(flatten_fieldsets(site.get_fieldsets(powerful, existing)))
        fields |= set(site.get_form(powerful, existing, change=True).base_fields) & shown
        fields -= set(site.get_readonly_fields(powerful, existing))
    assert fields <= WRITABLE[site.model._meta.label_lower]
    assert not site.get_inlines(powerful, existing)
    assert not site.has_delete_permission(powerful, existing) or site.model._meta.model_name == "preparedanswer"


@pytest.mark.parametrize("state", ["open", "blocked", "withdrawn"])
def test_the_stock_page_of_a_booked_time_frees_nothing(as_staff, state):
    time, consultation_request = make_time(48), make_request()
    book(consultation_request, time, make_staff("frontdesk"))
    sent = {"state": state, "request": "", "clinician": time.clinician_id, "with_interpreter": "on", "reason": "x"}
    as_staff("frontdesk").post(f"{LIST}{time.pk}/change/", sent)
    time.refresh_from_db()
    assert (time.state, time.request, time.reason, time.with_interpreter) == (
        "booked",
        consultation_request,
        "",
        True,
    )


@pytest.fixture
def contradiction():
    """A time that is open although a consultation stands at it, as no step leaves it."""
    time = make_time(48)
    book(make_request(), time, make_staff("frontdesk"))
    OpenTime.objects.filter(pk=time.pk).update(state="open", request=None)
    return time


def test_a_constraint_that_the_desk_meets_is_a_refusal_with_a_line_in_the_timeline(as_staff, contradiction):
    second = make_request(email="b@patient.example")
    address = f"/admin/booking/consultationrequest/{second.pk}/do/book/"
    page = as_staff("frontdesk").post(address, {"time": contradiction.pk}, follow=True)
    assert (page.status_code, "does not go together with what is kept already" in page.text) == (200, True)
    second.refresh_from_db()
    assert (second.state, Consultation.objects.count()) == ("received", 1)
    line = second.timeline.last()
    assert (line.kind, line.actor) == (Event.Kind.NOTE, Event.Actor.SYSTEM)
    assert "was refused" in line.note


def test_a_constraint_that_a_patient_meets_is_a_refusal_with_a_line_in_the_timeline(client, contradiction):
    second = make_request(email="b@patient.example")
    offer_times(second, [contradiction], make_staff("frontdesk"))
    page = client.post(f"/consultation/r/{second.token}/", {"accept": "", "time": contradiction.pk})
    assert (page.status_code, "does not go together with what is kept already" in page.text) == (409, True)
    second.refresh_from_db()
    assert (second.state, Consultation.objects.count()) == ("offered", 1)
    assert "was refused" in second.timeline.last().note


def test_no_value_of_a_person_is_written_down_with_a_constraint():
    first, second = make_request(name="Amira Haddad", form_key="one"), make_request(form_key="two")
    with pytest.raises(IllegalStep), constraints_refuse(second), transaction.atomic():
        ConsultationRequest.objects.filter(pk=second.pk).update(form_key=first.form_key)
    assert "Haddad" not in second.timeline.last().note and "two" not in second.timeline.last().note


def test_other_errors_stay_errors():
    with pytest.raises(ZeroDivisionError), constraints_refuse(make_request()):
        raise ZeroDivisionError
    with pytest.raises(IllegalStep), constraints_refuse():
        raise IntegrityError("a constraint")
