"""What a search finds, in which order, and how it reads what was typed."""

import pytest

from tests.clinic_site.addresses import GUIDE
from tests.factories import make_benefit, make_treatment, make_version
from treatments.guide.pages import Guide
from treatments.guide.search.finding import find
from treatments.models import Passage, Synonym, Treatment

pytestmark = pytest.mark.django_db

SOFTER = "benefits/softer/"


def the_guide():
    return Guide(Treatment.objects.get(slug="microneedling"))


def results_of(query, **how):
    return find(query, [the_guide()], **how)


def found(query, **how):
    """The addresses of a search in the live guide, best first, as far as they tell passages apart."""
    return [each.passage.url.removeprefix(GUIDE) for each in results_of(query, **how)]


def show(slug="softer", body=None, **fields):
    """A live benefit with these words, at that address; `body` is the text of its passage about limits."""
    version = make_benefit(slug=slug, **fields).newest_version()
    version.go_live()
    if body:
        version.passages.filter(key="limits").update(body=body)
    return version


def say(typed, means="", answered_at=""):
    return Synonym.objects.create(slug="own", typed=typed, means=means, answered_at=answered_at)


@pytest.mark.parametrize("field", ["title", "heading", "lead", "summary", "synonyms"])
def test_every_text_of_a_page_is_searched(field):
    show(**{field: "Of zebras"})
    assert SOFTER in found("zebra")


def test_a_passage_is_found_at_its_own_place_in_the_page():
    show(body="Zebras have stripes.")
    assert found("zebras") == [f"{SOFTER}#limits"]


@pytest.mark.parametrize("form", ["zebra", "ZEBRAS", "zébra", "zebra's", "  zebra!  "])
def test_a_word_is_found_in_all_its_forms(form):
    show(body="Zebras have stripes.")
    assert found(form) == [f"{SOFTER}#limits"]


def test_passages_with_all_words_come_before_those_with_most():
    show("calmer", body="Zebras, zebras and okapis, okapis.")
    show("softer", body="A giraffe met one zebra, and an okapi, far from home, where it had rained for days on end.")
    assert found("giraffe zebra okapi") == [f"{SOFTER}#limits", "benefits/calmer/#limits"]


def test_where_no_passage_has_all_words_those_with_most_are_shown_and_that_is_said(client):
    show("calmer", body="Zebras and okapis.")
    results = results_of("giraffe zebra okapi")
    assert (len(results), results.has_all) == (1, False)
    assert "No passage has all of your words" in client.get("/search/?q=giraffe+zebra+okapi").text


def test_a_passage_with_less_than_half_of_what_was_asked_is_not_found():
    show(body="Zebras have stripes.")
    assert found("zebra quagga okapi") == []


def test_a_heading_weighs_more_than_a_text():
    show("by-text", body="Zebras.")
    show("by-heading").passages.filter(key="limits").update(heading="Zebras")
    assert found("zebra") == ["benefits/by-heading/#limits", "benefits/by-text/#limits"]


def test_a_passage_in_sight_comes_before_the_same_one_in_a_fold():
    show("folded", body="Zebras have stripes.").passages.filter(key="limits").update(layer="studies")
    show("open", body="Zebras have stripes.")
    assert found("zebra stripes") == ["benefits/open/#limits", "benefits/folded/#limits"]


def test_at_most_eight_passages_are_shown_and_three_of_one_page():
    version = show("crowded")
    for number in range(5):
        Passage.objects.create(version=version, key=f"zebra-{number}", heading="Zebras", body="Stripes.")
    assert len(found("zebra")) == 3
    for number in range(6):
        version = show(f"page-{number}", heading="Zebras")
        Passage.objects.create(version=version, key="zebra", heading="Zebras", body="Stripes.")
    assert len(found("zebra")) == 8


def test_little_words_of_a_question_do_not_narrow_it():
    show(body="Zebras have stripes.")
    assert found("what is it like when you have a zebra on your face?") == found("zebra")


def test_a_query_of_little_words_alone_is_searched_as_it_is():
    assert found("other people") != []


def test_a_word_that_is_typed_twice_counts_once():
    assert found("scar scar scar") == found("scar")


@pytest.mark.parametrize("query", ["", " ", "?!", "a the of"])
def test_a_query_without_words_finds_nothing(query):
    assert found(query) == []


