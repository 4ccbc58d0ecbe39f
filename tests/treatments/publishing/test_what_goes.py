"""Who takes a page down sees what goes with it; nothing leads to a page that is down; safety is a clinician's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic_site.models import Notice
from tests.factories import make_staff
from tests.treatments.editing import do, signed
from tests.treatments.guide.test_many_treatments import make_guide
from treatments.models import Benefit, OldAddress, Question, Section, TreatmentFacts, Unit, Version
from treatments.publishing.drafts import store_after
from treatments.publishing.going_live import publish, take_down
from treatments.publishing.making.whole import retire
from treatments.publishing.signoff import Refused
from treatments.publishing.what_goes import what_goes
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db

SCARS = "/treatments/microneedling/benefits/scars/"
SAFETY = [("section", "risks"), ("section", "suitability"), ("treatment", "microneedling")]


def live(kind, slug):
    return Unit.objects.get(kind=kind, slug=slug).versions.get(number=1)


def everywhere(client):
    """The text of each live page."""
    units = Unit.objects.live_at(timezone.now()).select_related("treatment")
    return {each.get_absolute_url(): client.get(each.get_absolute_url()).text for each in units}


def test_the_pages_that_lead_to_it_are_named_before_it_goes(client):
    scars = live("benefit", "scars")
    linking = {version.get_absolute_url() for version in what_goes(scars).linking}
    pages = everywhere(client)
    take_down(scars, make_staff("marketing"))
    dead = {f'href="{SCARS}"', f'href="{SCARS}#'}
    before = {address for address, text in pages.items() if any(link in text for link in dead)}
    assert linking and linking <= before
    assert what_goes(scars).loses[0].startswith("Home, the overview and the page of benefits lose its card")


def test_no_page_leads_to_one_that_is_down_and_the_words_stay(client):
    Version.objects.filter(pk=live("section", "cost").pk).update(lead=f"See [what scars need]({SCARS}#h-limits) first.")
    assert f'href="{SCARS}#h-limits"' in client.get("/treatments/microneedling/cost/").text
    take_down(live("benefit", "scars"), make_staff("marketing"))
    leading = {address for address, text in everywhere(client).items() if f'href="{SCARS}' in text}
    home = client.get("/").text
    assert leading == set() and f'href="{SCARS}' not in home
    assert "what scars need first" in client.get("/treatments/microneedling/cost/").text


@pytest.mark.parametrize("slug", ["risks", "numbing", "suitability"])
def test_no_page_leads_to_a_section_that_is_down(client, slug):
    take_down(live("section", slug), make_staff("clinician"))
    address = f'href="/treatments/microneedling/{slug}/'
    assert {page for page, text in everywhere(client).items() if address in text} == set()


@pytest.mark.parametrize(("kind", "slug"), SAFETY)
def test_what_keeps_patients_safe_is_taken_down_by_a_clinician_alone(kind, slug):
    version = live(kind, slug)
    for at in (None, timezone.now() + timedelta(days=1)):
        with pytest.raises(Refused, match="Only a clinician takes it down"):
            take_down(version, make_staff("marketing"), at)
    with pytest.raises(Refused, match="Only a clinician takes it down"):
        take_down(version, make_staff("manager"))
    assert Version.objects.get(pk=version.pk).is_live
    take_down(version, make_staff("clinician"))
    assert not Version.objects.get(pk=version.pk).is_live


@pytest.mark.parametrize(("kind", "slug"), SAFETY)
def test_it_is_not_published_with_an_end_either(kind, slug):
    old = live(kind, slug)
    version = signed(store_after(old, Wording.of(old), None))
    with pytest.raises(Refused, match="Only a clinician takes it down"):
        publish(version, make_staff("marketing"), until=timezone.now() + timedelta(days=1))
    publish(version, make_staff("marketing"))
    assert Version.objects.get(pk=version.pk).is_live


def test_marketing_reads_on_the_page_why_it_cannot_take_the_risks_down(as_staff):
    client, version = as_staff("marketing"), live("section", "risks")
    page = client.get(version.unit.get_staff_url() + "?step=take-down").text
    assert "Only a clinician takes it down: ask one" in page and "/take-down/" not in page
    assert "Only a clinician takes it down" in do(client, version, "take-down", when="now")[1][0]


def test_what_goes_is_read_before_the_button(as_staff):
    client, version = as_staff("marketing"), live("benefit", "scars")
    address = version.unit.get_staff_url()
    assert "/take-down/" not in client.get(address).text
    page = client.get(f"{address}?step=take-down").text
    assert "/take-down/" in page and "lose its card" in page


@pytest.mark.parametrize("model", [TreatmentFacts, Section, Benefit])
def test_every_page_says_what_is_lost_with_it(model):
    assert all(what_goes(unit.newest_version()).loses for unit in model.objects.all())


def test_a_notice_leads_to_no_page_that_is_down_and_keeps_its_words(client):
    body = f"Read [about scars]({SCARS}#h-limits), or [write to us](/consultation/)."
    Notice.objects.filter(slug="privacy").update(body=body)
    assert f'href="{SCARS}#h-limits"' in client.get("/privacy/").text
    take_down(live("benefit", "scars"), make_staff("marketing"))
    page = client.get("/privacy/").text
    assert f'href="{SCARS}' not in page and "Read about scars, or" in page and 'href="/consultation/"' in page


def test_a_notice_that_leads_there_is_named_before_it_goes(as_staff):
    Notice.objects.filter(slug="privacy").update(body=f"Read [about scars]({SCARS}).")
    scars = live("benefit", "scars")
    assert Notice.objects.get(slug="privacy") in what_goes(scars).linking
    page = as_staff("marketing").get(f"{scars.unit.get_staff_url()}?step=take-down").text
    assert '<a href="/privacy/">' in page.partition("what-goes")[2].partition("</ul>")[0]


def test_a_link_to_a_page_of_another_treatment_is_drawn_as_text_once_that_is_retired(client):
    peel = make_guide("peel", "Rough skin")
    links = "See [peels](/treatments/peel/), [rough skin](/treatments/peel/benefits/rough-skin/?from=cost) and more."
    Version.objects.filter(pk=live("section", "cost").pk).update(lead=links)
    cost = "/treatments/microneedling/cost/"
    assert client.get(cost).text.count('href="/treatments/peel/') >= 2
    retire(TreatmentFacts.objects.get(treatment=peel), make_staff("clinician"))
    page = client.get(cost).text
    assert 'href="/treatments/peel/' not in page and "See peels, rough skin and more." in page


@pytest.mark.parametrize("below", ["check/", ""])
def test_what_hangs_below_a_page_and_where_it_once_was_go_with_it(client, below):
    suitability = live("section", "suitability")
    old = OldAddress.objects.create(
        treatment=suitability.unit.treatment, kind=Unit.Kind.SECTION, slug="who", unit=suitability.unit
    )
    address = f"/treatments/microneedling/{'suitability' if below else old.slug}/{below}"
    Version.objects.filter(pk=live("section", "cost").pk).update(lead=f"Take [the check]({address}).")
    assert f'href="{address}"' in client.get("/treatments/microneedling/cost/").text
    take_down(suitability, make_staff("clinician"))
    assert f'href="{address}"' not in client.get("/treatments/microneedling/cost/").text


def test_an_answer_that_search_engines_read_leads_to_no_page_that_is_down(client):
    Question.objects.filter(version=live("section", "questions")).update(answer=f"See [scars]({SCARS}).")
    take_down(live("benefit", "scars"), make_staff("marketing"))
    assert SCARS not in client.get("/treatments/microneedling/questions/").text
