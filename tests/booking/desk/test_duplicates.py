"""Requests of one person are shown together, as the desk judged them, and never merged."""

import pytest

from booking.desk.duplicates import judge, possibly_same_person
from booking.models import ConsultationRequest, SamePerson
from booking.states import IllegalStep
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def two():
    return make_request(email="same@patient.example"), make_request(email="same@patient.example", name="Canary Twin")


def test_the_same_email_is_shown_and_not_judged_yet(two):
    assert possibly_same_person(two[0]) == [(two[1], None)]


def test_a_judgement_stands_in_both_and_the_later_one_counts(two):
    staff, (one, other) = make_staff("frontdesk"), two
    judge(one, other, is_same=True, staff=staff)
    assert (possibly_same_person(one), possibly_same_person(other)) == ([(other, True)], [(one, True)])
    judge(other, one, is_same=False, staff=staff)
    assert possibly_same_person(one) == [(other, False)] and SamePerson.objects.count() == 1
    assert [line.note for line in one.timeline.filter(kind__in=["same", "not-same"])] == [other.reference] * 2


def test_people_with_different_addresses_are_linked_by_reference(as_staff):
    one, other = make_request(), make_request(email="o@patient.example", phone="+12485550100")
    desk = as_staff("frontdesk")
    typed = other.reference.lower().replace("-", " ")
    page = desk.post(f"{LIST}{one.pk}/do/same-person/", {"other": typed}, follow=True)
    assert "are of the same person" in page.text and possibly_same_person(other) == [(one, True)]


@pytest.mark.parametrize("reference", ["", "ZZZ-ZZZ", "x" * 400])
def test_a_reference_that_there_is_not_is_refused(as_staff, reference):
    consultation_request = make_request()
    page = as_staff("frontdesk").post(
        f"{LIST}{consultation_request.pk}/do/same-person/", {"other": reference}, follow=True
    )
    assert "No request has this reference" in page.text and not SamePerson.objects.exists()


def test_a_request_is_not_its_own_twin(two):
    with pytest.raises(IllegalStep, match="this request itself"):
        judge(two[0], two[0], is_same=True, staff=make_staff("frontdesk"))


def test_nothing_is_merged_and_the_patient_reads_nothing_of_it(two, client):
    judge(*two, is_same=True, staff=make_staff("frontdesk"))
    page = client.get(f"/consultation/r/{two[0].token}/").text
    assert two[1].reference not in page and "Canary" not in page
    assert ConsultationRequest.objects.count() == 2


def test_spam_is_not_shown_beside_a_person(two):
    ConsultationRequest.objects.filter(pk=two[1].pk).update(quarantine="spam")
    assert possibly_same_person(two[0]) == []


@pytest.mark.parametrize("role", ["marketing", "clinician"])
@pytest.mark.parametrize("action", ["same-person", "not-same"])
def test_only_the_desk_judges(as_staff, two, role, action):
    response = as_staff(role).post(f"{LIST}{two[0].pk}/do/{action}/", {"other": two[1].reference})
    assert response.status_code == 403 and "Canary" not in response.text and not SamePerson.objects.exists()