def test_what_people_type_finds_what_the_guide_says():
    show(body="Zebras have stripes.")
    assert found("galloping okapi") == []
    say("galloping okapi, leaping okapi", means="zebra")
    assert found("leaping okapi") == found("galloping okapi") == [f"{SOFTER}#limits"]


def test_a_name_that_the_guide_does_not_have_is_said_in_its_words(client):
    show(body="Zebras have stripes.")
    say("equus quagga", means="zebra, striped horse")
    assert results_of("equus quagga").read_as == {"equus quagga": "zebra"}
    assert "We read “equus quagga” as “zebra.”" in client.get("/search/?q=equus+quagga").text


def test_the_words_of_a_phrase_may_stand_apart_and_in_another_order_but_not_those_of_a_question():
    show(body="Zebras have stripes.")
    say("galloping horse, how many when", means="zebra")
    assert found("a horse, so galloping") == [f"{SOFTER}#limits"]
    assert f"{SOFTER}#limits" in found("how many when")
    assert f"{SOFTER}#limits" not in found("when how many")


def test_a_little_word_means_something_only_where_nothing_else_is_asked():
    show("calmer", body="Zebras.")
    show("softer", body="Okapis.")
    answered("okapi", "softer")
    answered("ahead", "calmer")
    calmer, softer = "benefits/calmer/#limits", f"{SOFTER}#limits"
    assert found("ahead")[0] == found("microneedling ahead, please")[0] == calmer
    assert found("an okapi ahead") == [softer]


def test_a_question_of_little_words_says_less_than_what_it_is_asked_of():
    show("calmer", body="Zebras.")
    show("softer", body="Giraffes.")
    answered("okapi", "softer")
    answered("how soon", "calmer")
    assert found("how soon an okapi") == [f"{SOFTER}#limits", "benefits/calmer/#limits"]


def test_beside_a_question_of_little_words_none_of_them_alone_means_anything():
    show("calmer", body="Zebras.")
    show("softer", body="Okapis.")
    answered("ahead", "calmer")
    answered("well before", "softer")
    assert found("ahead, well before") == [f"{SOFTER}#limits"]


def test_what_a_record_says_has_no_answer_finds_nothing_whatever_else_is_asked():
    show(body="Zebras, galloping.")
    say("galloping")
    assert (found("galloping"), found("why are zebras galloping"), found("zebras")) == ([], [], [f"{SOFTER}#limits"])


def test_a_warning_is_never_hidden_by_a_word_without_an_answer():
    say("galloping")
    assert found("passed out while galloping")[0] == "recovery/#care-emergency"
    assert found("galloping on Eliquis")[0] == "suitability/#caution-blood-thinners"


def test_a_longer_phrase_with_an_answer_is_meant_before_one_that_has_none():
    show(body="Zebras have stripes.")
    say("galloping")
    answered("galloping zebra", "softer")
    assert found("a galloping zebra") == [f"{SOFTER}#limits"]


def test_a_question_of_little_words_without_an_answer_hides_nothing_else():
    show(body="Zebras have stripes.")
    say("before and after")
    assert (found("before and after"), found("before or after the zebra")) == ([], [f"{SOFTER}#limits"])


def test_an_exact_search_knows_of_no_record_that_says_there_is_no_answer():
    show(body="Zebras, galloping.")
    say("galloping")
    assert (found("galloping"), found("galloping", exact=True)) == ([], [f"{SOFTER}#limits"])


def test_a_range_of_numbers_stands_for_each_of_them():
    show(body="Okapis.")
    say("22-99 quaggas", answered_at=f"{GUIDE}{SOFTER}#limits")
    assert [found(f"{number} quaggas") for number in (21, 22, 60, 99, 100)] == [
        [],
        *[[f"{SOFTER}#limits"]] * 3,
        [],
    ]


def test_an_age_alone_is_read_as_one_and_beside_other_words_as_a_number():
    show(body="Of 94 zebras.")
    assert found("microneedling at 94?")[0] == found("my mom is 60")[0] == "suitability/#under-22"
    assert found("94 zebras") == [f"{SOFTER}#limits"]


def test_the_longest_phrase_is_what_is_meant():
    show("calmer", body="Zebras have stripes.")
    show("softer", body="Okapis have stripes.")
    say("horse", means="zebra")
    Synonym.objects.create(slug="other", typed="forest horse", means="okapi")
    assert found("forest horse") == [f"{SOFTER}#limits"]


