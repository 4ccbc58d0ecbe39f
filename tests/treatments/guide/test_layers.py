"""What of a page stands in sight, and what in the folds under it."""

import re

import pytest
from django.core.exceptions import ValidationError

from tests.factories import make_benefit, make_row
from tests.treatments.drafts import make_draft, remarks
from treatments.guide.citations import shortened
from treatments.guide.layers import PageLayers
from treatments.guide.pages import Guide
from treatments.guide.search.finding import find
from treatments.models import Claim, Finding, Passage, Source, Treatment
from treatments.prose import render
from treatments.words.digest import canonical, digest_of
from treatments.words.fields import fields_of
from treatments.words.length import words_in_sight
from treatments.words.rules import too_many_findings
from treatments.words.wording import Wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    """A benefit with a claim, two findings and two passages, none of them in a layer."""
    version = make_benefit(slug="softer").newest_version()
    version.passages.all().delete()
    make_row(Claim, version, sources=["S2"])
    for key in ("one", "two"):
        make_row(Finding, version, key, result=f"Finding {key}.")
        make_row(Passage, version, key, heading=f"Heading {key}")
    return version


def keys(rows):
    return [row.key for row in rows]


def test_without_a_layer_everything_is_in_sight(version):
    layers = PageLayers(version)
    ((claim, findings),) = layers.claims
    assert (claim.key, keys(findings), keys(layers.passages)) == ("one", ["one", "two"], ["one", "two"])
    assert not layers.studies and not layers.reviewed


def test_a_row_in_a_layer_stands_in_its_fold(version):
    version.passages.filter(key="one").update(layer="studies")
    version.passages.filter(key="two").update(layer="reviewed")
    layers = PageLayers(version)
    assert layers.passages == []
    assert (keys(layers.studies.passages), keys(layers.reviewed.passages)) == (["one"], ["two"])


def test_the_finding_that_matters_most_stands_beside_its_claim_and_the_others_are_folded(version):
    version.findings.filter(key="two").update(shown=True)
    layers = PageLayers(version)
    ((_claim, beside),) = layers.claims
    ((_same, behind),) = layers.studies.claims
    assert (keys(beside), keys(behind)) == (["two"], ["one"])


def test_a_page_with_any_layer_folds_the_findings_of_which_none_was_chosen(version):
    version.passages.filter(key="one").update(layer="studies")
    layers = PageLayers(version)
    assert [keys(findings) for _claim, findings in layers.claims] == [[]]
    assert layers.studies.findings == 2


def test_a_folded_claim_stands_in_the_fold_with_all_its_findings(version):
    version.claims.update(layer="studies")
    layers = PageLayers(version)
    assert (layers.claims, [keys(findings) for _claim, findings in layers.studies.claims]) == ([], [["one", "two"]])


def test_a_fold_is_in_the_page_and_says_how_much_is_in_it(version, client):
    version.findings.filter(key="two").update(shown=True)
    version.passages.filter(key="one").update(layer="studies", body="Deep words.")
    version.go_live()
    html = client.get(version.get_absolute_url()).text
    fold = html.partition('id="studies"')[2].partition("</details>")[0]
    assert "Deep words." in fold and "Finding one." in fold and "Finding two." not in fold
    said = " ".join(fold.partition('<span class="layer__holds">')[2].partition("</span>")[0].split())
    assert said == "1 study or review, 1 note: Heading one"


def test_a_part_ends_with_the_page_that_says_all_of_it(version, client):
    version.passages.filter(key="one").update(elsewhere="/visit/", elsewhere_text="Where we are")
    version.go_live()
    html = client.get(version.get_absolute_url()).text
    assert '<p class="elsewhere"><a href="/visit/">Where we are</a></p>' in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//elsewhere.example/", "https://elsewhere.example/", "risks/"]
)
def test_the_page_that_says_all_of_it_is_of_this_site(version, address):
    passage = version.passages.get(key="one")
    passage.elsewhere, passage.elsewhere_text = address, "All of it"
    with pytest.raises(ValidationError, match="begins with one slash"):
        passage.full_clean()


def test_what_is_folded_is_found_by_search(version):
    version.passages.filter(key="one").update(layer="studies", body="A zebra was needled.")
    version.go_live()
    (found,) = find("zebra", [Guide(Treatment.objects.get())])
    assert found.passage.url == f"{version.get_absolute_url()}#one"
    assert found.snippet == [("A ", False), ("zebra", True), (" was needled.", False)]


# ---- words ----------------------------------------------------------------------------------------


def test_words_signed_before_there_were_layers_keep_their_digest(version):
    assert "layer" not in canonical(Wording.of(version)) and "shown" not in canonical(Wording.of(version))


@pytest.mark.parametrize(
    "changes", [{"layer": "studies"}, {"aside": "A note."}, {"elsewhere": "/visit/"}, {"elsewhere_text": "Visit"}]
)
def test_a_row_that_is_moved_to_a_layer_is_not_what_was_signed(version, changes):
    before = digest_of(Wording.of(version))
    version.passages.filter(key="one").update(**changes)
    assert digest_of(Wording.of(version)) != before


