"""A source and a word of the glossary in admin: the draft beside what is live, where it stands, and its sign-off."""

import pytest

from tests.treatments.editing import signed
from treatments.models import Benefit, Source, Term

pytestmark = pytest.mark.django_db


def form_of(source, **fields):
    names = ("title", "publisher", "year", "url", "note")
    return {name: getattr(source, name) for name in names} | fields


def page_of(record, step="change"):
    return f"/admin/treatments/{record._meta.model_name}/{record.pk}/{step}/"


@pytest.fixture
def source():
    return Source.objects.get(key="S69")


def test_what_marketing_changes_in_a_source_waits_beside_what_is_live(as_staff, source):
    client = as_staff("marketing")
    sent = form_of(source, title="An invented paper", url="https://elsewhere.example/")
    said = client.post(page_of(source), sent, follow=True).text
    assert "Patients read what is live until a clinician has signed the change" in said
    assert "An invented paper" not in client.get("/treatments/microneedling/benefits/scars/").text
    page = client.get(page_of(source)).text
    assert "A change waits for a clinician" in page and 'value="An invented paper"' in page
    assert "Scars</a>" in page and "Sign this change" not in page
    assert "a change waits for a clinician" in client.get("/admin/treatments/source/").text


def test_the_change_of_a_source_is_signed_where_it_is_read(as_staff, source):
    signed(Benefit.objects.get(slug="scars").newest_version())
    as_staff("marketing").post(page_of(source), form_of(source, note="Read in full."))
    client = as_staff("clinician")
    page = client.get(page_of(source))
    assert "Sign this change and next" in page.text
    answer = client.post(page_of(source, "sign"), {"seen": page.context["seen"]}, follow=True)
    assert "Signed off: S69" in answer.text
    assert Source.objects.get(key="S69").note == "Read in full."
    history = client.get(Benefit.objects.get(slug="scars").get_staff_url("history")).text
    assert "Signed a source or word that it uses" in history


def test_a_change_that_somebody_else_changed_meanwhile_is_not_signed(as_staff, source):
    as_staff("marketing").post(page_of(source), form_of(source, note="Read in full."))
    client = as_staff("clinician")
    answer = client.post(page_of(source, "sign"), {"seen": "what was read before"}, follow=True)
    assert "have changed since you opened them" in answer.text and Source.objects.get(key="S69").draft


def test_marketing_signs_no_change_and_drops_its_own(as_staff, source):
    client = as_staff("marketing")
    client.post(page_of(source), form_of(source, note="Read in full."))
    assert client.post(page_of(source, "sign"), {"seen": ""}).status_code == 403
    assert "is dropped" in client.post(page_of(source, "drop"), follow=True).text
    assert Source.objects.get(key="S69").draft is None


def test_a_source_without_a_word_on_why_it_has_no_address_is_refused(as_staff, source):
    answer = as_staff("marketing").post(page_of(source), form_of(source, url="", note=""))
    assert answer.status_code == 200 and "say why there is none" in answer.text


def test_a_source_without_title_and_publisher_is_refused(as_staff, source):
    answer = as_staff("marketing").post(page_of(source), form_of(source, title="", publisher=""))
    assert answer.status_code == 200 and "exactly as it is printed, or its publisher" in answer.text


def test_a_new_word_of_the_glossary_waits_for_a_clinician(as_staff):
    client = as_staff("marketing")
    client.post("/admin/treatments/term/add/", {"term": "Zebra", "slug": "zebra", "meaning": "A horse."})
    term = Term.objects.get(slug="zebra")
    assert not term.is_live and "new, waits for a clinician" in client.get("/admin/treatments/term/").text


def test_a_record_that_is_not_there_cannot_be_signed(as_staff):
    assert as_staff("clinician").post("/admin/treatments/source/999999/sign/").status_code == 404
