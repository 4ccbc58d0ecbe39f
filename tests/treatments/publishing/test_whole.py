"""A treatment goes live as a whole; what is retired for good says so, or leads on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic_site.models import Clinic
from tests.factories import make_copy, make_staff, make_version
from treatments.models import Benefit, CopyEvent, OldAddress, Section, Treatment, TreatmentFacts, Unit, Version
from treatments.models.live import ANY
from treatments.publishing.drafts import begin_translation
from treatments.publishing.going_live import bring_back, publish
from treatments.publishing.making.pages import make_benefit, make_section, make_treatment
from treatments.publishing.making.whole import Whole, begin, retire, unretire
from treatments.publishing.signoff import Refused

pytestmark = pytest.mark.django_db
PEEL = "/treatments/chemical-peel/"
GONE = "This page is no longer here"


@pytest.fixture
def people():
    return make_staff("marketing"), make_staff("clinician")


@pytest.fixture
def facts(people):
    return make_treatment("Chemical peel", "chemical-peel", "May help.", ["cost"], people[0])


def sign_all(treatment, but=()):
    """As if a clinician had signed every page of it."""
    for unit in Unit.objects.filter(treatment=treatment).exclude(section_kind__in=but):
        version = unit.newest_version()
        written = {"summary": "May help.", "lead": "It may help.", "signed_at": timezone.now()}
        Version.objects.filter(pk=version.pk).update(**written, shipped="by a test", signed_digest="by a test")


@pytest.fixture
def published(monkeypatch, facts, people):
    """All of it signed and begun; what a signature rests on has tests of its own."""
    make_benefit(facts.treatment, "Rough skin", "rough-skin", people[0])
    sign_all(facts.treatment)
    for version in Version.objects.filter(unit__treatment=facts.treatment):
        version.go_live()
    return facts.treatment


def test_a_treatment_lacks_what_nobody_signed(facts):
    sign_all(facts.treatment, but=["risks"])
    whole = Whole.of(facts.treatment)
    assert [page.unit.section_kind for page in whole.missing] == ["risks"] and not whole.is_offered


@pytest.mark.parametrize("missing", ["overview", "suitability", "risks", "sources"])
def test_a_treatment_does_not_begin_without_a_required_page(client, facts, people, missing):
    sign_all(facts.treatment, but=[missing])
    with pytest.raises(Refused, match="Not signed yet"):
        begin(facts.treatment, people[0])
    assert client.get(PEEL).status_code == 404


def test_a_published_treatment_is_at_every_door(client, published):
    for address in (PEEL, f"{PEEL}risks/", f"{PEEL}benefits/rough-skin/"):
        assert client.get(address).status_code == 200, address
    for address in ("/", "/treatments/", "/sitemap.xml", "/consultation/", "/search/?q=rough+skin"):
        assert "chemical-peel" in client.get(address).content.decode(), address


def test_a_retired_treatment_is_gone_and_its_address_says_so(client, published, people):
    marketing, clinician = people
    facts = TreatmentFacts.objects.get(treatment=published)
    with pytest.raises(Refused, match="Only a clinician"):
        retire(facts, marketing)
    assert client.get(PEEL).status_code == 200
    retire(facts, clinician)
    for address in (PEEL, f"{PEEL}risks/", f"{PEEL}benefits/rough-skin/", f"{PEEL}card.png"):
        answer = client.get(address)
        assert answer.status_code == 410 and GONE in answer.content.decode(), address
    for address in ("/", "/treatments/", "/sitemap.xml", "/consultation/"):
        assert "chemical-peel" not in client.get(address).content.decode(), address
    assert client.get("/treatments/microneedling/").status_code == 200


def test_a_retired_benefit_is_gone_or_leads_on(client, people):
    marketing, _clinician = people
    scars, sun = Benefit.objects.get(slug="scars"), Benefit.objects.get(slug="sun-damage")
    retire(sun, marketing)
    assert client.get(sun.get_absolute_url()).status_code == 410
    retire(scars, marketing, leads_to=Unit.objects.get(slug="benefits"))
    led = client.get(scars.get_absolute_url())
    assert (led.status_code, led["Location"]) == (301, "/treatments/microneedling/benefits/")
    assert client.get("/consultation/?benefit=scars").context["form"]["benefit"].value() is None


@pytest.mark.parametrize(
    ("kind", "slug", "below"),
    [
        (Section, "numbing", ["", "preparation.ics", "check/", "card.png"]),
        (Benefit, "scars", ["", "card.png"]),
    ],
)
def test_what_hangs_below_a_retired_page_is_gone_or_leads_on_as_the_page_does(client, people, kind, slug, below):
    page = kind.objects.get(slug=slug)
    now, once = page.get_absolute_url(), page.get_absolute_url().replace(slug, "as-it-was")
    OldAddress.objects.create(treatment=page.treatment, kind=page.kind, slug="as-it-was", unit_id=page.pk)
    addresses = [f"{at}{part}" for at in (now, once) for part in below]
    retire(page, people[0])
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 410)
    unretire(page, people[0])
    retire(page, people[0], leads_to=Unit.objects.get(slug="risks"))
    led = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in led.values()} == {301}
    assert {answer["Location"] for answer in led.values()} == {"/treatments/microneedling/risks/"}


def test_a_page_that_leads_to_one_that_is_down_is_gone(client, people):
    scars, sun = Benefit.objects.get(slug="scars"), Benefit.objects.get(slug="sun-damage")
    retire(scars, people[0], leads_to=Unit.objects.get(pk=sun.pk))
    retire(sun, people[0])
    assert client.get(scars.get_absolute_url()).status_code == 410


def test_a_page_that_was_gone_for_good_stays_so_when_its_treatment_leads_on(client, published, people):
    marketing, clinician = people
    Benefit.objects.filter(slug="rough-skin").update(slug="rougher-skin")
    rough, led = Benefit.objects.get(slug="rougher-skin"), make_benefit(published, "Pores", "pores", marketing)
    OldAddress.objects.create(treatment=published, kind=Unit.Kind.BENEFIT, slug="rough-skin", unit_id=rough.pk)
    retire(rough, marketing)
    retire(led, marketing, leads_to=Unit.objects.get(slug="scars"))
    retire(TreatmentFacts.objects.get(treatment=published), clinician, leads_to=Unit.objects.get(slug="benefits"))
    for slug in ("rougher-skin", "rough-skin"):
        for address in (f"{PEEL}benefits/{slug}/", f"{PEEL}benefits/{slug}/card.png"):
            assert client.get(address).status_code == 410, address
    assert client.get(f"{PEEL}risks/")["Location"] == "/treatments/microneedling/benefits/"
    assert client.get(f"{PEEL}benefits/pores/")["Location"] == "/treatments/microneedling/benefits/scars/"


def test_a_page_that_led_to_one_that_went_with_its_treatment_follows_the_treatment(client, published, people):
    marketing, clinician = people
    rough = Benefit.objects.get(slug="rough-skin")
    retire(rough, marketing, leads_to=Section.objects.get(treatment=published, slug="risks"))
    assert client.get(rough.get_absolute_url())["Location"] == f"{PEEL}risks/"
    retire(TreatmentFacts.objects.get(treatment=published), clinician, leads_to=Unit.objects.get(slug="benefits"))
    assert client.get(rough.get_absolute_url())["Location"] == "/treatments/microneedling/benefits/"


@pytest.mark.parametrize("slug", ["risks", "suitability", "overview", "sources"])
def test_a_page_without_which_no_treatment_is_read_is_not_retired_alone(people, slug):
    with pytest.raises(Refused, match="not read without this page"):
        retire(Section.objects.get(slug=slug), people[1])


def test_what_is_retired_comes_back_on_purpose_alone(client, people):
    scars = Benefit.objects.get(slug="scars")
    version = scars.newest_version()
    retire(scars, people[0])
    with pytest.raises(Refused, match="retired for good"):
        bring_back(version, people[0])
    unretire(scars, people[0])
    assert client.get(scars.get_absolute_url()).status_code == 404
    bring_back(version, people[0])
    assert client.get(scars.get_absolute_url()).status_code == 200
    kinds = CopyEvent.objects.filter(version=version).values_list("kind", flat=True)
    assert list(kinds) == ["taken-down", "retired", "unretired", "brought-back"]


def test_a_planned_version_of_a_retired_page_does_not_go_live(client, people):
    scars = Benefit.objects.get(slug="scars")
    planned = make_copy(scars.newest_version(), people[0])
    planned.go_live(timezone.now() + timedelta(hours=1))
    retire(scars, people[0])
    assert not Version.objects.filter(unit_id=scars.pk).shown_or_planned(timezone.now()).exists()


def test_facts_do_not_go_live_before_the_pages_that_keep_patients_safe(facts, people):
    sign_all(facts.treatment)
    with pytest.raises(Refused, match=r"goes live as a whole|words that were signed"):
        publish(facts.newest_version(), people[0])


def test_a_retired_address_is_not_taken_by_a_new_page(people):
    treatment = Treatment.objects.get()
    retire(Benefit.objects.get(slug="scars"), people[0])
    with pytest.raises(Refused, match="already has this address"):
        make_benefit(treatment, "Scars", "scars", people[0])
    make_section(treatment, "other", "Aftercare", "aftercare", people[0])


def test_a_treatment_begins_without_its_translations_and_with_those_that_are_signed(facts, people):
    risks, overview = (Section.objects.get(treatment=facts.treatment, slug=slug) for slug in ("risks", "overview"))
    begin_translation(risks, "ar", people[0])
    sign_all(facts.treatment)
    signed = make_version(overview, language="ar", signed_at=timezone.now(), signed_digest="x", shipped="by a test")
    whole = Whole.of(facts.treatment)
    assert not whole.missing and signed in [page.newest for page in whole.ready]
    assert {page.newest.language: page.language for page in whole.pages} == {"en": "", "ar": "العربيّة"}


def test_a_translation_of_the_facts_offers_no_whole_treatment_to_publish(as_staff, people):
    Clinic.objects.update(languages=["ar"])
    facts = TreatmentFacts.objects.get()
    begin_translation(facts, "ar", people[0])
    assert as_staff("marketing").get(facts.in_language("ar").get_staff_url()).context["whole"] is None


def test_a_treatment_that_was_loaded_as_drafts_is_published_as_one(as_staff):
    Version.objects.update(live_from=None)
    assert as_staff("marketing").get(TreatmentFacts.objects.get().get_staff_url()).context["whole"].missing


def test_a_retired_page_is_gone_in_every_language_from_whichever_it_was_retired(as_staff, client):
    Clinic.objects.update(languages=["ar"])
    scars = Benefit.objects.get(slug="scars")
    make_version(scars, language="ar", shipped="by a test").go_live()
    staff, arabic = as_staff("marketing"), scars.in_language("ar")
    assert staff.post(arabic.get_staff_url("retire"), {"leads_to": ""}).status_code == 302
    for language in ("", "/ar"):
        assert client.get(f"{language}/treatments/microneedling/benefits/scars/").status_code == 410, language
    staff.post(arabic.get_staff_url("unretire"))
    scars.refresh_from_db()
    assert (scars.retired_at, list(scars.versions.live_at(timezone.now(), ANY))) == (None, [])
