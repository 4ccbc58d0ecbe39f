"""Two fields or pages of a treatment that say different numbers of one thing are named; what agrees is left alone."""

from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories import copy_of, make_staff
from tests.treatments.guide.test_many_treatments import make_guide
from treatments.models import Benefit, ClinicField, KeyFact, Passage, Section, Step, Treatment, TreatmentFacts, Version
from treatments.publishing.content_report import numbers_that_differ
from treatments.words import disagreeing
from treatments.words.disagreeing import disagreements, other_numbers, said_elsewhere, said_live, said_of
from treatments.words.measures import DAYS, DOLLARS, MINUTES, SESSIONS, spans_of
from treatments.words.wording import Wording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_kept")]  # rows are changed in place

# The shipped guide says: the visit 75 to 115 minutes, numbing 30 to 60, needling 20 to 30, 3 to 6 sessions two weeks to
# a month apart, redness and swelling 7 days at most. For these sentences the clinic has said $350 to $500 a session.
DIFFER = [
    ("visit-minutes", "The whole visit takes about half an hour."),
    ("visit-minutes", "A visit lasts three hours."),
    ("visit-minutes", "Plan on 40 minutes for your visit."),
    ("visit-minutes", "Your appointment will take two and a half to three hours."),
    ("visit-minutes", "Set aside 4 hours for the visit."),
    ("numbing-minutes", "The numbing cream needs 10 minutes."),
    ("numbing-minutes", "The cream stays on for two hours."),
    ("numbing-minutes", "Numbing takes about ninety minutes."),
    ("numbing-minutes", "We wait 2 to 3 hours for the numbing cream."),
    ("needling-minutes", "Needling takes an hour."),
    ("needling-minutes", "The needling itself takes 5 to 10 minutes."),
    ("sessions", "You need only two sessions."),
    ("sessions", "We usually plan 8 to 10 sessions."),
    ("sessions", "Most of us recommend a series of twelve treatments."),
    ("sessions", "Expect ten sessions."),
    ("gap-days", "Sessions are 8 weeks apart."),
    ("gap-days", "We see you every three months."),
    ("gap-days", "The visits stand five days apart."),
    ("settle-days", "Redness is gone in 2 days."),
    ("settle-days", "Swelling lasts two weeks."),
    ("settle-days", "Recovery takes ten days."),
    ("settle-days", "The redness fades within 24 days."),
    ("settle-days", "Expect downtime of three weeks, for redness and flakes."),
    ("price-range", "One session costs $200."),
    ("price-range", "You pay 900 dollars for a session."),
    ("price-range", "Each treatment is $600 to $700."),
    ("price-prp", "PRP adds $75."),
    ("visit-minutes", "Most visits are over in 25 minutes."),
    ("visit-minutes", "You will be with us for about four hours on the day of your visit."),
    ("visit-minutes", "Altogether, an appointment runs to three and a half hours."),
    ("numbing-minutes", "Allow 20 minutes for the numbing cream to work."),
    ("numbing-minutes", "After two hours under the cream, your skin is numb."),
    ("numbing-minutes", "We leave the numbing cream on for 15 minutes."),
    ("needling-minutes", "The needling part lasts 45 minutes."),
    ("needling-minutes", "Needling is done in five minutes."),
    ("sessions", "You will usually have two sessions."),
    ("sessions", "A full series is nine sessions."),
    ("sessions", "Plan for ten to twelve visits in all."),
    ("gap-days", "We leave three months between sessions."),
    ("gap-days", "Come back every 10 weeks for the next session."),
    ("gap-days", "Your sessions will be a week apart."),
    ("settle-days", "The redness is usually gone the next day, within 24 hours."),
    ("settle-days", "Flaking lasts for three weeks."),
    ("settle-days", "Your skin looks normal again in 2 days."),
    ("settle-days", "Swelling may last up to a month."),
    ("settle-days", "You need 14 days of downtime."),
    ("price-range", "A session costs $275."),
    ("price-range", "The price of one treatment is 650 dollars."),
    ("price-range", "Each visit costs between $700 and $900."),
    ("price-prp", "Adding PRP costs $400."),
    ("price-prp", "With PRP, you pay $90 more."),
]
AGREE = [
    "The whole visit takes about an hour and a half.",
    "Plan on two hours for your visit.",
    "A visit lasts 80 to 110 minutes.",
    "Stay out of the sun for 24 hours before your visit.",
    "Do not drive for two hours after your visit.",
    "Your first visit is a talk of 15 minutes.",
    "A consultation takes about 20 minutes, and nothing is done to your skin at that visit.",
    "Call us within one hour if the numbing cream burns.",
    "The numbing cream usually takes 45 minutes to an hour.",
    "Numbness lasts another 1 to 2 hours.",
    "In one study the cream stayed on for two hours [S36].",
    "The label of one cream asks for at least two hours.",
    "Needling takes 20 to 30 minutes.",
    "Three to six sessions are usual.",
    "Most people need four sessions.",
    "After two sessions you may see a first change.",
    "A study of scars used ten sessions.",
    "Expect a series rather than one visit.",
    "We plan your sessions with you, a month apart.",
    "Sessions are two to four weeks apart.",
    "Put sunscreen on again every 2 hours.",
    "The page is reviewed every 12 months.",
    "Redness settles in a few days, or within about a week.",
    "Most of the swelling passes within 7 days.",
    "If you are still red after two weeks, call us.",
    "Redness that lasts more than three days is a reason to call.",
    "Stay out of the sun for at least 3 days while your skin is red.",
    "Leave two weeks before a wedding, since some people stay red.",
    "Keep makeup off for the first two days while skin is red.",
    "One session costs $350 to $500.",
    "A session costs about $400.",
    "The consultation is $50 and is taken off the price.",
    "A package of four sessions is $1,400 in all.",
    "A deposit of $100 holds your session.",
    "PRP adds $150 to $250.",
    "Of 60 people in one trial, 40 improved within 3 months.",
    "Collagen rose six months after four sessions [S14].",
    "Take isotretinoin no less than 6 months before a session.",
    "The skin turns over about every 28 days.",
    "We answer within one working day.",
    "Please come 15 minutes before your visit.",
    "The talk at the start of your visit takes 10 minutes.",
    "Your visit may take up to two hours.",
    "Bring something to read for the 45 minutes of waiting.",
    "The cream works for about an hour.",
    "The numbness wears off in 2 to 3 hours.",
    "Ask for more cream after 30 minutes if you still feel pain.",
    "We clean your skin for about 5 minutes.",
    "Wait at least six months after isotretinoin.",
    "A course is three or four sessions.",
    "Five sessions may be planned for deep scars.",
    "People in that study had two sessions, three months apart [S15].",
    "Sessions follow each other about every four weeks.",
    "You may return to work the next day, and redness can last a week.",
    "Avoid saunas for 72 hours.",
    "Some red spots can stay for up to a week.",
    "A cold sore may show up within two weeks; call us.",
    "Dark marks can last for months.",
    "Wash your face gently for the first two days while it is red.",
    "Do not plan a party for two weeks.",
    "A visit to check the result comes three months later and is free.",
    "You pay $400 for each session.",
    "The price runs from $350 to $500 a session.",
    "Canceling less than a day before costs $75.",
    "PRP adds about $200 to each session.",
    "The numbing cream is included in the $450 of one session.",
    "Results show after 3 months.",
    "We call you back within two hours.",
    "Our page was last checked 30 days ago.",
    "Over 20 minutes, the needles pass over each area three times.",
    "In the first hour after the visit, your face feels hot.",
    "New collagen forms over six months.",
]


