import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic_site.models import Clinic
from tests.clinic_site.addresses import SELF_CHECK
from tests.factories import make_copy, make_treatment
from treatments.models import Caution, Section

pytestmark = pytest.mark.django_db


def asked(tone):
    """The cautions of that tone that the self-check asks about, in its order."""
    return list(Caution.objects.filter(version__unit__slug="suitability", tone=tone))


def answers(**by_key):
    return {f"safety-{key.replace('_', '-')}": answer for key, answer in by_key.items()}


def told(response):
    return {tone: [caution.key for caution in response.context[tone]] for tone in ("wait", "tell_us")}


def test_what_was_answered_yes_or_not_sure_is_listed_by_its_tone(client):
    response = client.post(
        SELF_CHECK,
        answers(pregnancy="yes", keloids="not-sure", isotretinoin="no", blood_thinners="not-sure", diabetes="yes"),
    )
    assert told(response) == {"wait": ["pregnancy", "keloids"], "tell_us": ["blood-thinners", "diabetes"]}


def test_each_listed_answer_is_explained_and_no_other(client):
    response = client.post(SELF_CHECK, answers(pregnancy="yes", blood_thinners="yes", keloids="no"))
    shown = [caution.key for caution in [*asked("wait"), *asked("tell-us")] if caution.situation in response.text]
    assert shown == ["pregnancy", "blood-thinners"]
    assert "Needling is never urgent, so it waits until after pregnancy" in response.text


def test_every_question_can_be_answered_yes(client):
    every = [*asked("wait"), *asked("tell-us")]
    response = client.post(SELF_CHECK, {f"safety-{caution.key}": "yes" for caution in every})
    assert told(response) == {
        "wait": [caution.key for caution in asked("wait")],
        "tell_us": [caution.key for caution in asked("tell-us")],
    }


def test_without_a_yes_nothing_is_listed_and_nothing_is_promised(client):
    response = client.post(SELF_CHECK, answers(pregnancy="no", keloids="no"))
    assert told(response) == {"wait": [], "tell_us": []}
    assert "Nothing here rules it out" in response.text
    assert "That does not mean that nothing can go wrong" in response.text


@pytest.mark.parametrize(
    "given",
    [
        {"safety-unknown": "yes"},
        {"pregnancy": "yes"},
        {"safety-pregnancy": "YES"},
        {"safety-pregnancy": "<script>alert(1)</script>"},
        {"safety-pregnancy": "a" * 10_000},
        {"safety-": "yes"},
        {"safety-pregnancy": "\x00"},
    ],
)
def test_what_was_not_asked_is_ignored(client, given):
    response = client.post(SELF_CHECK, given)
    assert (response.status_code, told(response)) == (200, {"wait": [], "tell_us": []})
    assert "<script>" not in response.text and "a" * 100 not in response.text


def test_nothing_is_kept(client):
    with CaptureQueriesContext(connection) as queries:
        response = client.post(SELF_CHECK, answers(pregnancy="yes"))
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert dict(response.cookies) == {}
    assert "no-store" in response["Cache-Control"]


def test_no_answer_is_in_a_log(client, caplog):
    with caplog.at_level("DEBUG"):
        client.post(SELF_CHECK, answers(pregnancy="not-sure"))
    assert "pregnancy" not in caplog.text and "not-sure" not in caplog.text


def test_the_page_asks_each_caution_of_what_is_live(client):
    page = client.get("/treatments/microneedling/suitability/").text
    every = [*asked("wait"), *asked("tell-us")]
    assert [page.count(f'name="safety-{caution.key}"') for caution in every] == [3] * len(every)
    assert f'action="{SELF_CHECK}"' in page


def test_a_question_that_staff_removed_is_no_longer_answered(client):
    twin = make_copy(Section.objects.get(slug="suitability").newest_version())
    twin.cautions.filter(key="pregnancy").delete()
    twin.go_live()
    assert told(client.post(SELF_CHECK, answers(pregnancy="yes"))) == {"wait": [], "tell_us": []}


def test_a_treatment_without_cautions_has_no_self_check(client):
    make_treatment("peeling")
    assert client.post("/treatments/peeling/suitability/check/").status_code == 404


def test_the_answer_is_not_for_search_engines(client):
    assert '<meta name="robots" content="noindex">' in client.post(SELF_CHECK).text


def test_the_answers_can_be_taken_along_into_the_request(client):
    page = client.post(SELF_CHECK, answers(pregnancy="no", diabetes="yes", keloids="maybe")).text
    assert '<input type="hidden" name="safety-pregnancy" value="no">' in page
    assert '<input type="hidden" name="safety-diabetes" value="yes">' in page
    assert "safety-keloids" not in page


def test_where_the_clinic_asks_no_safety_questions_no_answers_are_taken_along(client):
    Clinic.objects.update(form_asks_safety=False)
    assert "Add my answers to my request" not in client.post(SELF_CHECK, answers(pregnancy="no")).text


def test_who_answered_nothing_is_told_so_and_not_reassured(client):
    page = client.post(SELF_CHECK).text
    assert "You have not answered any questions yet" in page
    assert "Nothing here rules it out" not in page


def test_who_left_questions_out_is_told_how_many(client):
    page = client.post(SELF_CHECK, answers(pregnancy="no")).text
    assert f"You skipped {len(asked('wait')) + len(asked('tell-us')) - 1} questions" in page