def test_folded_words_are_not_counted(version):
    version.passages.filter(key="one").update(body="Three more words.")
    before = words_in_sight(Wording.of(version))
    version.passages.filter(key="one").update(layer="studies")
    folded = 5 + 4  # "Heading one" and its three words; two findings of two words each
    assert before - words_in_sight(Wording.of(version)) == folded


@pytest.mark.parametrize(("number", "is_said"), [(650, False), (720, True)])
def test_the_copy_check_says_when_a_page_is_too_long(version, number, is_said):
    version.passages.filter(key="one").update(body="word " * number)
    said = [remark for remark in remarks(version) if "700 are the most" in remark.mend]
    assert ([remark.stops for remark in said], bool(said)) == ([False] if is_said else [], is_said)


@pytest.mark.parametrize(("number", "is_long"), [(650, False), (720, True)])
def test_the_content_report_names_a_page_that_is_too_long(version, as_staff, number, is_long):
    version.passages.filter(key="one").update(body="word " * number)
    version.go_live()
    home = as_staff("marketing").get("/admin/").text
    assert ("More words in sight than a page may have:" in home) == is_long


def test_one_finding_of_a_claim_is_in_sight():
    version = make_draft()
    make_row(Finding, version, "other", position=20)
    wording = Wording.of(version)
    for finding in wording.rows_of(Finding):
        finding.shown = True
    assert len(list(too_many_findings(fields_of(wording)))) == 1


def test_a_link_names_its_page_and_its_words():
    version = make_draft()
    version.passages.filter(key="risks").update(elsewhere="/visit/")
    assert any("the words of the link" in remark.mend and remark.stops for remark in remarks(version))


# ---- marks ----------------------------------------------------------------------------------------


def marked(text):
    """A text with each mark as its keys."""
    return render(text, cite=lambda keys: f"‹{' '.join(keys)}›", inline=True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It hurts [S1]. It heals.", "It hurts.‹S1› It heals."),
        ("It hurts [S1], and bleeds [S2, S1].", "It hurts, and bleeds.‹S1 S2›"),
        ("It hurts. [S1] It heals [S2].", "It hurts.‹S1› It heals.‹S2›"),
        ("About 1.5 mm [S1] deep. More.", "About 1.5 mm deep.‹S1› More."),
        ("“It hurts [S1].” So.", "“It hurts.”‹S1› So."),
        ("**It hurts [S1].** So.", "<strong>It hurts.</strong>‹S1› So."),
        ("three sessions [S1]", "three sessions‹S1›"),
        ("It says so [S1]:", "It says so:‹S1›"),
        ("Does it hurt [S1]? Yes.", "Does it hurt?‹S1› Yes."),
        ("It hurts [S1] [S2].", "It hurts.‹S1 S2›"),
        ("It hurts. [S1] [S2] Yes.", "It hurts.‹S1 S2› Yes."),
        ("It hurts [S1]. [S2, S1] Yes [S3].", "It hurts.‹S1 S2› Yes.‹S3›"),
        ("**It hurts [S1].** [S2]", "<strong>It hurts.</strong>‹S1 S2›"),
    ],
)
def test_a_sentence_has_one_mark_after_its_stop(text, shown):
    assert marked(text) == shown


def test_a_claim_or_finding_that_cites_its_own_source_has_one_mark_for_it(client, version):
    version.go_live()
    claim = version.claims.get()
    finding = claim.findings.first()
    claim.sources.set(Source.objects.filter(key="S36"))
    claim.sentence, finding.result = "Scars may soften [S2, S36].", "They did [S36]. Skin healed."
    finding.source = Source.objects.get(key="S2")
    claim.save()
    finding.save()
    words = re.sub(r'<a class="cite".*?>(.*?)</a>', r"‹\1›", client.get(version.get_absolute_url()).text)
    said = re.search(r"Scars may soften\..*?<", words)[0]
    result = re.search(r"They did\.(.*?) Skin healed\.(.*?)\s*<", words)
    second, first = result.groups()
    assert said == f"Scars may soften.{first[:-1]}–{second[1:]}<"
    assert [len(re.findall("‹", mark)) for mark in (first, second)] == [1, 1]


def test_each_list_item_and_paragraph_has_marks_of_its_own():
    html = render("It hurts [S1]\n\n- one [S2]\n- two", cite=lambda keys: f"‹{' '.join(keys)}›")
    assert html.replace("\n", "") == "<p>It hurts‹S1›</p><ul><li>one‹S2›</li><li>two</li></ul>"


@pytest.mark.parametrize(
    ("numbers", "shown"), [([1], "1"), ([5, 6, 7], "5–7"), ([1, 5, 6], "1, 5–6"), ([1, 3, 5], "1, 3, 5")]
)
def test_numbers_that_follow_each_other_are_shortened(numbers, shown):
    assert shortened(numbers) == shown


def test_a_source_leads_back_to_the_first_words_that_cite_it(client):
    html = client.get("/treatments/microneedling/cost/").text
    first = html.partition('id="source-1"')[2].partition("</li>")[0]
    assert 'href="#cite-1"' in first and 'id="cite-1"' in html