@pytest.fixture
def prices():
    facts = Version.objects.get(unit__kind="treatment")
    facts.clinicfields.filter(key="price-range").update(value="$350 to $500 a session")
    facts.clinicfields.filter(key="price-prp").update(value="$150 to $250 more")


def named_in(sentence, wording, beside):
    (passage,) = [row for row in wording.rows_of(Passage) if row.key == "limits"]
    passage.body = sentence
    return list(other_numbers(wording, beside))


def things_in(sentence, wording, beside):
    """The things of which that sentence gives another number."""
    named = {each.words for each in named_in(sentence, wording, beside)}
    return {each.thing.key for each in said_of([wording], [one.thing for one in beside]) if each.span.words in named}


def test_what_another_page_or_field_gives_another_number_of_is_named(prices):
    version = Benefit.objects.get(slug="scars").newest_version()
    wording, beside = Wording.of(version), said_elsewhere(version.unit)
    missed = [sentence for thing, sentence in DIFFER if thing not in things_in(sentence, wording, beside)]
    assert missed == []


def test_what_agrees_or_is_of_another_thing_is_left_alone(prices):
    version = Benefit.objects.get(slug="scars").newest_version()
    wording, beside = Wording.of(version), said_elsewhere(version.unit)
    alarmed = [(sentence, each.mend) for sentence in AGREE for each in named_in(sentence, wording, beside)]
    assert alarmed == []


def test_the_shipped_guide_does_not_contradict_itself():
    said = said_live(Treatment.objects.get(), timezone.now())
    things = {each.thing.key for each in said}
    assert {"visit-minutes", "numbing-minutes", "sessions", "gap-days", "settle-days"} <= things and len(said) > 20
    assert disagreements(said) == []


def test_both_numbers_and_the_other_place_are_named():
    version = Benefit.objects.get(slug="scars").newest_version()
    (remark,) = named_in("A visit takes about half an hour.", Wording.of(version), said_elsewhere(version.unit))
    assert remark.mend == (
        "Another place says “75 to 115 minutes” of how long a visit takes: Microneedling: for the whole visit, all its "
        "parts added up. Which is right?"
    )
    assert (remark.words, remark.stops) == ("half an hour", False)


def test_a_step_and_the_visit_that_grows_by_it_are_named_beside_pages_that_say_less(as_staff):
    procedure = Section.objects.get(slug="procedure")
    draft = copy_of(procedure.newest_version())
    draft.steps.filter(key="numbing").update(minutes=120)
    page = as_staff("marketing").get(procedure.get_staff_url()).text
    assert "“30 to 60 minutes” of how long the numbing cream takes: Microneedling" in page
    assert "“170 minutes”" in page


