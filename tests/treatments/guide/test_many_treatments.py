"""Every door of the site where several treatments are offered: each is told apart, and none speaks for another."""

import pytest

from tests.factories import make_benefit, make_treatment, make_version
from treatments.models import CareSign, Passage, RecoveryDay, Section, SectionKind
from treatments.models.sections import REQUIRED

pytestmark = pytest.mark.django_db
PEEL = "/treatments/peel/"
NEEDLES = ("needle", "needling", "PRP", "platelet", "puncture", "numbing cream")


def make_guide(slug, *benefits, kinds=(*REQUIRED, "procedure", "recovery", "benefits", "option", "before")):
    """A small treatment that says nothing of needles: its sections and benefits, all live."""
    treatment = make_treatment(slug)
    for position, kind in enumerate(kinds):
        kind = SectionKind(kind)
        section = Section.objects.create(treatment=treatment, slug=kind.value, section_kind=kind, position=position)
        version = make_version(section, title=str(kind.label).capitalize(), heading=f"{kind.label} of {slug}")
        if kind == SectionKind.RECOVERY:
            said = {"label": "The first day", "may_see": "Red.", "may_do": "Rest."}
            RecoveryDay.objects.create(version=version, key="d0", first_day=0, last_day=0, **said)
            CareSign.objects.create(version=version, key="c", level="call", text="It spreads.")
        version.go_live()
    for title in benefits:
        benefit = make_benefit(treatment, title.lower().replace(" ", "-"), title=title, heading=title)
        benefit.versions.get().go_live()
    return treatment


@pytest.fixture
def peel():
    return make_guide("peel", "Scars", "Rough skin")


def words(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_home_leads_by_concern_to_each_treatment_that_may_help(client, peel):
    page = words(client, "/")
    assert "By concern" in page and page.count("<dt>Scars</dt>") == 1
    for address in (f"{PEEL}benefits/scars/", "/treatments/microneedling/benefits/scars/", f"{PEEL}risks/"):
        assert f'href="{address}"' in page


def test_the_list_has_each_treatment_with_the_way_to_its_risks(client, peel):
    page = words(client, "/treatments/")
    for address in (PEEL, f"{PEEL}risks/", "/treatments/microneedling/risks/"):
        assert f'href="{address}"' in page


def test_search_finds_in_all_and_says_in_which(client, peel):
    section = Section.objects.get(treatment=peel, section_kind="option").newest_version()
    Passage.objects.create(version=section, key="frost", heading="Frosting", body="Skin may turn white.")
    assert "Peel · An option beside it: Frosting" in words(client, "/search/?q=frosting")
    assert "Microneedling · " in words(client, "/search/?q=pinpoint+bleeding")
    first = client.get("/search/?q=peel+scars").context["results"].found[0].passage
    assert first.url.startswith(PEEL)


def test_a_guide_without_needles_has_no_word_of_them_on_any_page(client, peel):
    kinds = ["suitability", "risks", "procedure", "recovery", "benefits", "option", "before"]
    pages = [PEEL, f"{PEEL}benefits/scars/", *(f"{PEEL}{kind}/" for kind in kinds)]
    for address in pages:
        main = words(client, address).partition("<main")[2].partition("</main>")[0]
        assert main and not [word for word in NEEDLES if word.casefold() in main.casefold()], address


def test_a_guide_without_figures_shows_no_place_for_them(client, peel):
    for address in (PEEL, f"{PEEL}benefits/scars/", f"{PEEL}risks/"):
        assert "key-facts" not in words(client, address).partition("<main")[2], address
    assert "key-facts" in words(client, "/treatments/microneedling/")


def test_the_menu_of_a_guide_has_the_ways_into_that_guide(client, peel):
    header = words(client, f"{PEEL}risks/").partition("</header>")[0]
    assert f'href="{PEEL}suitability/"' in header and "/treatments/microneedling/suitability/" not in header
    elsewhere = words(client, "/visit/").partition("</header>")[0]
    assert 'href="/treatments/"' in elsewhere and "suitability" not in elsewhere


def test_what_hangs_below_a_page_is_of_its_own_treatment(client, peel):
    assert client.get(f"{PEEL}before/preparation.ics").status_code == 200
    assert client.post(f"{PEEL}suitability/check/").status_code == 200
    assert client.get(f"{PEEL}card.png").status_code == client.get("/card.png").status_code == 200
    assert f"{PEEL}benefits/rough-skin/" in client.get("/sitemap.xml").content.decode()
    data = words(client, f"{PEEL}risks/").partition("application/ld+json")[2]
    assert "peel/#procedure" in data and "microneedling" not in data.partition("</script>")[0]


@pytest.mark.parametrize("address", ["/", "/treatments/", "/search/?q=scars"])
def test_a_door_asks_the_database_no_more_for_four_treatments_than_for_two(
    client, peel, django_assert_max_num_queries, address
):
    client.get(address)
    with django_assert_max_num_queries(15) as two:
        client.get(address)
        asked = len(two)
    for slug in ("laser", "filler"):
        make_guide(slug, "Scars")
    client.get(address)
    with django_assert_max_num_queries(asked):
        client.get(address)
