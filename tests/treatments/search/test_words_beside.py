"""Words that records have only beside others, or in another form, and what they say less than."""

import pytest

from tests.clinic_site.addresses import GUIDE
from tests.treatments.search.test_finding import SOFTER, answered, found, say, show

pytestmark = pytest.mark.django_db


def test_a_word_that_records_have_only_beside_others_means_what_most_of_them_do_and_less_than_a_word_alone():
    show("calmer", body="Okapis.")
    show("softer", body="Quaggas.")
    answered("galloping zebra, grazing zebra", "softer")
    answered("giraffe", "calmer")
    assert found("zebra")[0] == f"{SOFTER}#limits"
    assert found("zebra giraffe") == ["benefits/calmer/#limits", f"{SOFTER}#limits"]


def test_a_word_whose_records_lead_to_several_places_means_none_of_them():
    show("calmer", body="Okapis.")
    show("softer", body="Quaggas.")
    answered("galloping zebra", "softer")
    answered("grazing zebra", "calmer")
    assert found("zebra") == []


def test_an_exact_search_takes_no_word_for_what_records_have_only_beside_others():
    show(body="Zebras have stripes.")
    say("galloping okapi", means="zebra", answered_at=f"{GUIDE}{SOFTER}#limits")
    assert (found("okapi"), found("okapi", exact=True)) == ([f"{SOFTER}#limits"], [])


def test_a_word_that_many_records_have_is_not_another_form_of_it():
    assert found("do nurses do it")[0] == "procedure/#who-treats-you"
    assert found("nursing")[0] == "suitability/#caution-pregnancy"


def test_what_has_no_answer_is_asked_for_in_the_form_of_its_record():
    show(body="Zebras graze.")
    say("grazing")
    assert (found("grazing zebras"), found("zebras graze")) == ([], [f"{SOFTER}#limits"])


def test_a_warning_in_another_form_counts_no_more_than_another_word():
    show(body="Okapis.")
    answered("okapi", "softer")
    say("grazing", answered_at=f"{GUIDE}suitability/#caution-diabetes")
    assert found("grazing okapi")[0] == "suitability/#caution-diabetes"
    assert found("graze okapi")[0] == f"{SOFTER}#limits"


def test_a_page_whose_name_has_one_word_more_does_not_come_before_the_answer():
    assert found("sun")[0] == "recovery/#sun"
    assert found("sun damage")[0] == "benefits/sun-damage/"


def test_a_word_that_a_record_has_twice_counts_once():
    show("calmer", body="Okapis.")
    show("softer", body="Quaggas.")
    answered("zebra by zebra", "calmer")
    answered("60 zebra", "softer")
    assert found("60 zebras")[0] == f"{SOFTER}#limits"


def test_years_beside_a_concern_say_less_than_it():
    assert found("acne scars for 20 years")[0] == "benefits/scars/"
