"""The page For you: every answer, what it shows, and that nothing of it is kept."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clinic_site.addresses import BENEFITS, FOR_YOU
from tests.factories import make_copy, make_treatment
from tests.reading import Reader, text_of
from tests.treatments.guide.for_you import LATER, OVER, choices_for, every_combination, sent, some_combinations
from tests.treatments.guide.test_facts_on_pages import GIVEN, keys_cited, numbers_in
from treatments.copy_check.reading import grade
from treatments.guide.answers import Matter, Skin
from treatments.guide.skin import TONES
from treatments.models import Choice, ClinicField, Count, KeyFact, Unit
from treatments.prose import plain
from treatments.templatetags.figures import count_bars, wilson

pytestmark = pytest.mark.django_db

ALL = {"benefit": "scars", "skin": "brown", "prp": "unsure", "matters": ["result", "marks"], "date": LATER}
FIELDS = {"treatment", "benefit", "skin", "matters", "carried"}
# Of no fact of medicine: days drawn, people of 100, months between reviews, the emergency number.
BESIDE = {0.0, 2.0, 5.0, 100.0, 12.0, 911.0}
INTERVALS = {0.0, 6.0, 13.0, 11.0, 39.0}  # F202
TICKS = {10.0, 20.0, 30.0, 40.0, 50.0}


def facts_of(keys):
    return {float(number) for fact in GIVEN["fact"] if keys.intersection(fact["sources"]) for number in fact["numbers"]}


def numbers_of_records():
    counts = {float(number) for count in Count.objects.all() for number in (count.affected, count.out_of)}
    counts |= {number for count in Count.objects.all() for number in numbers_in(plain(count.label))}
    facts = KeyFact.objects.filter(key__in=["settle-days", "judge-months", "pain-score"])
    return counts | {float(number) for fact in facts for number in (fact.low, fact.high) if number is not None}


def unknown_numbers(reader, records):
    """Each number that neither a fact of the block's sources nor a record gives; days that a reader named aside."""
    known = BESIDE | INTERVALS | TICKS | records
    unknown = []
    for block in reader.blocks:
        words = re.sub(r"\b[A-Z][a-z]+\.? \d{1,2}(, \d{4})?", "", block.words)
        given = known | facts_of(keys_cited(reader, block))
        unknown += [(number, block.words) for number in numbers_in(words) if number not in given]
    return unknown


def hidden_inputs(html):
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html)


def check_every(client, answers):
    """Renders a page for each of these answers; each shows its rows, its answers, and no number from nowhere."""
    records = numbers_of_records()
    for given in answers:
        response = choices_for(client, given)
        page = Reader(response.text)
        assert response.status_code == 200, given
        assert unknown_numbers(page, records) == [], given
        carried = {(name, value) for name, value in hidden_inputs(response.text) if name in FIELDS}
        wanted = {("carried", "1"), ("treatment", "microneedling")}
        wanted |= {(name, given[name]) for name in ("benefit", "skin") if name in given}
        wanted |= {("matters", matter) for matter in given.get("matters", [])}
        assert carried == wanted, given


def test_each_kind_of_answer_gives_a_page_without_a_number_from_nowhere(client):
    check_every(client, some_combinations())


@pytest.mark.prove
def test_every_combination_gives_a_page_without_a_number_from_nowhere(client):
    check_every(client, every_combination())


def test_a_number_from_nowhere_is_found(client):
    Choice.objects.filter(key="needling").update(speaks_for="It helped 83 of 84 people [S139].")
    page = Reader(choices_for(client, ALL).text)
    assert [number for number, _words in unknown_numbers(page, numbers_of_records())] == [83.0, 84.0]


# ---- what it shows ------------------------------------------------------------------------------


def columns(response):
    return [column.choice.key for column in response.context["page"].columns]


@pytest.mark.parametrize("benefit", ["", *BENEFITS])
def test_doing_nothing_stands_first_among_the_choices(client, benefit):
    assert columns(choices_for(client, {"benefit": benefit})) == ["leave-it", "creams", "needling", "with-prp"]


def test_who_does_not_want_prp_is_shown_none(client):
    page = choices_for(client, ALL | {"prp": "without"})
    assert columns(page) == ["leave-it", "creams", "needling"]