def test_two_fields_that_differ_are_named_where_one_of_them_is_drafted(as_staff):
    facts = TreatmentFacts.objects.get()
    draft = copy_of(facts.newest_version())
    ClinicField.objects.filter(version=draft, key="numbing-minutes").update(value="90")
    page = as_staff("marketing").get(facts.get_staff_url()).text
    assert "“30 to 60 minutes” of how long the numbing cream takes: Microneedling" in page


def test_two_pages_that_differ_are_named_without_any_field_of_it(as_staff):
    KeyFact.objects.filter(key="sessions").delete()
    scars = Benefit.objects.get(slug="scars").newest_version()
    scars.passages.filter(key="limits").update(body="You need nine sessions.")
    lines = Benefit.objects.get(slug="fine-lines-and-wrinkles")
    draft = copy_of(lines.newest_version())
    draft.passages.filter(key="limits").update(body="You need two sessions.")
    assert "“nine sessions” of how many sessions: Scars" in as_staff("marketing").get(lines.get_staff_url()).text


def test_two_texts_of_one_page_that_differ_are_named():
    version = Benefit.objects.get(slug="scars").newest_version()
    wording = Wording.of(version)
    wording.version.lead, wording.version.summary = "You need four sessions.", "You need nine sessions."
    (remark,) = other_numbers(wording, said_elsewhere(version.unit))
    assert "says “four sessions” of how many sessions" in remark.mend


def test_what_another_treatment_says_is_its_own_matter():
    peel = make_guide("peel", "Rough skin")
    benefit = Benefit.objects.get(treatment=peel)
    wording = Wording.of(benefit.newest_version())
    assert named_in("A visit takes ten minutes.", wording, said_elsewhere(benefit)) == []


def test_a_part_of_the_visit_that_only_another_treatment_has_is_known_by_its_step():
    peel = make_guide("peel", "Rough skin")
    procedure = Section.objects.get(treatment=peel, slug="procedure").newest_version()
    Step.objects.create(
        version=procedure, key="acid", heading="Acid on the skin", minutes=5, pace="care", body="It goes on."
    )
    benefit = Benefit.objects.get(treatment=peel)
    wording = Wording.of(benefit.newest_version())
    assert named_in("The acid stays on for half an hour.", wording, said_elsewhere(benefit))
    assert not named_in("The acid stays on for 5 minutes.", wording, said_elsewhere(benefit))


def test_the_content_report_names_what_differs_on_live_pages_and_nothing_else(as_staff):
    marketing = as_staff("marketing")
    assert numbers_that_differ() == [] and "Two numbers of one thing" not in marketing.get("/admin/").text
    Step.objects.filter(key="numbing").update(minutes=120)
    disagreeing.kept.clear()  # words that are stored are changed in place by tests alone
    groups = {thing.key: [each.span.words for each in said] for thing, said in numbers_that_differ()}
    assert groups["numbing-minutes"] == ["30 to 60 minutes", "120 minutes", "30 to 60 minutes"]
    page = marketing.get("/admin/").text
    assert "Two numbers of one thing" in page and "120 minutes" in page


def test_a_draft_shows_in_no_report_before_patients_read_it():
    draft = copy_of(Section.objects.get(slug="procedure").newest_version(), make_staff("marketing"))
    draft.steps.filter(key="numbing").update(minutes=120)
    assert numbers_that_differ() == []


@pytest.mark.parametrize(
    ("text", "units", "spans"),
    [
        ("an hour and a half", MINUTES, [(90, 90)]),
        ("one and a quarter to two hours", MINUTES, [(75, 120)]),
        ("between 30 and 60 minutes", MINUTES, [(30, 60)]),
        ("half an hour to an hour", MINUTES, [(30, 60)]),
        ("a 90-minute step", MINUTES, [(90, 90)]),
        ("two weeks to a month", DAYS, [(14, 30)]),
        ("within 7 days, or in a week", DAYS, [(7, 7), (7, 7)]),
        ("3–6 sessions", SESSIONS, [(3, 6)]),
        ("$1,200 to $1,500", DOLLARS, [(1200, 1500)]),
        ("90 dollars", DOLLARS, [(90, 90)]),
        ("$90.50", DOLLARS, [(90.5, 90.5)]),
        ("a few days", DAYS, []),
        ("v1.5 minutes of S36", MINUTES, []),
    ],
)
def test_amounts_are_read_in_words_and_numbers(text, units, spans):
    assert [(span.low, span.high) for span in spans_of(text, units)] == spans


def test_a_figure_without_a_unit_of_time_says_nothing():
    KeyFact.objects.filter(key="visit-minutes").update(unit="")
    KeyFact.objects.filter(key="settle-days").update(unit="of the worst", high=Decimal(9))
    things = {
        each.thing.key for each in said_live(Treatment.objects.get(), timezone.now()) if each.field.name == "high"
    }
    assert things & {"visit-minutes", "settle-days"} == set()