def test_the_passage_that_answers_comes_first():
    show("calmer", body="Zebras, zebras, zebras.")
    show("softer", body="Of okapis.")
    say("zebra", answered_at=f"{GUIDE}{SOFTER}#limits")
    assert found("zebra") == [f"{SOFTER}#limits", "benefits/calmer/#limits"]


def test_an_answer_that_is_no_longer_there_leaves_the_rest_as_it_is():
    show(body="Zebras have stripes.")
    say("zebra", answered_at=f"{GUIDE}gone/#away")
    assert found("zebra") == [f"{SOFTER}#limits"]


def test_an_exact_search_takes_words_as_they_are_typed():
    show(body="Zebras have stripes.")
    say("galloping okapi", means="zebra")
    assert (found("zebrra", exact=True), found("galloping okapi", exact=True)) == ([], [])
    assert found("zebra", exact=True) == [f"{SOFTER}#limits"]


def test_drafts_and_past_versions_are_not_found():
    benefit = make_benefit(summary="Of zebras.")
    past = benefit.newest_version()
    past.go_live()
    make_version(benefit, summary="Of aardvarks.").go_live()
    draft = make_version(benefit, summary="Of okapis.")
    Passage.objects.create(version=draft, key="new", heading="Giraffes", body="Tall.")
    assert [found(word) for word in ("zebra", "aardvarks", "okapi", "giraffes")] == [[], ["benefits/smoother/"], [], []]


def test_another_treatments_pages_are_not_found_in_this_guide():
    make_benefit(make_treatment("peeling"), summary="Of zebras.").newest_version().go_live()
    assert found("zebra") == []


def test_the_index_is_made_once_and_anew_after_an_edit(django_assert_num_queries):
    results_of("scar")
    guide = the_guide()
    with django_assert_num_queries(1):
        find("zebra", [guide])
    show(title="Zebra")
    assert SOFTER in found("zebra")


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("opening hours", "/visit/#h-hours"),
        ("parking", "/visit/#parking"),
        ("book an appointment", "/consultation/"),
        ("lost my link", "/consultation/find/"),
        ("coming for the first time", "/visit/#h-first"),
        ("ask at the consultation", f"{GUIDE}cost/#ask-list"),
        ("who reads my request", "/privacy/#who-reads-it"),
        ("fibroblast", f"{GUIDE}sources/#word-fibroblast"),
    ],
)
def test_the_clinics_pages_the_forms_the_notices_and_the_hard_words_are_found(query, address):
    assert address in [each.passage.url for each in results_of(query)][:3]


def answered(typed, page):
    Synonym.objects.create(slug=page, typed=typed, answered_at=f"{GUIDE}benefits/{page}/#limits")


def test_what_two_words_name_is_more_surely_asked_than_what_one_does():
    show("calmer", body="Zebras.")
    show("softer", body="Okapis.")
    answered("zebra", "calmer")
    answered("forest okapi", "softer")
    assert found("zebra forest okapi") == [f"{SOFTER}#limits", "benefits/calmer/#limits"]


def test_a_number_beside_a_word_makes_it_no_surer():
    show("calmer", body="Zebras.")
    show("softer", body="Okapis.")
    answered("zebra", "calmer")
    answered("94 okapis", "softer")
    assert found("zebra 94 okapis") == ["benefits/calmer/#limits", f"{SOFTER}#limits"]


def test_a_word_in_another_form_is_less_surely_meant():
    show("calmer", body="Stripes.")
    show("softer", body="Spots.")
    answered("grazing", "calmer")
    answered("okapi", "softer")
    assert found("okapi graze")[0] == f"{SOFTER}#limits"
    assert found("okapi grazing")[0] == "benefits/calmer/#limits"


def test_of_two_phrases_with_a_word_in_common_the_one_in_its_order_is_meant():
    show("calmer", body="Zebras.")
    show("softer", body="Okapis.")
    answered("striped horse", "softer")
    answered("leaping horse", "calmer")  # earlier in the alphabet
    assert found("striped horse leaping")[0] == f"{SOFTER}#limits"
    assert found("leaping horse striped")[0] == "benefits/calmer/#limits"