@pytest.mark.parametrize("prp", ["with", "unsure", ""])
def test_who_may_want_prp_is_shown_needles_without_it_too(client, prp):
    assert columns(choices_for(client, ALL | {"prp": prp}))[2:] == ["needling", "with-prp"]


def test_each_choice_has_the_same_rows(client):
    page = choices_for(client, ALL).text
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)[1:]
    spans = [sum(int(span or 1) for span in re.findall(r"<td[^>]*?(?:colspan=\"(\d)\")?>", row)) for row in rows]
    assert spans == [4] * 5


def test_a_choice_shows_how_far_its_claim_can_be_trusted(client):
    page = text_of(Reader(choices_for(client, ALL).text).blocks)
    assert "Microneedling Fair evidence · FDA-authorized use" in page
    assert "Microneedling with PRP Limited evidence · Off-label use" in page


@pytest.mark.parametrize("matter", Matter.values)
def test_what_matters_is_marked_on_its_row_and_told_in_words(client, matter):
    page = choices_for(client, ALL | {"matters": [matter]})
    assert page.text.count("options__yours") == 1
    assert len(Reader(page.text).blocks) > len(Reader(choices_for(client, ALL | {"matters": []}).text).blocks)


def test_what_matters_changes_no_order(client):
    assert columns(choices_for(client, ALL | {"matters": ["cost", "days"]})) == columns(choices_for(client, ALL))


@pytest.mark.parametrize("tone", TONES, ids=lambda tone: tone.skin.value)
def test_the_days_after_are_drawn_on_the_skin_that_was_chosen_alone(client, tone):
    page = choices_for(client, ALL | {"skin": tone.skin.value}).text
    assert page.count(f'class="look tone--{tone.skin}"') == 3 == page.count('class="look tone--')
    assert all(str(look.shows) in page for look in tone.days)


def test_who_chose_no_skin_sees_each_of_them(client):
    page = choices_for(client, ALL | {"skin": ""}).text
    assert [page.count(f'class="look tone--{skin}"') for skin in Skin.values] == [1, 1, 1, 1]


def test_a_date_is_counted_back_by_the_days_of_recovery(client):
    page = choices_for(client, ALL).text
    assert "Needles by Feb. 22 leave 7 days to settle" in page or "Needles by Feb 22 leave 7 days to settle" in page


def test_a_date_that_leaves_no_time_is_called_too_soon(client):
    soon = KeyFact.objects.get(key="settle-days")
    KeyFact.objects.filter(pk=soon.pk).update(high=9000)
    assert "That is too soon for needles" in choices_for(client, ALL | {"date": "2042-01-01"}).text


@pytest.mark.parametrize("date", [OVER, "soon", "2026-02-30", "9999-01-01", "1" * 500])
def test_a_date_that_is_none_is_told_to_be_left_out(client, date):
    page = choices_for(client, ALL | {"date": date}).text
    assert "left out, since that day is over or is none" in page and "1" * 100 not in page


@pytest.mark.parametrize("benefit", ["sun-damage", ""])
def test_an_odd_spot_comes_first(client, benefit):
    page = choices_for(client, ALL | {"benefit": benefit}).text
    assert page.index("One thing comes first") < page.index('<table class="options"')


def test_a_price_that_the_clinic_entered_stands_in_its_row(client):
    ClinicField.objects.filter(key="price-range").update(value="$250 to $400 a session")
    page = choices_for(client, ALL | {"matters": ["cost"]}).text
    assert page.count("$250 to $400 a session") == 2 and "What does one session cost" not in page


def test_without_a_price_it_says_what_to_ask(client):
    assert (
        "What does one session cost, and what does the whole series cost?"
        in choices_for(client, ALL | {"matters": ["cost"]}).text
    )


def test_it_says_who_wrote_it_who_pays_and_that_nobody_signed_it(client):
    page = choices_for(client, ALL).text
    for said in ("About this page", "No clinician has signed all of them yet", "paid for by the clinic", "offers"):
        assert said in page


def test_it_is_signed_once_each_of_its_units_is(client):
    for unit in Unit.objects.filter(slug__in=["scars", "risks", "prp", "microneedling"]):
        version = unit.newest_version()
        type(version).objects.filter(pk=version.pk).update(signed_at=version.written_at)
    assert "A clinician of the clinic signed them." in choices_for(client, ALL).text


