"""Figures count what happened, name nobody, and draw what their tables say."""

import csv
import re
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from booking.admin.figures import share
from booking.desk.calls import keep_phoned_in, log_call
from booking.desk.figures import Span, count_all_anew, figures_of, keep_figures
from booking.desk.figures.charts import horizontal_bars, line_chart, top_of_scale, vertical_bars
from booking.models import ConsultationRequest, CountedDay, Event
from booking.models.timeline import Outcome
from booking.retention import redact
from booking.samples import fill, open_times
from booking.schedule.consultations import cancel, end_consultation
from booking.schedule.times import book
from booking.services import withdraw
from booking.states import State
from tests.factories import make_benefit, make_request, make_staff, make_time

pytestmark = pytest.mark.django_db

FIGURES = "/admin/booking/consultationrequest/figures/"
MONDAY_TEN = "2027-03-15T14:00Z"  # at the clinic; its desk is open


@pytest.fixture(params=["counted as they are looked at", "kept by the sweep"])
def clock(time_machine, request):
    """Days that are counted at each look, and those that were counted before anything happened."""
    time_machine.move_to(MONDAY_TEN, tick=False)
    if request.param == "kept by the sweep":
        keep_figures()
    return time_machine


def this_week():
    return figures_of(Span.up_to_now(1)).all


def test_a_span_is_whole_weeks_and_its_comparison_is_as_long(clock):
    span = Span.up_to_now(4)
    assert (span.first, span.last) == (date(2027, 2, 22), date(2027, 3, 21))
    assert (span.before.first, span.before.last) == (date(2027, 1, 25), date(2027, 2, 21))
    assert (span.a_year_before.first.weekday(), span.a_year_before.weeks) == (0, 4)


def test_an_evening_counts_for_the_clinics_week_not_for_that_of_utc(clock):
    clock.move_to("2027-03-22T02:00Z", tick=False)  # Sunday evening at the clinic
    make_request()
    assert figures_of(Span.up_to_now(2)).weeks[1].requests == 1
    clock.move_to("2027-03-22T05:00Z", tick=False)
    assert figures_of(Span.up_to_now(1)).all.requests == 0


def test_a_word_within_the_promise_is_in_time_and_one_after_it_is_not(clock):
    staff, first, second = make_staff("frontdesk"), make_request(), make_request(email="s@patient.example")
    log_call(first, Outcome.SPOKE, staff)
    clock.move_to(second.reply_by + timedelta(minutes=1), tick=False)
    log_call(second, Outcome.SPOKE, staff)
    assert (this_week().due, this_week().in_time) == (2, 1)


def test_a_call_that_nobody_answered_is_no_first_word(clock):
    consultation_request = make_request()
    log_call(consultation_request, Outcome.VOICEMAIL, make_staff("frontdesk"))
    assert (this_week().answered, this_week().due) == (0, 0)
    clock.move_to(consultation_request.reply_by + timedelta(minutes=1), tick=False)
    assert (this_week().due, this_week().in_time) == (1, 0)


def test_who_withdrew_before_a_word_broke_no_promise(clock):
    consultation_request = make_request()
    withdraw(consultation_request)
    clock.move_to(consultation_request.reply_by + timedelta(days=1), tick=False)
    assert (this_week().requests, this_week().due) == (1, 0)


def test_booked_attended_and_missed_are_counted_and_cancelled_is_not_booked(clock):
    staff = make_staff("frontdesk")
    requests = [make_request(email=f"{number}@patient.example") for number in range(11)]
    for number, consultation_request in enumerate(requests):
        book(consultation_request, make_time(20 + number), staff)
    cancel(requests[0], staff)
    clock.move_to(timezone.now() + timedelta(hours=34), tick=False)
    for request in requests[1:3]:
        end_consultation(request, State.ATTENDED, staff)
    for request in requests[3:6]:
        end_consultation(request, State.MISSED, staff)
    counted = this_week()
    assert (counted.booked, counted.attended, counted.missed, counted.to_come) == (10, 2, 3, 5)


def test_the_sweep_keeps_what_every_step_has_changed(time_machine):
    time_machine.move_to(MONDAY_TEN)
    make_staff("frontdesk"), open_times(days=14)
    keep_figures()
    samples = list(fill(20))
    keep_figures()
    assert count_all_anew(compare_only=True) == []
    time_machine.shift(timedelta(days=2))
    for sample in samples:
        sample.record(Event.Kind.CALL, Event.Actor.STAFF, outcome=Outcome.SPOKE)
    assert count_all_anew(compare_only=True) != []
    looked_at = figures_of(Span.up_to_now(4))
    keep_figures()
    assert (count_all_anew(compare_only=True), figures_of(Span.up_to_now(4))) == ([], looked_at)
    assert looked_at.all.answered == looked_at.all.requests


