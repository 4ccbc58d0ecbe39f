"""A request is found by what the desk hears on the telephone, at the same cost among many."""

import pytest
from django.db import connection

from booking.models import ConsultationRequest, SearchKey
from booking.models.requests import querysets
from booking.models.search_keys import keys_of
from booking.retention import redact
from booking.services import correct_contact
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def found(question):
    return list(ConsultationRequest.objects.found_by(question).order_by("pk"))


@pytest.fixture
def consultation_request():
    make_request(name="Other Person", email="other@patient.example", phone="+12485550111")
    return make_request(name="Agnieszka Żółć-Wiśniewska", email="a.wisniewska@patient.example", phone="+15865550199")


@pytest.mark.parametrize(
    "question",
    [
        "agnieszka",
        "AGNIE",
        "zolc",
        "Żółć",
        "wisn",
        "wiśniewska agn",
        "a.wisniewska@",
        "a.wisniewska@patient.example",
        "(586) 555-0199",
        "586.555.0199",
        "+1 586 555 0199",
        "555-0199",
        "0199",
        "586 555",
    ],
)
def test_any_written_form_finds_the_person(consultation_request, question):
    assert found(question) == [consultation_request]


@pytest.mark.parametrize("change", [str.lower, str.upper, lambda text: text.replace("-", ""), lambda text: text[:5]])
def test_a_reference_is_found_in_any_form(consultation_request, change):
    assert found(change(consultation_request.reference)) == [consultation_request]


@pytest.mark.parametrize(
    "question", ["nieszka", "ag nobody", "99", "248 555 0199", "@patient", "%", "_", "'; --", "\x00"]
)
def test_what_is_not_there_finds_nobody_and_breaks_nothing(consultation_request, question):
    assert consultation_request not in found(question) or question in ("%", "_", "'; --", "\x00")


def test_a_changed_number_is_found_and_the_old_one_no_longer(consultation_request):
    consultation_request.phone = "+13135550142"
    correct_contact(consultation_request)
    assert (found("313 555 0142"), found("586 555 0199")) == ([consultation_request], [])


def test_who_is_redacted_is_found_by_the_reference_alone(consultation_request):
    redact(consultation_request)
    assert (found("wisniewska"), found("5865550199"), found(consultation_request.reference)) == (
        [],
        [],
        [consultation_request],
    )
    assert set(consultation_request.search_keys.values_list("key", flat=True)) == keys_of(
        "", "", "", consultation_request.reference
    )


def test_saving_what_is_not_searched_writes_no_keys(consultation_request, django_assert_num_queries):
    consultation_request.tries = 1
    with django_assert_num_queries(3):  # the change, within its savepoint
        consultation_request.save(update_fields=["tries"])


def test_a_beginning_is_looked_up_in_the_index(consultation_request):
    query = SearchKey.objects.beginning_with("wisni")
    if connection.vendor == "sqlite":
        assert "USING COVERING INDEX a_key_finds_a_request (key>? AND key<?)" in query.explain()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows is read whole otherwise
            assert "a_key_finds_a_request" in query.explain() and "~>=~" in query.explain()


@pytest.mark.parametrize("rare", [1, 20_000])
def test_of_many_the_newest_are_found_whether_their_word_is_rare_or_not(rare, monkeypatch):
    monkeypatch.setattr(querysets, "RARE", rare)
    people = [make_request(name=f"Maria {name}") for name in ("Diaz", "Denha", "Davis", "Diaz")]
    assert list(ConsultationRequest.objects.found_by("maria d", most=3).order_by("pk")) == people[1:]
    assert list(ConsultationRequest.objects.found_by("mar diaz", most=3).order_by("pk")) == [people[0], people[3]]
    assert list(ConsultationRequest.objects.trusted().filter(pk=people[0].pk).found_by("maria", most=1)) == people[:1]


def test_each_key_stands_once():
    consultation_request = make_request(name="Amira Amira", email="amira@amira.example")
    assert SearchKey.objects.filter(request=consultation_request, key="amira").count() == 1
