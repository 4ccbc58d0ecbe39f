"""The worklist: its questions and counts, its rows, and what is done to many of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.desk.calls import log_call
from booking.desk.clinicians import ask_clinician
from booking.desk.worklist import QUESTIONS, counts_of
from booking.models import ConsultationRequest
from booking.models.timeline import Outcome
from booking.schedule import consultations
from booking.schedule.times import book, offer_times
from booking.services import add_words
from clinic_site.models import StaffMember
from tests.factories import make_request, make_staff, make_time, open_around_the_clock

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"


def page_of(consultation_request, way=""):
    return f"{LIST}{consultation_request.pk}/change/" + (f"?way={way}" if way else "")


def owe(consultation_request, by):
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owed_by=by)


def fresh(consultation_request):
    return ConsultationRequest.objects.for_worklist().get(pk=consultation_request.pk)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


@pytest.fixture
def one_of_each():
    """Requests that differ in what the desk may ask of its list."""
    staff = make_staff("frontdesk")
    found = {name: make_request(email=f"{name}@patient.example") for name in ("new", "due", "tried", "flagged")}
    found["interpreter"] = make_request(interpreter=True, email="i@patient.example")
    owe(found["due"], timezone.now() + timedelta(seconds=1))
    for _try in range(2):
        log_call(found["tried"], Outcome.VOICEMAIL, staff)
    ask_clinician(found["flagged"], staff)
    found["offered"] = make_request(email="o@patient.example")
    offer_times(found["offered"], [make_time(48)], staff)
    found["booked"] = make_request(email="b@patient.example")
    book(found["booked"], make_time(72), staff)
    found["earlier"] = make_request(email="e@patient.example")
    book(found["earlier"], make_time(24 * 20), staff)
    consultations.wait_for_earlier(found["earlier"])
    found["spam"] = make_request(suspicions=["trap"], email="s@patient.example")
    return found


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("answer", {"new", "due", "tried", "flagged", "interpreter"}),
        ("tried", {"tried"}),
        ("interpreter", {"interpreter"}),
        ("clinician", {"flagged"}),
        ("nobody", {"new", "due", "flagged", "interpreter"}),
        ("waiting", {"offered"}),
        ("booked", {"booked"}),
        ("earlier", {"earlier"}),
        ("missed", set()),
        ("spam", {"spam"}),
        ("mine", set()),
        ("nonsense", {"new", "due", "tried", "flagged", "interpreter", "offered", "booked", "earlier"}),
    ],
)
def test_each_question_is_answered_with_whom_it_means(desk, one_of_each, question, names):
    page = desk.get(LIST, {"view": question})
    listed = set(page.context["cl"].result_list)
    assert {name for name, consultation_request in one_of_each.items() if consultation_request in listed} == names


def test_the_number_beside_each_question_is_how_many_it_finds(desk, one_of_each):
    desk.post(f"{LIST}{one_of_each['new'].pk}/do/take/")
    one_of_each["flagged"].move_to("closed", "system")
    user = StaffMember.objects.get(pk=desk.session["_auth_user_id"])
    listed = {name: desk.get(LIST, {"view": name}).context["cl"].result_count for name in QUESTIONS}
    assert counts_of(user) == listed
    assert f'Mine <span class="tally">{listed["mine"]}</span>' in desk.get(LIST).text and listed["mine"] == 1


def test_what_is_mine_is_what_i_took(desk, one_of_each):
    desk.post(f"{LIST}{one_of_each['new'].pk}/do/take/")
    assert list(desk.get(LIST, {"view": "mine"}).context["cl"].result_list) == [one_of_each["new"]]


@pytest.mark.parametrize("address", ["/admin/", LIST, f"{LIST}?view=answer", f"{LIST}?q=amira"])
def test_a_screen_costs_the_same_for_one_row_and_for_many(desk, django_assert_max_num_queries, address):
    make_request(treatment_id=1)
    desk.get(address)
    with django_assert_max_num_queries(40) as one:
        desk.get(address)
    for number in range(20):
        make_request(treatment_id=1, phone=f"+158655501{number:02}")
    with django_assert_max_num_queries(len(one)):
        desk.get(address)
    # The hours are read for what is due, what is urgent, to whom many can be handed over; one row is written.
    assert len(one) <= (36 if address == "/admin/" else 20)


def test_rows_stand_in_bands_with_the_next_step(desk):
    open_around_the_clock()  # else what is promised for the night is due before it
    late, soon = make_request(name="Late Person"), make_request(name="Soon Person", email="s@patient.example")
    owe(late, timezone.now() - timedelta(minutes=35))
    owe(soon, timezone.now() + timedelta(minutes=90))
    html = desk.get(LIST, {"view": "answer"}).text
    assert html.index("Overdue") < html.index("Late Person") < html.index("Next two hours") < html.index("Soon Person")
    assert f'href="{page_of(late, "offer")}"' in html


def test_a_row_says_why_it_is_here_with_the_whole_name(desk):
    long_name = "Maria-Guadalupe Fernández de la Vega Montenegro"
    make_request(name=long_name)
    add_words(make_request(name="Wrote Again", email="w@patient.example"), "Is parking free?")
    for address in ("/admin/", f"{LIST}?view=answer"):
        html = desk.get(address).text
        assert long_name in html
        assert "new, no word from us yet" in html and "wrote to us again" in html


def test_an_empty_list_says_so_and_what_could_be_done(desk):
    assert "Nobody is waiting for a word from you." in desk.get(LIST, {"view": "answer"}).text
    assert "Nobody is found by that." in desk.get(LIST, {"q": "nobody"}).text


def test_new_requests_are_announced_by_their_number(desk):
    first = make_request()
    assert desk.get(f"{LIST}news/", {"since": first.pk}).json() == {"new": 0}
    make_request()
    make_request(suspicions=["trap"])
    assert desk.get(f"{LIST}news/", {"since": first.pk}).json() == {"new": 1}
    assert desk.get(f"{LIST}news/", {"since": "x"}).json() == {"new": 2}


@pytest.mark.parametrize("address", ["add/", "news/", "duplicates/", "search/"])
@pytest.mark.timeless
def test_marketing_reaches_none_of_it(as_staff, address):
    make_request()
    client = as_staff("marketing")
    response = client.post(LIST + address, {"name": "Amira", "q": "Amira"})
    if response.status_code == 405:
        response = client.get(LIST + address)
    assert response.status_code == 403 and "Haddad" not in response.text


def press_for_all(desk, action, requests):
    sent = {"action": action, "_selected_action": [consultation_request.pk for consultation_request in requests]}
    return desk.post(LIST, sent, follow=True).text


def test_several_are_taken_at_once(desk):
    requests = [make_request(email=f"{number}@patient.example") for number in range(3)]
    assert "Done for 2 requests." in press_for_all(desk, "take_all", requests[:2])
    assert [fresh(consultation_request).owner is not None for consultation_request in requests] == [True, True, False]


def test_several_suspects_are_released_or_confirmed_and_others_left_as_they_are(desk):
    suspects = [make_request(suspicions=["trap"], email=f"{number}@patient.example") for number in range(3)]
    person = make_request()
    page = desk.post(
        f"{LIST}?view=spam",
        {"action": "release_all", "_selected_action": [suspects[0].pk, suspects[1].pk]},
        follow=True,
    )
    assert "Done for 2 requests." in page.text
    said = press_for_all(desk, "confirm_spam_of_all", [person])
    assert "Done for 0 requests." in said and "1 was left as it is." in said
    assert [fresh(consultation_request).quarantine for consultation_request in (*suspects, person)] == [
        "released",
        "released",
        "held",
        "",
    ]
