"""The page of sources of each treatment lists what its own words use; of one treatment alone, everything."""

import re
from html import unescape

import pytest

from tests.factories import make_row
from tests.treatments.editing import signed
from tests.treatments.guide.test_many_treatments import make_guide
from treatments.models import Benefit, Claim, Passage, Section, Source, Term, Version
from treatments.publishing.signatures import uses_of
from treatments.publishing.signoff import is_signed

pytestmark = pytest.mark.django_db

OURS, PEELS = "/treatments/microneedling/sources/", "/treatments/peel/sources/"
UNUSED = ["S35", "S153", "S154"]  # no word of the shipped guide cites them


@pytest.fixture
def peel():
    """A second treatment: it cites S2, as the first one does, and a source of its own, and says two hard words."""
    peel = make_guide("peel", "Rough skin")
    Source.objects.create(key="S500", title="A study of peels", url="https://doi.org/10.1000/peels")
    Term.objects.create(slug="frosting", term="Frosting", meaning="Skin that turns white for an hour.")
    benefit = Benefit.objects.get(treatment=peel).newest_version()
    make_row(Claim, benefit, "smoother", ["S2", "S500"], sentence="A peel may help.")
    Passage.objects.create(version=benefit, key="frost", heading="Frosting", body="Skin may show collagen.")
    return peel


def sources_on(client, address):
    """The keys of the sources that stand in the list, by their names in its order."""
    listed = unescape(client.get(address).text.partition('<ol class="sources')[2].partition("</ol>")[0])
    lines = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in listed.split("<li id=")[1:]]
    names = sorted(Source.objects.all(), key=lambda source: -len(source.name))
    return [next(each.key for each in names if line.partition(">")[2].strip().startswith(each.name)) for line in lines]


def words_on(client, address):
    return re.findall(r'<div id="word-([^"]+)">', client.get(address).text)


def test_the_only_treatment_lists_every_source_and_word_in_their_order(client):
    every = sorted(Source.objects.values_list("key", flat=True), key=lambda key: (len(key), key))
    assert sources_on(client, OURS) == every and set(UNUSED) <= set(every)
    assert words_on(client, OURS) == list(Term.objects.order_by("term").values_list("slug", flat=True))


def test_the_second_lists_what_its_own_words_use(client, peel):
    assert (sources_on(client, PEELS), words_on(client, PEELS)) == (
        ["S2", "S500"],
        ["collagen", "frosting", "off-label"],
    )


def test_the_first_leaves_out_what_another_alone_uses_and_keeps_what_nobody_does(client, peel):
    sources, words = sources_on(client, OURS), words_on(client, OURS)
    assert "S500" not in sources and {"S2", *UNUSED} <= set(sources)
    assert "frosting" not in words and "collagen" in words
    assert len(sources) == Source.objects.count() - 1 and len(words) == Term.objects.count() - 1


def test_a_second_treatment_that_nobody_reads_yet_takes_nothing_from_the_first(client, peel):
    Version.objects.filter(unit__treatment=peel).update(live_from=None)
    assert "S500" in sources_on(client, OURS) and "frosting" in words_on(client, OURS)


def test_a_preview_of_a_treatment_that_is_a_draft_lists_what_all_its_drafts_use(client, as_staff, peel):
    Version.objects.filter(unit__treatment=peel).update(live_from=None)
    page = as_staff("marketing").get(Section.objects.get(treatment=peel, slug="sources").get_staff_url("preview")).text
    assert "A study of peels" in page and 'id="word-frosting"' in page


def test_search_finds_each_word_once_on_the_page_that_lists_it(client, peel):
    found = client.get("/search/?q=frosting").context["results"].found
    assert [each.passage.url for each in found if "#word-" in each.passage.url] == [f"{PEELS}#word-frosting"]
    found = client.get("/search/?q=collagen").context["results"].found
    assert [each.passage.url for each in found if "#word-collagen" in each.passage.url] == [f"{OURS}#word-collagen"]


def test_a_signature_of_the_first_page_of_sources_holds_when_a_second_treatment_comes(client):
    version = signed(Section.objects.get(slug="sources").newest_version())
    make_guide("peel", "Rough skin")
    assert is_signed(Version.objects.get(pk=version.pk))


def test_a_clinician_reads_apart_what_the_page_of_sources_is_signed_with_and_does_not_list(as_staff, peel):
    page = as_staff("clinician").get(Section.objects.get(treatment=peel, slug="sources").get_staff_url("read"))
    shown = {each.anchor for each, _is_new in page.context["reading"].references}
    apart = {each.anchor for each in page.context["reading"].references_elsewhere}
    assert {"S2", "S500", "frosting"} <= shown and {"S36", "S35"} <= apart and not shown & apart
    assert "signed with this page, and not listed on it" in page.text


def test_where_a_source_stands_names_the_pages_that_list_it(peel):
    theirs = Section.objects.get(treatment=peel, slug="sources").newest_version()
    ours = Section.objects.get(treatment__slug="microneedling", slug="sources").newest_version()
    used = {key: uses_of(Source.objects.get(key=key)) for key in ("S2", "S36", "S500")}
    assert theirs in used["S2"] and ours in used["S2"]
    assert theirs not in used["S36"] and ours in used["S36"]
    assert theirs in used["S500"] and ours not in used["S500"]