def test_a_promise_that_runs_out_is_counted_without_any_step(clock):
    consultation_request = make_request()
    keep_figures()
    assert this_week().due == 0
    clock.move_to(consultation_request.reply_by + timedelta(minutes=1), tick=False)
    assert this_week().due == 1
    keep_figures()
    assert (this_week().due, CountedDay.objects.get(counts_until=None, all__0=1).day.isoformat()) == (
        1,
        "2027-03-15",
    )


def test_the_command_names_the_days_that_are_kept_otherwise_and_puts_them_right(clock, capsys):
    make_request()
    keep_figures()
    CountedDay.objects.update(pages=[])
    with pytest.raises(CommandError, match="1 days are kept otherwise"):
        call_command("count_figures", "--compare")
    call_command("count_figures")
    call_command("count_figures", "--compare")
    assert capsys.readouterr().out.splitlines() == [
        "2027-03-15: differs",
        "2027-03-15: counted anew",
        "1 days were kept otherwise.",
        "Every day is kept as it is.",
    ]


def test_who_was_taken_down_from_the_telephone_is_told_apart(clock):
    make_request()
    caller = ConsultationRequest(name="Caller", contact_by="phone", phone="+15865550142", form_key="phoned in 1")
    keep_phoned_in(caller, make_staff("frontdesk"))
    assert (this_week().requests, this_week().by_telephone) == (2, 1)


def test_spam_is_counted_nowhere(clock):
    make_request(suspicions=["trap"])
    assert this_week().requests == 0


def test_counts_stay_when_personal_data_goes(clock):
    consultation_request = make_request(campaign="fair")
    book(consultation_request, make_time(30), make_staff("frontdesk"))
    before = figures_of(Span.up_to_now(1))
    withdraw(consultation_request)
    redact(consultation_request)
    after = figures_of(Span.up_to_now(1))
    assert (after.all.requests, after.all.answered, after.campaigns[0].name) == (1, before.all.answered, "fair")


def test_opening_time_until_the_first_word_leaves_out_the_night(clock):
    clock.move_to("2027-03-15T20:30Z", tick=False)  # 4:30 PM at the clinic
    consultation_request = make_request()
    opened = figures_of(Span.up_to_now(1))
    assert opened.half_within is None
    clock.move_to("2027-03-16T13:30Z", tick=False)  # 9:30 AM on the day after
    log_call(consultation_request, Outcome.SPOKE, make_staff("frontdesk"))
    assert figures_of(Span.up_to_now(1)).half_within < timedelta(hours=3)


@pytest.mark.parametrize(
    ("number", "half", "nine_of_ten"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (9, 5, 9), (10, 5, 9), (11, 6, 10)]
)
def test_half_and_nine_of_ten_had_their_first_word_within_so_many_minutes(clock, number, half, nine_of_ten):
    asked = [make_request(email=f"{n}@patient.example") for n in range(number)]
    begin, staff = timezone.now(), make_staff("frontdesk")
    for minutes, request in enumerate(asked, start=1):
        clock.move_to(begin + timedelta(minutes=minutes), tick=False)
        log_call(request, Outcome.SPOKE, staff)
    figures = figures_of(Span.up_to_now(1))
    assert figures.half_within == timedelta(minutes=half)
    assert figures.nine_of_ten_within == timedelta(minutes=nine_of_ten)


def test_pages_and_campaigns_are_counted_most_first(clock):
    scars = make_benefit(slug="scars-and-marks")
    for number in range(3):
        make_request(email=f"{number}@patient.example", benefit_id=scars.pk if number else None, campaign="")
    figures = figures_of(Span.up_to_now(1))
    assert [(tally.name, tally.requests) for tally in figures.pages] == [("Scars and marks", 2), ("Not sure yet", 1)]
    assert [(tally.name, tally.requests) for tally in figures.campaigns] == [("no tag", 3)]


def test_the_screen_costs_the_same_for_few_and_many(as_staff, clock, django_assert_max_num_queries):
    desk = as_staff("frontdesk")
    make_request()
    desk.get(FIGURES)
    with django_assert_max_num_queries(20) as few:
        desk.get(FIGURES)
    for number in range(30):
        make_request(email=f"{number}@patient.example")
    with django_assert_max_num_queries(len(few)):
        desk.get(FIGURES, {"weeks": 52, "against": "year"})


