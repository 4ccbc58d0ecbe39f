"""Pages that staff make: from nothing or as a copy, on the way of any draft."""

import pytest

from tests.factories import make_staff, make_treatment
from treatments.models import Benefit, Claim, Finding, Section, Treatment, Unit
from treatments.prose import CITATION
from treatments.publishing.drafts import begin_translation
from treatments.publishing.making.pages import make_benefit, make_section, read_copied_words
from treatments.publishing.making.pages import make_treatment as make_whole
from treatments.publishing.signoff import Refused, send
from treatments.words.checking import References, remarks_on
from treatments.words.parts import parts_of
from treatments.words.remarks import stops_of
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db
HOME = "/treatments/microneedling/"


@pytest.fixture
def marketing():
    return make_staff("marketing")


@pytest.fixture
def treatment():
    return Treatment.objects.get()


def parts(unit):
    wording = Wording.of(unit.newest_version())
    return {str(part.layout.name): part.state for part in parts_of(unit, wording, remarks_of(unit))}


def remarks_of(unit):
    return remarks_on(Wording.of(unit.newest_version()), unit, References.load())


def test_a_benefit_from_nothing_has_its_parts_laid_out_and_says_what_is_missing(client, treatment, marketing):
    benefit = make_benefit(treatment, "Enlarged pores", "enlarged-pores", marketing)
    states = parts(benefit)
    assert list(states) == [
        *["Name and heading", "In one sentence", "Under the heading", "Claims", "What it will not do", "Risks"],
        *["Who should not have it", "When to call us", "Alternatives", "Questions"],
    ]
    assert set(states.values()) == {"done", "empty"} and states["Name and heading"] == "done"
    with pytest.raises(Refused) as refused:
        send(benefit.newest_version(), marketing)
    assert len(refused.value.stops) == 1 + 1 + 5  # summary, claim, required passages
    assert client.get(f"{HOME}benefits/enlarged-pores/").status_code == 404
    assert "Enlarged pores" not in client.get(f"{HOME}benefits/").content.decode()


def test_a_copy_brings_words_and_neither_claims_nor_findings_nor_numbers(treatment, marketing):
    benefit = make_benefit(treatment, "Enlarged pores", "pores", marketing, Benefit.objects.get(slug="scars"))
    version = benefit.newest_version()
    assert not Claim.objects.filter(version=version).exists() and not Finding.objects.filter(version=version).exists()
    said = " ".join(passage.body for passage in version.passages.all())
    assert said and not any(letter.isdigit() for letter in without_citations(said))
    assert version.title == version.heading == "Enlarged pores"


def without_citations(text):
    return CITATION.sub("", text)


def test_copied_words_count_as_missing_until_somebody_read_them(treatment, marketing):
    benefit = make_benefit(treatment, "Enlarged pores", "pores", marketing, Benefit.objects.get(slug="scars"))
    assert parts(benefit)["Risks"] == "copied"
    assert any(stop.is_copied for stop in stops_of(remarks_of(benefit)))
    read_copied_words(benefit, marketing)
    benefit.refresh_from_db()
    assert parts(benefit)["Risks"] == "done" and not any(stop.is_copied for stop in stops_of(remarks_of(benefit)))


def test_copied_words_are_read_where_they_all_stand_and_not_in_a_translation(treatment, marketing):
    benefit = make_benefit(treatment, "Pores", "pores", marketing, Benefit.objects.get(slug="scars"))
    begin_translation(benefit, "ar", marketing)
    with pytest.raises(Refused, match="English page"):
        read_copied_words(benefit.in_language("ar"), marketing)
    assert Benefit.objects.get(pk=benefit.pk).copied == benefit.copied != {}


def test_a_copied_text_that_was_written_anew_is_marked_no_more(treatment, marketing):
    benefit = make_benefit(treatment, "Enlarged pores", "pores", marketing, Benefit.objects.get(slug="scars"))
    version = benefit.newest_version()
    version.passages.filter(key="risks").update(body="Redness is common.", aside="")
    assert parts(benefit)["Risks"] == "done" and parts(benefit)["Alternatives"] == "copied"


def test_words_of_another_treatment_come_without_its_sources(treatment, marketing):
    peel = make_treatment("peel")
    copied = make_benefit(peel, "Scars", "scars", marketing, Benefit.objects.get(slug="scars", treatment=treatment))
    assert "[S" not in " ".join(passage.body for passage in copied.newest_version().passages.all())


@pytest.mark.parametrize("kind", ["risks", "overview"])
def test_a_guide_has_one_section_of_a_kind(treatment, marketing, kind):
    with pytest.raises(Refused, match="of this kind already"):
        make_section(treatment, kind, "Again", "again", marketing)


def test_a_guide_may_have_a_second_option_and_other_pages(treatment, marketing):
    for kind in ("option", "other", "other"):
        number = Section.objects.count()
        make_section(treatment, kind, "Extra", f"extra-{number}", marketing)
    assert Section.objects.filter(section_kind="other").count() == 2


@pytest.mark.parametrize(
    ("make", "slug"), [(make_benefit, "scars"), (make_section, "risks"), (make_section, "for-you")]
)
def test_an_address_that_is_taken_is_refused(treatment, marketing, make, slug):
    kind = ["other"] if make is make_section else []
    with pytest.raises(Refused, match=r"has this address|already"):
        make(treatment, *kind, "Other", slug, marketing)
    assert Unit.objects.filter(slug=slug).count() == (0 if slug == "for-you" else 1)


def test_a_treatment_from_nothing_has_facts_and_always_the_required_sections(client, marketing):
    facts = make_whole("Chemical peel", "chemical-peel", "May help.", ["cost"], marketing)
    kinds = Section.objects.filter(treatment=facts.treatment).values_list("section_kind", flat=True)
    assert list(kinds) == ["overview", "suitability", "risks", "cost", "sources"]
    assert client.get("/treatments/chemical-peel/").status_code == 404
    for address in ("/", "/treatments/", "/sitemap.xml", "/consultation/", "/search/?q=chemical+peel"):
        assert "hemical peel" not in client.get(address).content.decode().replace("“chemical peel”", "").replace(
            'value="chemical peel"', ""
        ), address


def test_the_frame_of_a_treatment_lends_headings_and_no_claim_number_or_source(marketing, treatment):
    facts = make_whole("Chemical peel", "peel", "May help.", ["option", "procedure"], marketing, frame_of=treatment)
    for section in Section.objects.filter(treatment=facts.treatment):
        version = section.newest_version()
        said = [passage.body for passage in version.passages.all()] + [version.lead, version.summary]
        assert "[S" not in " ".join(said) and not any(letter.isdigit() for text in said for letter in text)
        assert not version.claims.exists() and not version.risks.exists() and not version.keyfacts.exists()
    assert Section.objects.get(treatment=facts.treatment, section_kind="procedure").newest_version().steps.exists()
