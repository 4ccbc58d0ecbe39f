"""What the facts sheet took back stands nowhere any more, and what is said of safety is said alike everywhere."""

import re
import tomllib
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from clinic_site.models import Clinic
from tests.clinic_site.addresses import GUIDE, PREPARATION, PUBLIC
from tests.reading import Reader, text_of
from treatments.guide.pages import Guide
from treatments.models import KeyFact, RecoveryDay, Step, Treatment, Version

pytestmark = pytest.mark.django_db

CONTENT = settings.BASE_DIR / "treatments" / "content"
MAILS = settings.BASE_DIR / "templates" / "mail"
FORM = "/consultation/"
BENEFITS = [f"{GUIDE}benefits/{slug}/" for slug in ("fine-lines-and-wrinkles", "scars", "sun-damage")]
IN_FULL = [f"{GUIDE}recovery/", f"{GUIDE}questions/"]  # every reason to call; a use names those for 911 and leads there
AFTERWARD = [*IN_FULL, *BENEFITS]

# What must be gone, by the fact that took it back, each with words that once stood on a page.
GONE = {
    "F6": (r"pass through most of it", "where skin is thin it can pass through most of it"),
    "F8": (r"a year or (?:even )?two|one or even two years", "up to a year or two"),
    "F10": (r"keep (?:the|a) gain", "need more sessions to keep the gain"),
    "F12": (r"\bThe skin measured", "The skin measured springier and denser."),
    "F20": (r"above 1\.5 mm", "settings above 1.5 mm were not evaluated"),
    "F23": (r"30 (?:to|–) ?45 minutes", "One guide for patients says 30 to 45 minutes"),
    "F24": (r"consent form|1 to 1\.5 hours|60–90", "A consent form for one pen says 30 to 60 minutes"),
    "F27": (r"[Ss]cars on the belly|belly scars", "Scars on the belly."),
    "F41": (r"\b3(?: to |–)5(?:</bdi>)?\s*(?:<small>)?\s*(?:out of|on a scale)", "about 3 to 5 out of 10"),
    "F61": (r"milliliters of blood|10 to 30 milliliters", "Clinics quote about 10 to 30 milliliters."),
    "F67": (r"claims made to the public about PRP are", "claims made to the public about PRP are often too strong"),
    "F71": (r"kit maker|maker of PRP kits|yesprpkit", "One kit maker’s list advises against PRP"),
    "F72": (r"HIV infections (?:linked|tied)", "reported HIV infections linked to needling"),
    "F76": (r"on a wrinkle scale", "the average score on a wrinkle scale was 1.23 points better"),
    "F79": (r"A review found (?:that )?needling", "A review found needling about as good"),
    "F80": (r"[Dd]eep lines may", "deep lines may improve only a little"),
    "F82": (r"58 studies, 1,845 people", "58 studies, 1,845 people"),
    "F85": (r"\bfewer of every 100|\d of 100\b", "47 fewer of every 100"),
    "F90": (r"keloids or (?:other )?(?:thick|raised)[^.]*(?:avoided|should not)", "keloids or thick scars should not"),
    "F92": (r"[Aa]dded to a cream|than the cream alone", "Added to a cream, needling may help"),
    "F93": (r"but studies conflict", "but studies conflict and melasma often comes back"),
    "F95, F104": (r"[Ll]ess.common(?![\w-]*\")", "Dark marks are less common."),
    "F101": (r"not (?:meant|made) for use inside", "products not made for use inside skin"),
    "F103": (
        r"\b(?:settle|usual)\w*[^.]{0,40}72 hours|72 hours, which is|about three days",
        "settle within about 72 hours",
    ),
    "F105": (r">\s*Rare\s*<|\bRare:|\binfection (?:are|is) rare", "marks and serious infection are rare"),
    "F108": (r"roots in the Middle East|Middle Eastern origin", "people with roots in the Middle East"),
    "F110": (r"after serums were needled in", "three women had lasting bumps after serums were needled in"),
    "F118, F125, F127, F132": (r"[Ss]pa lists|spas use|weak sources", "Spa lists say to avoid such skin."),
    "F146": (r"swollen face", "a swollen face, fainting or gray lips"),
    "F148, F199": (r"[Dd]raft (?:FDA )?guidance", "Draft FDA guidance also names nerve injury"),
    "F185": (r"ask whether you can have a good-faith", "ask whether you can have a good-faith estimate"),
    "F186": (r"suspect spot", "a suspect spot in the area"),
    "F189": (r"day or night", "Worried? Call this number, day or night."),
}

