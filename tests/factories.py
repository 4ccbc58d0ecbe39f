"""Valid objects with which tests begin. Each takes the fields that matter to a test and makes up the rest."""

from itertools import count

from django.utils import timezone

from booking.forms import new_form_token
from booking.models import ConsultationRequest
from booking.services import submit
from clinic_site.roles import add_staff_member
from treatments.models import Benefit, Passage, Treatment, TreatmentFacts, Version

_numbers = count(1)


def make_staff(role, **fields):
    member = add_staff_member(f"{role}-{next(_numbers)}", role, password="a long password")
    for name, value in fields.items():
        setattr(member, name, value)
    member.save()
    return member


def form_data(**answers):
    """What a browser sends for the shortest good request; None leaves an answer out."""
    data = {
        "name": "Amira Haddad",
        "contact_by": "email",
        "email": "amira@patient.example",
        "consent": "on",
        "form_token": new_form_token(),
    } | answers
    return {name: value for name, value in data.items() if value is not None}


def make_request(**fields):
    """A request as `submit` keeps it."""
    defaults = {
        "name": "Amira Haddad",
        "contact_by": "email",
        "email": "amira@patient.example",
        "form_key": f"key {next(_numbers)}",
    }
    return submit(ConsultationRequest(**(defaults | fields)))


def make_treatment(slug="peeling", live=True):
    """A second treatment beside the shipped one, with live facts."""
    treatment = Treatment.objects.create(slug=slug, position=9)
    facts = TreatmentFacts.objects.create(treatment=treatment, slug=slug)
    version = make_version(facts, title=slug.capitalize())
    if live:
        version.go_live()
    return treatment


def make_benefit(treatment=None, slug="smoother", **fields):
    """A benefit with one draft version; `.go_live()` of that shows it."""
    treatment = treatment or Treatment.objects.get(slug="microneedling")
    benefit = Benefit.objects.create(treatment=treatment, slug=slug, position=99)
    make_version(benefit, **fields)
    return benefit


def make_version(unit, **fields):
    defaults = {
        "number": unit.versions.count() + 1,
        "title": "Smoother skin",
        "heading": "Smoother skin",
        "summary": "May help.",
        "written_at": timezone.now(),
    }
    version = Version.objects.create(unit=unit, **(defaults | fields))
    Passage.objects.create(version=version, key="limits", heading="Limits", body="It may do little.")
    return version