def test_every_figure_has_a_drawing_a_description_and_a_table_with_the_same_numbers(as_staff, clock):
    for number in range(3):
        make_request(email=f"{number}@patient.example", campaign="fair" if number else "")
    html = as_staff("frontdesk").get(FIGURES, {"weeks": 4}).text
    assert html.count('class="fig__drawing"') == html.count("<desc") == html.count('class="fig__table"') == 6
    assert "3 asked: 3 more than before" in html and "1 of 3 came without a campaign tag" in html
    drawn = [int(number) for number in re.findall(r'<text class="number"[^>]*>(\d+)</text>', html)]
    assert {3, 1, 2} <= set(drawn)


def test_every_figure_says_which_question_it_answers_and_is_taken_along_as_a_table(as_staff, clock):
    make_request(campaign="=spring()")
    desk = as_staff("frontdesk")
    html = desk.get(FIGURES, {"weeks": 4}).text
    assert html.count('class="fig__question') == html.count("for a spreadsheet") == 6
    table = desk.get(FIGURES, {"weeks": 4, "table": "campaigns"})
    rows = list(csv.reader(table.text.removeprefix("\ufeff").splitlines()))
    assert table["Content-Type"].startswith("text/csv") and "campaigns-" in table["Content-Disposition"]
    assert rows[2:] == [["Tag", "Asked", "Booked", "Attended"], ["'=spring()", "1", "0", "0"]]


def test_a_name_beside_a_bar_is_whole():
    name = "spring-letter-to-all-who-asked-for-a-consultation-in-2026"
    [bar] = horizontal_bars([(name, [(1, "first")])])
    assert "".join(words for words, _y in bar.name_lines) == name and len(bar.name_lines) == 3


def test_figures_name_nobody(as_staff, clock):
    make_request(name="Canary Person", email="canary@patient.example", phone="+15865550142")
    html = as_staff("frontdesk").get(FIGURES).text
    assert "Canary" not in html and "canary" not in html and "555" not in html


def test_weeks_in_which_nobody_asked_say_so(as_staff):
    assert "Nobody asked in these weeks." in as_staff("frontdesk").get(FIGURES).text


def test_weeks_that_there_are_not_are_refused_with_a_sentence(as_staff):
    assert "These weeks cannot be shown" in as_staff("frontdesk").get(FIGURES, {"weeks": "-3", "against": "x"}).text


@pytest.mark.parametrize(
    ("role", "status"), [("frontdesk", 200), ("manager", 200), ("marketing", 200), ("clinician", 403)]
)
def test_figures_are_for_those_who_may_count(as_staff, role, status):
    make_request(campaign="canarycampaign")
    response = as_staff(role).get(FIGURES)
    assert (response.status_code, "canarycampaign" in response.text) == (status, status == 200)


@pytest.mark.parametrize(("part", "whole", "words"), [(3, 4, "3 of 4"), (19, 20, "95 of 100"), (0, 0, "0 of 0")])
def test_a_share_of_few_is_not_blown_up_to_a_hundred(part, whole, words):
    assert share(part, whole) == words


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (21, 40), (41, 100), (101, 200)])
def test_a_scale_ends_at_the_next_round_number(most, top):
    assert top_of_scale(most) == top


def test_a_bar_is_as_long_as_its_number_says():
    bars = horizontal_bars(
        [("Ten", [(10, "first")]), ("Five", [(2, "first"), (3, "second")]), ("None", [(0, "first")])]
    )
    lengths = [sum(part.width for part in bar.parts) for bar in bars]
    assert lengths[1] == pytest.approx(lengths[0] / 2, abs=0.2) and lengths[2] == 0
    assert bars[1].parts[1].x == pytest.approx(bars[1].parts[0].x + bars[1].parts[0].width, abs=0.2)


def test_columns_stand_on_the_base_within_the_sheet():
    columns, ticks = vertical_bars([("one", [(3, "second"), (4, "first")]), ("two", [(0, "first")])])
    low, high = columns[0].parts
    assert low.y + low.height == pytest.approx(138) and high.y + high.height == pytest.approx(low.y, abs=0.2)
    assert [tick.words for tick in ticks] == ["0", "5", "10"] and high.y >= 20


def test_a_week_without_a_promise_is_left_out_of_the_line():
    dots, ticks, line = line_chart([("one", 88), ("two", None), ("three", 100)])
    assert [dot.words for dot in dots] == ["88", "100"] and len(line.split()) == 2
    assert [tick.words for tick in ticks] == ["70", "85", "100"]
