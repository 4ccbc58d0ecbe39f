from io import BytesIO

import pytest
from PIL import Image

from clinic_site.models import Clinic
from tests.clinic_site.addresses import GUIDE, GUIDE_PAGES
from tests.clinic_site.pages.reader import Reader
from tests.factories import make_benefit
from treatments.guide import cards
from treatments.guide.cards import Card, draw
from treatments.guide.pages import Guide
from treatments.models import Claim, Version

SCARS = f"{GUIDE}benefits/scars/card.png"
PLAIN = Card("Lakeside Dermatology", "", "Scars", "Many trials agree", "Fair evidence", 3)
MOST_BYTES = 60_000


def open_picture(content):
    return Image.open(BytesIO(content)).convert("RGB")


def differs(one, other):
    return draw(one) != draw(other)


def with_words(**words):
    return Card(**(vars(PLAIN) | words))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", *GUIDE_PAGES])
def test_each_page_has_a_card_that_fits_and_is_small(client, address):
    answer = client.get(f"{address}card.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert open_picture(answer.content).size == (1200, 630)
    assert len(answer.content) <= MOST_BYTES


@pytest.mark.django_db
def test_a_card_is_kept_uncompressed_and_asked_for_again(django_assert_num_queries):
    reader = Reader()
    first = reader.get(SCARS, headers={"Accept-Encoding": "br, gzip"})
    with django_assert_num_queries(0):
        again = reader.get(SCARS, headers={"If-None-Match": first.headers["ETag"]})
    assert ("Content-Encoding" in first.headers, again.status, again.content) == (False, 304, b"")


@pytest.mark.django_db
def test_a_card_follows_the_records(client):
    seen = {client.get(SCARS).content}
    Version.objects.filter(unit__slug="scars").update(heading="Scars, in new words")
    seen.add(client.get(SCARS).content)
    Claim.objects.filter(version__unit__slug="scars").update(grade="unclear")
    seen.add(client.get(SCARS).content)
    Clinic.objects.update(name="Lakeside Dermatology")
    seen.add(client.get(SCARS).content)
    assert len(seen) == 4


@pytest.mark.django_db
def test_the_card_of_a_benefit_shows_the_grade_that_lists_of_benefits_show():
    version = Version.objects.get(unit__slug="scars")
    card = cards.card_of_page(Clinic.profile(), Guide(version.unit.treatment), version)
    claim = version.claims.all()[0]
    assert (card.grade, card.layers) == (claim.get_grade_display(), claim.layers)


@pytest.mark.django_db
def test_each_card_names_the_treatment(client):
    clinic, guide = Clinic.profile(), Guide.of("microneedling")
    pages = [*guide.sections, *guide.benefits]
    cards_of_pages = [cards.card_of_page(clinic, guide, version) for version in pages]
    assert [vars(card) for card in cards_of_pages if "Microneedling" not in f"{card.clinic} {card.below}"] == []
    named, unnamed = (draw(cards.card_of_site(clinic, names)) for names in (["Microneedling"], []))
    assert client.get("/card.png").content == named != unnamed


@pytest.mark.django_db
def test_a_benefit_without_a_claim_has_a_card_without_a_grade(client):
    benefit = make_benefit(slug="smoother")
    address = f"{benefit.get_absolute_url()}card.png"
    assert client.get(address).status_code == 404
    benefit.newest_version().go_live()
    assert client.get(address).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/treatments/peeling/card.png", f"{GUIDE}nothing/card.png", f"{GUIDE}benefits/risks/card.png"]
)
def test_a_page_that_is_not_there_has_no_card(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_sample_details_are_marked_on_the_card():
    assert cards.card_of_site(Clinic(is_sample=True)).note == "Sample clinic"
    assert cards.card_of_site(Clinic(is_sample=False)).note == ""


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_the_badge_fills_as_many_layers_as_the_evidence_has(layers):
    picture = open_picture(draw(with_words(layers=layers)))
    badge = picture.crop((cards.MARGIN, 394, cards.MARGIN + 60, 494))
    centers = [badge.getpixel((30, 100 - 25 * number + 14)) for number in range(1, 5)]
    paper = open_picture(draw(PLAIN)).getpixel((5, 5))
    assert [center != paper for center in centers] == [number <= layers for number in range(1, 5)]


def test_the_colors_are_the_sites_light_ones():
    assert (cards.colors()["paper"], cards.colors()["f-epi"]) == ("#fbf8f4", "#de957a")


@pytest.mark.parametrize(
    "words",
    [
        {"heading": "Scars and everything else that a hundred and twenty letters can say of them " + "in one go " * 4},
        {"heading": "Hyperpigmentation" * 3},
        {"clinic": "The Dermatology and Skin Surgery Clinic of Sterling Heights and Macomb County ok"},
        {"below": "m" * 80},
    ],
)
def test_long_words_stay_inside_the_margins(words):
    picture = open_picture(draw(with_words(layers=0, **words)))
    edge = picture.crop((cards.WIDTH - 40, 0, cards.WIDTH, cards.SKIN_TOP))
    assert len(edge.getcolors()) == 1


@pytest.mark.parametrize("letter", "ÄÑéłőşžœ’—½×−")
def test_the_font_has_the_letters_of_names(letter):
    unknown = with_words(clinic="\uffff")
    assert differs(with_words(clinic=letter), unknown)


def test_the_same_words_are_drawn_once():
    assert draw(PLAIN) is draw(with_words())