EMERGENCY = [
    "trouble breathing",
    "swelling of the tongue, lips or throat",
    "swelling of the face that goes beyond what you were told to expect",
    "fainting",
    "seizure",
    "chest symptoms",
    "gray or blue lips",
]
SAME_DAY = ["fever with redness that spreads", "sores near the eye", "eye pain or a change in your vision"]
CALL = [
    "redness or swelling that grows after day 2 or 3, or lasts more than a week",
    "pus, honey-colored crusts, warmth or red streaks",
    "new dark or light patches",
    "hard bumps or an itchy rash",
    "bruise that spreads",
]
SPOT = "do not wait for a cosmetic visit; have it looked at soon"
SPOT_PAGES = [
    FORM,
    *(f"{GUIDE}{name}/" for name in ("suitability", "benefits", "alternatives", "questions")),
    *BENEFITS,
]


def told_back(text):
    """The corrections that a text goes against, with the words that do."""
    return {fact: found.group() for fact, (old, _words) in GONE.items() if (found := re.search(old, text))}


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """All that is sent for every public address, markup and data for search engines included."""
    addresses = [address for address in PUBLIC if address != PREPARATION]
    with django_db_blocker.unblock():
        sent = {address: Client().get(address).text for address in [*addresses, PREPARATION]}
        connection.close()
    return {address: unescape(text).replace("\r\n ", "") for address, text in sent.items()}


@pytest.fixture(scope="module")
def words(answers):
    """What a reader of a page reads, in small letters."""
    return {address: text_of(Reader(answers[address]).blocks).lower() for address in [FORM, *AFTERWARD, *SPOT_PAGES]}


# ---- what is gone -------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "words"), GONE.values(), ids=GONE)
def test_a_correction_is_known_by_the_words_it_took_back(old, words):
    assert re.search(old, words)


def test_no_page_form_or_calendar_says_what_was_taken_back(answers):
    assert {address: found for address, text in answers.items() if (found := told_back(text))} == {}


def test_no_card_says_what_was_taken_back():
    guide = Guide(Treatment.objects.get())
    versions = [guide.facts, *guide.sections, *guide.benefits]
    claims = [claim.sentence for benefit in guide.benefits for claim in benefit.claims.all()]
    assert told_back(" ".join([*(f"{v.title} {v.heading} {v.summary} {v.synonyms}" for v in versions), *claims])) == {}


def test_no_mail_says_what_was_taken_back():
    assert {mail.name: found for mail in MAILS.iterdir() if (found := told_back(mail.read_text()))} == {}


def test_no_shipped_file_of_the_guide_says_what_was_taken_back():
    files = [*CONTENT.rglob("*.toml")]
    shipped = {file.name: file.read_text().replace('"less-common"', "") for file in files}
    assert {name: found for name, text in shipped.items() if (found := told_back(text))} == {}


# ---- one number of one thing --------------------------------------------------------------------


def test_the_visit_is_as_long_as_its_parts(words):
    facts = {fact.key: fact for fact in KeyFact.objects.filter(version__unit__slug="microneedling")}
    parts = Step.objects.filter(version__in=Version.objects.all()).exclude(key__in=["numbing", "needling"])
    rest = sum(step.minutes for step in parts)
    numbing, needling, visit = (facts[f"{name}-minutes"] for name in ("numbing", "needling", "visit"))
    assert (visit.low, visit.high) == (numbing.low + needling.low + rest, numbing.high + needling.high + rest)
    assert f"{visit.low:.0f} to {visit.high:.0f} minutes" in words[f"{GUIDE}questions/"]