def test_it_reads_as_easily_as_the_guide(client):
    page = Reader(choices_for(client, ALL).text)
    assert grade([block.words for block in page.blocks if block.is_prose]) <= 8


# ---- nothing is kept ----------------------------------------------------------------------------


def test_nothing_is_kept(client):
    with CaptureQueriesContext(connection) as queries:
        response = choices_for(client, ALL)
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert dict(response.cookies) == {} and "no-store" in response["Cache-Control"]
    assert not any("brown" in query["sql"] or LATER in query["sql"] for query in queries)


def test_no_answer_is_in_a_log(client, caplog):
    with caplog.at_level("DEBUG"):
        choices_for(client, ALL)
    assert "brown" not in caplog.text and LATER not in caplog.text and "marks" not in caplog.text


def test_no_answer_is_in_the_title_or_in_an_address(client):
    page = choices_for(client, ALL).text
    head, addresses = page.partition("</head>")[0], " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', page))
    for answer in ("scars", "Scars", "brown", "marks", LATER):
        assert answer not in head.partition("<body")[0].replace("site.css", "")
        assert answer not in addresses


def test_it_is_not_for_search_engines(client):
    assert '<meta name="robots" content="noindex">' in choices_for(client, ALL).text


def test_the_pages_kept_in_memory_are_the_questions_alone(client):
    questions = client.get(FOR_YOU)
    assert questions.is_published and not hasattr(choices_for(client, ALL), "is_published")


def test_another_sites_page_cannot_send_answers(client):
    assert choices_for(client, ALL).status_code == 200
    refused = client.post(FOR_YOU, ALL, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"benefit": "freckles"},
        {"benefit": "<script>alert(1)</script>"},
        {"skin": "green"},
        {"prp": "perhaps", "matters": ["fame", "x" * 5000]},
        {"skin": "\x00", "benefit": "\x00", "date": "\x00"},
    ],
)
def test_what_was_not_asked_counts_as_left_out(client, given):
    page = choices_for(client, given)
    assert page.status_code == 200 and page.context["page"].heading == "Your choices"
    assert dict(hidden_inputs(page.text)) == {"carried": "1", "treatment": "microneedling"}
    assert "<script>alert" not in page.text


# ---- the questions ------------------------------------------------------------------------------


def test_every_question_can_be_left_out(client):
    page = client.get(FOR_YOU).text
    assert "required" not in page and "checked" not in page
    assert page.count('name="skin"') == 5 and page.count('name="benefit"') == 4


def test_a_treatment_without_choices_has_no_such_page(client):
    make_treatment("peeling")
    address = "/treatments/peeling/for-you/"
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]


def test_the_first_page_the_search_and_the_sitemap_lead_to_it_where_there_is_one(client):
    ways = ["/", "/search/?q=compare+my+options", "/search/?q=help+me+decide", "/sitemap.xml"]
    assert [FOR_YOU in client.get(way).text for way in ways] == [True] * 4
    Choice.objects.all().delete()
    assert [FOR_YOU in client.get(way).text for way in ways] == [False] * 4


def test_what_staff_publish_is_what_the_page_says(client):
    twin = make_copy(Unit.objects.get(slug="scars").newest_version())
    twin.choices.filter(key="leave-it").update(speaks_for="Quite other words.")
    twin.go_live()
    assert "Quite other words." in choices_for(client, sent("scars", "", "", "")).text


# ---- counts of people on one scale --------------------------------------------------------------


@pytest.mark.parametrize(
    ("affected", "out_of", "low", "high"), [(7, 32, 11, 39), (0, 60, 0, 6), (0, 25, 0, 13), (5, 5, 57, 100)]
)
def test_what_the_true_share_could_be(affected, out_of, low, high):
    assert tuple(round(100 * share) for share in wilson(affected, out_of)) == (low, high)


def test_a_scale_ends_beyond_what_is_drawn():
    ends = [count_bars([Count(affected=affected, out_of=9)], 540)["ticks"][-1][0] for affected in (0, 2, 5, 9)]
    assert ends == [50, 60, 90, 100]


def test_a_count_that_is_changed_changes_the_drawing(client):
    before = choices_for(client, ALL).text
    Count.objects.filter(key="stretch-marks-32").update(affected=8)
    assert "8 of 32" in choices_for(client, ALL).text and "8 of 32" not in before
