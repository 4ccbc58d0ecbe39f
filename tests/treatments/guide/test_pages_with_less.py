"""Staff may empty whatever the guide does not insist on, and no page may break for it."""

import pytest
from django.test import Client

from clinic_site.models import Clinic, ClosedDay, OpeningHours
from tests.clinic_site.addresses import PAGES, SELF_CHECK
from tests.factories import make_treatment
from treatments.models import Claim, Finding, KeyFact, Source, Step, Treatment, Version
from treatments.models.rows import ROW_MODELS

pytestmark = pytest.mark.django_db

LIVE = ["/", "/treatments/", "/visit/", "/search/?q=scar"]


def pages_with(model):
    """The pages that show rows of this kind: their own, and those that show key facts and claims of others."""
    shown = Version.objects.filter(pk__in=model.objects.values("version"))
    everywhere = PAGES if model in (KeyFact, Claim) else ["/"]
    return {*everywhere, *(version.get_absolute_url() for version in shown)}


def answers(pages):
    client = Client(raise_request_exception=False)
    return {page: client.get(page).status_code for page in sorted(pages)}


@pytest.mark.parametrize("model", ROW_MODELS, ids=lambda model: model.__name__)
def test_pages_stand_without_rows_of_a_kind(model):
    pages = pages_with(model)
    model.objects.all().delete()
    assert answers(pages) == dict.fromkeys(pages, 200)


def test_pages_stand_without_any_row():
    for model in ROW_MODELS:
        model.objects.all().delete()
    assert answers(PAGES) == dict.fromkeys(PAGES, 200)
    assert Client().post(SELF_CHECK).status_code == 200


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (KeyFact, ["low"]),
        (Step, ["minutes"]),
        (Finding, ["studies", "people", "sessions"]),
        (Finding, ["affected", "out_of"]),
    ],
)
def test_pages_stand_without_the_numbers_that_may_be_missing(model, fields):
    pages = pages_with(model)
    model.objects.update(**dict.fromkeys(fields))
    assert answers(pages) == dict.fromkeys(pages, 200)


@pytest.mark.parametrize(("affected", "out_of"), [(0, 10), (10, 10), (0, 0), (3, 1_000_000)])
def test_pages_stand_with_any_frequency(affected, out_of):
    pages = pages_with(Finding)
    Finding.objects.update(affected=affected, out_of=out_of)
    assert answers(pages) == dict.fromkeys(pages, 200)


def test_pages_stand_with_numbers_of_nothing():
    pages = pages_with(KeyFact)
    KeyFact.objects.update(low=0, high=0)
    Step.objects.update(minutes=1)
    assert answers(pages) == dict.fromkeys(pages, 200)


def test_pages_stand_without_optional_texts():
    Version.objects.update(lead="", synonyms="")
    Source.objects.update(publisher="", year="", url="", note="In print.")
    Source.objects.filter(key="S2").update(title="", publisher="FDA", url="https://fda.example/", note="")
    Step.objects.update(minutes_note="", tell_us="", ask_us="")
    Clinic.objects.update(getting_here="", who_pays="")
    assert answers(PAGES) == dict.fromkeys(PAGES, 200)


def test_pages_stand_without_a_clinic():
    for model in (Clinic, OpeningHours, ClosedDay):
        model.objects.all().delete()
    assert answers(LIVE) == dict.fromkeys(LIVE, 200)


@pytest.mark.parametrize("kind", ["section", "benefit"])
def test_pages_stand_without_pages_of_a_kind(kind):
    Version.objects.filter(unit__kind=kind).delete()
    expected = dict.fromkeys(["/", "/treatments/", "/search/?q=scar"], 200)
    assert answers(expected) == expected


def test_a_treatment_with_facts_alone_does_not_break_the_others():
    Treatment.objects.update(position=5)
    make_treatment("peeling")
    assert answers(LIVE) == dict.fromkeys(LIVE, 200)