def test_pain_has_one_range(answers):
    fact = KeyFact.objects.get(version__unit__slug="microneedling", key="pain-score")
    assert (fact.low, float(fact.high)) == (1, 5.5)
    for page in ("numbing", "procedure", "questions"):
        assert "from about 1 to about 5 and a half" in answers[f"{GUIDE}{page}/"], page


def test_counts_of_dark_marks_are_quoted_together(answers):
    alone = [
        address
        for address, text in answers.items()
        if len({bool(re.search(count, text)) for count in (r"7 of 32", r"none (?:of|in) 60", r"none (?:of|in) 25")}) > 1
    ]
    assert alone == []


def test_redness_is_drawn_greatest_at_first(answers):
    curve = re.search(r'healing__soon" d="M0 100V(\d+)C[\d ]+? (\d+) ', answers[f"{GUIDE}recovery/"])
    assert curve and int(curve[1]) == 0


def test_the_drawn_dermis_is_said_to_be_a_thick_one(answers):
    for address in ("/", GUIDE):
        assert "The collagen layer drawn here is a thick one" in re.sub(r"\s+", " ", answers[address])


# ---- safety -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [FORM, *AFTERWARD])
def test_the_reasons_to_call_911_are_the_same(words, address):
    assert [sign for sign in EMERGENCY if sign not in words[address]] == []


@pytest.mark.parametrize("address", IN_FULL)
def test_the_reasons_for_care_the_same_day_and_for_a_call_are_the_same(words, address):
    text = words[address].replace("if redness or swelling grows", "redness or swelling that grows")
    assert [sign for sign in [*SAME_DAY, *CALL] if sign not in text] == []


@pytest.mark.parametrize("address", BENEFITS)
def test_a_use_leads_to_every_reason_to_call(answers, address):
    assert f'href="{GUIDE}recovery/#h-care"' in answers[address]


@pytest.mark.parametrize("address", [FORM, *AFTERWARD])
def test_both_numbers_of_the_clinic_stand_beside_them(answers, address):
    clinic = Clinic.objects.get()
    for number in (clinic.phone_day, clinic.phone_after_hours):
        assert number.as_national in answers[address]


@pytest.mark.parametrize("address", SPOT_PAGES)
def test_a_suspicious_spot_does_not_wait_for_a_cosmetic_visit(words, address):
    assert SPOT in words[address]


def test_retinoids_and_acids_are_off_from_the_first_day():
    first = RecoveryDay.objects.get(key="day-0").may_do
    assert "No retinoids, acids, vitamin C, scrubs or brushes until we say so" in first


# ---- sources ------------------------------------------------------------------------------------


def shipped_sources():
    return tomllib.loads((CONTENT / "sources.toml").read_text())["source"]


def cited_keys():
    return {key for file in (CONTENT / "en").rglob("*.toml") for key in re.findall(r"\bS\d{1,3}\b", file.read_text())}


def is_a_bare_home_page(url):
    parts = urlsplit(url)
    return bool(url) and parts.path in ("", "/") and not parts.query


def test_every_key_that_is_cited_is_shipped():
    assert cited_keys() - {source["key"] for source in shipped_sources()} == set()


def test_no_source_opens_a_bare_home_page():
    assert [source["key"] for source in shipped_sources() if is_a_bare_home_page(source["url"])] == []


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://plasticsurgerykey.com/", True),
        ("https://plasticsurgerykey.com", True),
        ("https://doi.org/10.1093/asj/sjv079", False),
        ("https://api.fda.gov/?search=QAI", False),
        ("", False),
    ],
)
def test_a_bare_home_page_is_known(url, bare):
    assert is_a_bare_home_page(url) == bare
