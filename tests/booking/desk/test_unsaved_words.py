"""What the desk types on a request's page and does not save is offered back there, in the form of its own."""

import re
from uuid import uuid4

import pytest

from booking.models import PreparedAnswer
from booking.retention import redact
from clinic_site.models import UnsavedWords
from tests.factories import make_request, make_staff, make_time
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/booking/consultationrequest/"


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana")


@pytest.fixture
def desk(client, dana):
    sign_in(client, dana)
    return client


def keep(desk, owner, consultation_request, form, **typed):
    """Have words of a form of that request's page kept, as its script does; gives the key."""
    key = uuid4()
    page = f"{LIST}{consultation_request.pk}/change/"
    sent = {"kept-key": key, "kept-page": page, "kept-form": form, "kept-owner": owner.pk}
    assert desk.post("/admin/unsaved-words/", sent | typed).status_code == 204
    return key


def put_back(desk, consultation_request, key):
    return desk.get(f"{LIST}{consultation_request.pk}/change/?put_back={key}")


@pytest.mark.parametrize(
    ("form", "field"), [("offer", "offer-note"), ("answer", "answer"), ("clinician", "question"), ("end", "step-note")]
)
def test_words_come_back_into_the_form_that_they_were_typed_into(desk, dana, form, field):
    consultation_request = make_request()
    make_time(72)
    key = keep(desk, dana, consultation_request, form, note="Comes by <bus>.")
    page = put_back(desk, consultation_request, key)
    assert re.search(rf'<textarea id="{field}"[^>]*>Comes by &lt;bus&gt;\.</textarea>', page.text)
    assert len(re.findall(rf'name="unsaved"\s+value="{key}"\s+data-kept-at', page.text)) == 1


def test_a_note_comes_back_beside_whatever_is_the_next_step(desk, dana):
    consultation_request = make_request()
    key = keep(desk, dana, consultation_request, "note", note="Comes by bus.")
    page = put_back(desk, consultation_request, key)
    assert re.search(r'id="note"\s+name="note"\s+value="Comes by bus\."', page.text)
    assert page.context["tab"] == desk.get(f"{LIST}{consultation_request.pk}/change/").context["tab"]


def test_an_offer_comes_back_with_the_times_that_were_ticked(desk, dana):
    consultation_request = make_request()
    times = [make_time(hours) for hours in (72, 96, 120)]
    key = keep(desk, dana, consultation_request, "offer", note="By bus.", time=[times[2].pk])
    shown = put_back(desk, consultation_request, key).context["times"].free
    assert [time.pk for time in shown if time.ticked] == [times[2].pk]


def test_a_step_that_is_taken_keeps_its_words_no_longer_and_one_that_is_refused_does(desk, dana):
    consultation_request = make_request()
    key = keep(desk, dana, consultation_request, "answer", note="Bring your list.")
    address = f"{LIST}{consultation_request.pk}/do/answer/"
    desk.post(address, {"unsaved": key, "note": " "})
    assert UnsavedWords.objects.count() == 1
    desk.post(address, {"unsaved": key, "note": "Bring your list."})
    assert not UnsavedWords.objects.exists()


def test_words_about_a_request_go_with_its_personal_data(desk, dana):
    consultation_request, other = make_request(), make_request(email="b@patient.example")
    keep(desk, dana, consultation_request, "note", note="Comes by bus.")
    keep(desk, dana, other, "note", note="Comes on foot.")
    redact(consultation_request)
    assert [words.value("note") for words in UnsavedWords.objects.all()] == ["Comes on foot."]


def test_what_was_typed_stands_in_its_place_after_a_logged_call_and_after_another_tab(desk, dana):
    consultation_request, page = make_request(), LIST + "{}/change/?way={}"
    make_time(72)
    keep(desk, dana, consultation_request, "offer", note="Comes by bus.")
    desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": "spoke"})
    desk.get(page.format(consultation_request.pk, "end"))
    assert "Comes by bus.</textarea>" in desk.get(page.format(consultation_request.pk, "offer")).text


def test_a_prepared_answer_comes_below_what_was_typed(desk):
    consultation_request, key = make_request(), uuid4()
    prepared = PreparedAnswer.objects.create(title="Parking", text="There is a lot.")
    sent = {"way_on": "answer", "unsaved": key, "note": "Dear Amira,", "prepared": prepared.pk}
    answer = desk.post(f"{LIST}{consultation_request.pk}/look/", sent)
    assert "Amira" not in answer["Location"]
    assert "Dear Amira,\n\nThere is a lot.</textarea>" in desk.get(answer["Location"]).text