def test_a_question_whose_words_stand_everywhere_does_not_hide_its_subject():
    version = show("crowded")
    for number in range(300):
        Passage.objects.create(version=version, key=f"number-{number}", heading="Stripes", body="What happens.")
    show("softer", body="An okapi, of quaggas.")
    answered("what happens", "crowded")
    assert found("what happens okapi quagga")[0] == f"{SOFTER}#limits"


@pytest.mark.parametrize("query", ["rough skin", "Skin, rough?", "ruogh skin", "sample peel for rough skin"])
def test_of_several_treatments_the_page_that_is_called_so_comes_before_another_ones_answer(query):
    peel = make_treatment("sample-peel")
    page = make_benefit(peel, slug="rough-skin", title="Rough skin", heading="A sample")
    page.newest_version().go_live()
    say("rough skin", "texture", f"{GUIDE}benefits/fine-lines-and-wrinkles/#claim-texture")
    first = find(query, [the_guide(), Guide(peel)]).found[0].passage
    assert first.url == page.get_absolute_url()


def test_a_page_whose_name_has_some_of_the_words_does_not_come_before_what_has_all():
    show("rough", title="Rough zebras", body="Nothing.")
    show("softer", body="Rough zebras and rough okapis, of which we wrote here at some length, and then some more.")
    assert found("rough zebra okapi")[0] == f"{SOFTER}#limits"


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("is 68 too old", "suitability/#under-22"),
        ("my 17 year old", "suitability/#caution-under-22"),
        ("terrified of needles", "questions/#question-does-it-hurt"),
        ("bigger letters please", "/accessibility/"),
        ("can I come tomorrow?", "/consultation/"),
        ("throat feels tight", "recovery/#care-emergency"),
    ],
)
def test_ages_feelings_times_and_needs_lead_to_what_answers_them(query, address):
    assert found(query)[0] == address


@pytest.mark.parametrize(
    "query",
    [
        "bald",
        "brazilian",
        "can I eat before",
        "my clothes",
        "teeth whitening",
        "tattoo",
        "does PRP help my hair loss",
        "wine after microneedling",
        "laser hair removal price",
        "lip filler price",
        "are you hiring a nurse",
        "Medicaid for a rash on my son",
        "photos of results",
    ],
)
def test_what_the_guide_does_not_know_finds_nothing(query):
    assert found(query) == []


def test_a_warning_comes_before_what_two_words_name_beside_it():
    assert found("breastfeeding and numbing cream")[0] == "suitability/#caution-pregnancy"


def test_a_word_of_a_warning_in_another_form_does_not_lay_open_what_has_no_answer():
    say("grazing", "diabetes", f"{GUIDE}suitability/#caution-diabetes")
    Synonym.objects.create(slug="none", typed="okapi")
    assert found("graze okapi") == []
    assert found("grazing okapi")[0] == "suitability/#caution-diabetes"


def test_a_question_is_known_on_either_side_of_what_it_is_asked_of():
    show("calmer", body="Okapis.")
    show("softer", body="Zebras.")
    answered("how long okapi", "softer")
    assert found("okapi, how long?")[0] == found("how long okapi")[0] == f"{SOFTER}#limits"


def test_how_much_of_something_is_asked_of_it_before_its_price():
    assert found("bleeding how much")[0] == "risks/#risks-common"


def test_another_name_of_what_the_guide_is_about_decides_nothing_beside_anything_else():
    show("softer", body="Okapis.")
    answered("okapi", "softer")
    say("zebra pricking", means="microneedling", answered_at=GUIDE)
    assert found("zebra pricking")[0] == ""
    assert found("okapi after zebra pricking") == found("okapi") == [f"{SOFTER}#limits"]


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("who do you share my email with", "/privacy/"),
        ("what do you charge for a consultation", "cost/#ask-first"),
        ("weeks in between?", "procedure/#how-many-visits"),
        ("the visit, beginning to end", "questions/#question-how-long"),
    ],
)
def test_plain_words_for_privacy_fees_and_times_lead_to_what_answers_them(query, address):
    assert found(query)[0] == address


@pytest.mark.parametrize("query", ["my cat has a rash", "the toddler has a rash"])
def test_the_skin_of_an_animal_or_of_a_small_child_finds_nothing(query):
    assert found(query) == []


def test_a_word_of_emphasis_hides_nothing():
    assert found("what exactly is skin needling") == found("what is skin needling") != []
