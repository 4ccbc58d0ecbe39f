"""The desk's day: home, worklist, one request's page, and a caller on the telephone."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from booking.desk.calls import log_call
from booking.desk.clinicians import ask_clinician
from booking.desk.due import due_of, span_words
from booking.desk.next_steps import next_step_of, previous_and_next
from booking.desk.worklist import QUESTIONS, counts_of
from booking.models import ConsultationRequest, PreparedAnswer
from booking.models.timeline import Outcome
from booking.schedule import consultations
from booking.schedule.picking import pick
from booking.schedule.times import book, offer_times, refuse
from booking.services import add_words
from clinic_site.models import StaffMember
from tests.factories import make_request, make_staff, make_time, open_around_the_clock
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

LIST = "/admin/booking/consultationrequest/"
NOON = "2027-03-15T16:00Z"  # a Monday, noon at the clinic


def page_of(consultation_request, way=""):
    return f"{LIST}{consultation_request.pk}/change/" + (f"?way={way}" if way else "")


def owe(consultation_request, by):
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owed_by=by)


def fresh(consultation_request):
    return ConsultationRequest.objects.for_worklist().get(pk=consultation_request.pk)


@pytest.fixture
def desk(as_staff):
    return as_staff("frontdesk")


@pytest.mark.parametrize(
    ("minutes", "band", "words"),
    [
        (-35, "over", "Overdue 35 min"),
        (-60 * 26, "over", "Overdue 1 d"),
        (48, "soon", "Due in 48 min"),
        (100, "soon", "Due in 1 h 40 min"),
        (121, "today", "Today 2:01\N{NO-BREAK SPACE}PM"),
        (60 * 20, "later", "Tomorrow 8:00\N{NO-BREAK SPACE}AM"),
        (60 * 72, "later", "Thu, Mar 18, 12:00\N{NO-BREAK SPACE}PM"),
    ],
)
def test_due_is_said_in_words_and_stands_in_a_band(time_machine, minutes, band, words):
    time_machine.move_to(NOON, tick=False)
    open_around_the_clock()  # else what is promised for the break is due before it
    consultation_request = make_request()
    owe(consultation_request, timezone.now() + timedelta(minutes=minutes))
    due = due_of(fresh(consultation_request))
    assert (due.band, due.words) == (band, words)


@pytest.mark.parametrize(("minutes", "words"), [(0, "1 min"), (60, "1 h"), (61, "1 h 1 min"), (200, "3 h")])
@pytest.mark.timeless
def test_a_span_is_said_as_people_say_it(minutes, words):
    assert span_words(timedelta(minutes=minutes)) == words


def test_the_next_step_follows_from_where_a_request_stands():
    staff = make_staff("frontdesk")
    assert next_step_of(fresh(make_request())).words == "Offer times"
    assert next_step_of(fresh(make_request(contact_by="phone", phone="+15865550101", email=""))).words == "Call"
    refused = make_request()
    refuse(offer_times(refused, [make_time(48)], staff))
    assert next_step_of(fresh(refused)).words == "Offer again"
    picked = make_request()
    pick(picked, make_time(72))
    assert next_step_of(fresh(picked)).words == "Confirm the time"
    consultation_request = make_request()
    ask_clinician(consultation_request, staff)
    assert next_step_of(fresh(consultation_request)).words == "Ask clinician"
    tried = make_request()
    log_call(tried, Outcome.NO_ANSWER, staff)
    assert next_step_of(fresh(tried)).words == "Call"
    booked = make_request()
    book(booked, make_time(96), staff)
    assert next_step_of(fresh(booked)).words == "Look"
    consultations.ask_for_another_time(booked, "")
    assert next_step_of(fresh(booked)).words == "Move it"


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


def test_today_counts_all_that_are_due_and_not_those_it_has_room_for_alone(desk):
    for number in range(15):
        make_request(email=f"p{number}@patient.example")
    html = desk.get("/admin/").text
    assert re.search(r'Promises due\s*<span class="tally">15</span>', html)
    assert "12+" in html


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


def test_three_times_that_suit_are_ticked_on_three_days(desk):
    times = [make_time(24 * day + hour) for day in (2, 3, 4, 5) for hour in (0, 0.5)]
    times[0].set_state_unless_given("blocked")
    page = desk.get(page_of(make_request(windows=["any"]), "offer"))
    ticked = [time for time in page.context["times"].free if time.ticked]
    assert len(ticked) == 3 and len({time.day for time in ticked}) == 3 and times[0] not in ticked


def test_a_time_without_an_interpreter_does_not_suit_who_needs_one(desk):
    make_time(48), make_time(72, with_interpreter=True)
    page = desk.get(page_of(make_request(interpreter=True), "offer"))
    assert [time.suits for time in page.context["times"].free] == [False, True]


@pytest.mark.parametrize("way", ["offer", "answer", "clinician", "end", "visit", "picked", "nonsense"])
def test_every_way_can_be_asked_for_in_every_state(desk, way):
    staff, consultation_request = make_staff("frontdesk"), make_request()
    assert desk.get(page_of(consultation_request, way)).status_code == 200
    book(consultation_request, make_time(72), staff)
    assert desk.get(page_of(consultation_request, way)).status_code == 200
    consultation_request.move_to("withdrawn", "patient")
    assert desk.get(page_of(consultation_request, way)).status_code == 200


def test_a_prepared_answer_is_where_the_answer_begins(desk):
    answer = PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
    assert (
        "There is a lot behind the house."
        in desk.get(page_of(make_request(), "answer") + f"&prepared={answer.pk}").text
    )


def test_who_else_has_the_request_open_is_said(desk, client):
    consultation_request, other = make_request(), Client()
    colleague = make_staff("frontdesk")
    sign_in(other, colleague)
    assert "has this open too" not in other.get(page_of(consultation_request)).text
    assert f"{colleague} has this open too" in desk.get(page_of(consultation_request)).text


def test_a_stale_save_is_refused_shows_both_and_loses_nothing(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    consultations_by_colleague = make_staff("frontdesk")
    book(consultation_request, make_time(72), consultations_by_colleague)
    sent = {"state": "declined", "note": "Cannot be reached", "seen": seen}
    refused = desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent)
    assert refused.status_code == 409
    assert "Cannot be reached" in refused.text and "Booked" in refused.text
    assert str(consultations_by_colleague) in refused.text and fresh(consultation_request).state == "booked"


def test_what_was_refused_can_be_done_all_the_same(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    log_call(consultation_request, Outcome.NO_ANSWER, make_staff("frontdesk"))
    sent = {"state": "declined", "note": "Moved away", "seen": seen}
    refused = desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent)
    desk.post(f"{LIST}{consultation_request.pk}/do/step/", sent | {"seen": refused.context["seen"]})
    assert (fresh(consultation_request).state, consultation_request.timeline.filter(kind="step").last().note) == (
        "declined",
        "Moved away",
    )


def test_ones_own_clicks_and_notes_of_others_make_no_save_stale(desk):
    consultation_request = make_request()
    seen = consultation_request.timeline.last().pk
    desk.post(f"{LIST}{consultation_request.pk}/do/take/")
    consultation_request.record("note", "staff", staff=make_staff("frontdesk"), note="FYI")
    assert desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": "spoke", "seen": seen}).status_code == 302


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_call_is_logged_in_one_click(desk, outcome):
    consultation_request = make_request()
    desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": outcome})
    assert consultation_request.timeline.filter(kind="call").get().outcome == outcome


def test_an_outcome_that_there_is_not_is_refused(desk):
    consultation_request = make_request()
    page = desk.post(f"{LIST}{consultation_request.pk}/do/call/", {"outcome": "shouted"}, follow=True)
    assert "Say what came of the call" in page.text and consultation_request.timeline.count() == 1


def test_a_clinician_sees_what_the_desk_asks_and_answers(as_staff):
    consultation_request = make_request(name="Keloid Person")
    ask_clinician(consultation_request, make_staff("frontdesk"), "Keloids: not sure")
    clinician = as_staff("clinician")
    assert "Keloid Person" in clinician.get("/admin/").text
    assert "Keloids: not sure" in clinician.get(page_of(consultation_request, "clinician")).text
    clinician.post(f"{LIST}{consultation_request.pk}/advise/", {"note": "Fine to talk"})
    assert (fresh(consultation_request).flagged_at, consultation_request.timeline.last().note) == (None, "Fine to talk")


@pytest.mark.parametrize("role", ["frontdesk", "marketing"])
def test_nobody_else_answers_for_a_clinician(as_staff, role):
    consultation_request = make_request()
    ask_clinician(consultation_request, make_staff("frontdesk"))
    assert as_staff(role).post(f"{LIST}{consultation_request.pk}/advise/", {"note": "Fine"}).status_code == 403
    assert fresh(consultation_request).flagged_at


CALLER = {"name": "Martha Denha", "phone": "586 555 0142", "language": "en", "agrees": "on"}


def test_a_caller_is_kept_with_name_and_number_and_gets_the_same_promise(desk):
    page = desk.post(f"{LIST}add/", CALLER, follow=True)
    consultation_request = ConsultationRequest.objects.get()
    assert (consultation_request.name, consultation_request.contact_by, consultation_request.state) == (
        "Martha Denha",
        "phone",
        "received",
    )
    assert (
        consultation_request.owed_by == consultation_request.reply_by
        and consultation_request.owner is not None
        and consultation_request.consented_at
    )
    assert f"Kept as {consultation_request.reference}" in page.text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("name", "", "Write down the name"), ("phone", "12", "whole number"), ("agrees", "", "Ask the caller")],
)
@pytest.mark.timeless
def test_a_caller_without_name_number_or_consent_is_not_kept(desk, field, value, said):
    page = desk.post(f"{LIST}add/", CALLER | {field: value})
    assert (page.status_code == 422 and said in page.text and "Martha" in page.text) or field == "name"
    assert not ConsultationRequest.objects.exists()


def test_who_may_be_here_already_is_shown_before_a_second_request_is_kept(desk):
    first = make_request(name="Martha Denha", phone="+15865550142")
    page = desk.post(f"{LIST}add/", CALLER)
    assert page.status_code == 422 and first.reference in page.text and "Somebody else: keep as new" in page.text
    assert ConsultationRequest.objects.count() == 1
    desk.post(f"{LIST}add/", CALLER | {"as_new": "1"})
    assert ConsultationRequest.objects.count() == 2


def test_possible_duplicates_are_found_while_typing(desk):
    consultation_request = make_request(name="Martha Denha", phone="+15865550142")
    for typed in ({"phone": "555-0142"}, {"name": "Denh"}, {"name": "Den", "phone": "0142"}):
        assert consultation_request.reference in desk.post(f"{LIST}duplicates/", typed).text
    assert consultation_request.reference not in desk.post(f"{LIST}duplicates/", {"name": "De", "phone": ""}).text


@pytest.mark.parametrize("address", ["add/", "news/", "duplicates/", "search/"])
@pytest.mark.timeless
def test_marketing_reaches_none_of_it(as_staff, address):
    make_request()
    client = as_staff("marketing")
    response = client.post(LIST + address, {"name": "Amira", "q": "Amira"})
    if response.status_code == 405:
        response = client.get(LIST + address)
    assert response.status_code == 403 and "Haddad" not in response.text


def test_home_shows_promises_and_who_comes_today(as_staff, time_machine):
    time_machine.move_to(NOON)
    desk = as_staff("frontdesk")
    consultation_request = make_request(name="Comes Today", email="c@patient.example")
    book(consultation_request, make_time(2), make_staff("frontdesk"))
    make_request(name="Waits Person")
    page = desk.get("/admin/").text
    assert "Start with the oldest: Waits Person" in page and "Comes Today" in page
    desk.post(f"{LIST}{consultation_request.pk}/do/arrived/", {"back": "/admin/"})
    assert "Here" in desk.get("/admin/").text


@pytest.mark.parametrize(
    ("role", "shown", "missing"),
    [
        ("frontdesk", ["Promises due", "Consultations today", "This week"], ["Live pages that changed last"]),
        ("manager", ["Promises due", "Live pages that changed last", "This week"], ["The desk asks you"]),
        ("clinician", ["The desk asks you", "Live pages that changed last"], ["Promises due", "This week"]),
        ("marketing", ["Live pages that changed last", "This week"], ["Promises due", "Consultations today"]),
    ],
)
def test_each_role_has_a_home_of_its_own(as_staff, role, shown, missing):
    page = as_staff(role).get("/admin/").text
    assert [words for words in shown if words not in page] == [words for words in missing if words in page] == []


def test_marketing_has_a_home_without_people(as_staff):
    make_request(name="Waits Person")
    page = as_staff("marketing").get("/admin/").text
    assert "Waits Person" not in page and "All records" in page


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_what_is_filtered_is_exported_and_the_log_says_how_many(desk):
    make_request(name="Waits Person", phone="+15865550142", concern="canary of concern")
    make_request(name="Other", email="o@patient.example").move_to("closed", "system")
    rows = exported(desk.post(f"{LIST}export/csv/?view=answer"))
    assert [row[rows[0].index("name")] for row in rows[1:]] == ["Waits Person"]
    assert rows[1][rows[0].index("telephone")] == "(586) 555-0142"
    assert "canary" not in str(rows)
    assert LogEntry.objects.get().change_message == "1 requests exported."


@pytest.mark.parametrize("name", ["=1+1 A", "+1 A", "-1 A", "@SUM A", "\t=1+1 A", "\r=1+1 A"])
@pytest.mark.timeless
def test_no_cell_is_worked_out_by_a_spreadsheet(desk, name):
    make_request(name=name)
    rows = exported(desk.post(f"{LIST}export/csv/"))
    assert rows[1][rows[0].index("name")] == f"'{name}"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("role", ["marketing", "clinician"])
@pytest.mark.timeless
def test_who_may_not_change_requests_exports_none(as_staff, role, form):
    make_request()
    response = as_staff(role).post(f"{LIST}export/{form}/")
    assert response.status_code == 403 and "Haddad" not in response.text
    assert not LogEntry.objects.exists()


def test_a_workbook_holds_the_same_cells_all_of_them_text(desk):
    make_request(name="=1+1 A", phone="+15865550142")
    plain = exported(desk.post(f"{LIST}export/csv/"))
    book = load_workbook(BytesIO(b"".join(desk.post(f"{LIST}export/xlsx/").streaming_content)))
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == plain[0] and rows[1] == [cell.removeprefix("'") for cell in plain[1]]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["1 requests exported."] * 2


def test_a_workbook_that_would_be_too_large_says_what_to_do(desk, monkeypatch):
    monkeypatch.setattr("booking.admin.lists.export.MOST_IN_A_WORKBOOK", 1)
    make_request(), make_request(email="o@patient.example")
    page = desk.post(f"{LIST}export/xlsx/?view=answer", follow=True)
    assert "Filter the list, or take the CSV." in page.text and not LogEntry.objects.exists()
    assert page.redirect_chain[-1][0].endswith("?view=answer")


def test_a_form_of_table_that_there_is_not_is_not_found(desk):
    assert desk.post(f"{LIST}export/pdf/").status_code == 404


def test_a_refused_step_loses_nothing_that_was_typed(desk):
    consultation_request = make_request()
    consultation_request.move_to("closed", "system")
    page = desk.post(f"{LIST}{consultation_request.pk}/do/step/", {"state": "declined", "note": "Moved to Ohio"})
    assert page.status_code == 409 and "Moved to Ohio" in page.text and "cannot become" in page.text
    assert fresh(consultation_request).state == "closed"


def test_the_page_leads_on_to_the_next_promise(desk):
    first, second, third = (make_request(name=f"{n} Person", email=f"{n}@patient.example") for n in ("A", "B", "C"))
    for hours, consultation_request in enumerate((first, second, third), start=1):
        owe(consultation_request, timezone.now() + timedelta(hours=hours))
    page = desk.get(page_of(second))
    assert (page.context["before"], page.context["after"]) == (first, third)
    log_call(first, Outcome.SPOKE, make_staff("frontdesk"))
    assert desk.get(page_of(first)).context["after"] == second


@pytest.fixture
def equal_promises():
    """Four requests with one promise, two of them received at the same moment, in the order of the worklist."""
    promise, now = timezone.now() + timedelta(hours=3), timezone.now()
    ordered = []
    for minutes in (10, 20, 20, 30):
        request = make_request(email=f"{len(ordered)}@patient.example")
        received = now - timedelta(minutes=minutes)
        ConsultationRequest.objects.filter(pk=request.pk).update(owed_by=promise, received_at=received)
        ordered.append(request)
    return [ordered[0], ordered[2], ordered[1], ordered[3]]


def test_of_equal_promises_the_newest_request_stands_first_in_the_worklist(desk, equal_promises):
    owed_sooner = make_request(email="sooner@patient.example")
    owe(owed_sooner, timezone.now() + timedelta(hours=2))
    listed = list(desk.get(LIST).context["cl"].result_list)
    assert listed == [owed_sooner, *equal_promises]


def test_requests_that_are_owed_nothing_stand_last_the_newest_first(desk, equal_promises):
    staff = make_staff("frontdesk")
    for request in equal_promises[1::2]:
        log_call(request, Outcome.SPOKE, staff)
    listed = list(desk.get(LIST).context["cl"].result_list)
    assert listed == [*equal_promises[::2], *equal_promises[1::2]]


def test_next_and_previous_walk_through_equal_promises_in_the_order_of_the_worklist(equal_promises):
    first, second, third, fourth = (fresh(request) for request in equal_promises)
    assert [previous_and_next(request) for request in (first, second, third, fourth)] == [
        (None, second),
        (first, third),
        (second, fourth),
        (third, None),
    ]


def test_a_request_that_is_owed_nothing_leads_to_the_first_promise_alone(equal_promises):
    other = make_request(email="other@patient.example")
    owe(other, None)
    assert previous_and_next(fresh(other)) == (None, equal_promises[0])


def test_the_page_says_what_the_patient_will_see_after_the_step(desk):
    make_time(48)
    assert "We have times for you" in desk.get(page_of(make_request(), "offer")).text


def test_no_link_exports(desk):
    assert desk.get(f"{LIST}export/csv/").status_code == 405


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
