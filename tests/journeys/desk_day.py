"""A day at the front desk with what a clinic has in three weeks of nasty ones, each action of the hand counted."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.ten_requests import Hand, said
from tests.journeys.test_patient_and_desk import sign_in

LIST = "/admin/booking/consultationrequest/"

# Requests as patients send them, an address that came back, times in six weeks, and prepared answers.
MORNING = """
from datetime import datetime, time, timedelta
from django.utils import timezone
from booking.models import Clinician, ConsultationRequest, OpenTime, PreparedAnswer
from booking.models.outbox import Trouble
from booking.schedule.publishing import Pattern, publish
from booking.schedule.times import book
from booking.services import submit
from clinic_site.models import StaffMember
day = timezone.localdate() + timedelta(days=40)
who = Clinician.objects.first()
publish(Pattern(clinicians=(who,), first_day=day, last_day=day + timedelta(days=6), weekdays=frozenset(range(7)),
                begins=time.min, ends=time.max, minutes=20))
OpenTime.objects.filter(day__gte=day, begins_by_clock__lt=time(12)).update(with_interpreter=True)
PreparedAnswer.objects.create(title="Not with us", text="We do not treat this here.")
PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
FAMILY = {"phone": "+15865550140", "contact_by": "phone"}
people = {
    "Away": {}, "Abroad": {}, "Typo": {"email": "typo@patient.exmaple", "phone": "+15865550131"},
    "Number": {"phone": "+15865550132"},
    "Interpreter": {"interpreter": True, "language": "ar", "needs": ["wheelchair"]}, "Fever": {}, "Question": {},
    "Decline": {}, "Later": {"phone": "+15865550133"}, "Shift": {}, "Hour": {}, "Mother": FAMILY, "Answer": {},
}
for number, (name, more) in enumerate(people.items()):
    given = {"name": f"{name} Person", "contact_by": "email", "email": f"day{number}@patient.example"}
    submit(ConsultationRequest(**(given | {"form_key": f"day {number}"} | more)))
typo, staff = ConsultationRequest.objects.get(name="Typo Person"), StaffMember.objects.get(username="frontdesk")
book(typo, OpenTime.objects.bookable().order_by("-starts_at").first(), staff)
mail = typo.mails.get(kind="booked")
mail.record_trouble(Trouble.NO_SUCH_ADDRESS)
ConsultationRequest.objects.filter(pk=typo.pk).update(refused_email=typo.email)
typo.refresh_from_db()
typo.to_calls.owe(typo, "booked", "no-such-address", mail=mail)
"""


def any_date(hand):
    """Away for weeks: three times in six weeks are offered."""
    hand.click(hand.page.get_by_role("button", name="In six weeks"))
    expect(hand.page.locator(".slots input:checked").first).to_be_visible()
    hand.press("Control+Enter")
    said(hand, "Held until")


def turn_back_and_forth(hand):
    """A note is typed, days are turned, and what was typed and ticked is still there."""
    page = hand.page
    hand.click(page.locator(".slots input:not(:checked)").first)
    hand.write("A line to the patient", "We write, as you are abroad.")
    hand.click(page.get_by_role("button", name="In six weeks"))
    expect(page.get_by_label("A line to the patient")).to_have_value("We write, as you are abroad.")
    expect(page.locator(".chosen .slot input:checked")).to_have_count(1)
    hand.press("Control+Enter")
    said(hand, "Held until")


def correct_the_address(hand):
    hand.press("c")
    hand.page.wait_for_url("**/correct/")
    hand.page.locator("#id_email").fill("typo@patient.example")
    hand.actions += 1
    hand.press("Control+Enter")
    said(hand, "goes to the new address now")


def right_number(hand):
    hand.press("4")
    hand.page.wait_for_url("**/correct/?ask=number")
    hand.write("Telephone", "586 555 0172")
    hand.press("Control+Enter")
    said(hand, "Kept")


def interpreter_and_wheelchair(hand):
    """Only times with the interpreter are asked for, in six weeks, and the first of them is booked by telephone."""
    page = hand.page
    hand.click(page.get_by_label("Interpreter there"))
    hand.click(page.get_by_role("button", name="Show", exact=True))
    expect(page.locator(".slots input").first).to_be_visible()
    hand.click(page.locator(".chosen button").first)
    said(hand, "Booked:")
    expect(page.locator(".messagelist")).not_to_contain_text("No interpreter")


def urgent(hand):
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "Fever on the second day after needling")
    hand.click(hand.page.get_by_role("button", name="Urgent: trouble after a treatment"))
    said(hand, "on top of Today")


def question(hand):
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "Takes a blood thinner")
    hand.press("Control+Enter")
    said(hand, "A clinician is asked")


def decline(hand):
    hand.click(hand.page.get_by_role("link", name="Other steps"))
    hand.click(hand.page.get_by_label("Not with us"))
    hand.click(hand.page.get_by_role("button", name="Mark as: Declined"))
    said(hand, "is now 'Declined'")


def call_later(hand):
    """They were reached, at work: the next call is on a day and hour that suit them."""
    page = hand.page
    hand.write("Note on this call", "At work until two")
    hand.click(page.get_by_text("day and hour"))
    day = page.evaluate("new Date(Date.now() + 6 * 864e5).toISOString().slice(0, 10)")
    page.locator("#call-day").fill(day)
    page.locator("#call-at").fill("15:00")
    hand.actions += 2
    hand.click(page.get_by_role("button", name="Spoke"))
    said(hand, "is due again")


def hand_over(hand):
    hand.click(hand.page.locator(".assign summary"))
    hand.page.locator("#assign-to").select_option(index=0)
    hand.actions += 1
    hand.click(hand.page.get_by_role("button", name="Hand over", exact=True))
    said(hand, "now.")


def book_from_the_calendar(hand):
    """They ask for a certain hour: the open time is clicked, they are found, it is booked."""
    page = hand.page
    day = page.evaluate("new Date(Date.now() + 42 * 864e5).toISOString().slice(0, 10)")
    page.goto(f"/admin/booking/opentime/calendar/?day={day}")
    hand.click(page.locator("a.cell.open").first)
    hand.write("Book this: who is it for?", "Hour Per")
    page.keyboard.press("Enter")
    hand.actions += 1
    expect(page.locator(".book-this__found li")).to_have_count(1)
    hand.click(page.get_by_role("button", name=re.compile("Book.*Hour Person")))
    said(hand, "Booked:")


def family_of_four(hand):
    """A mother calls for her children, too: each is a request of their own, with the one number."""
    page = hand.page
    for name in ("Daughter", "Son", "Baby"):
        hand.press("p")
        page.wait_for_url("**/add/")
        hand.write("Name", f"{name} Person")
        hand.write("Telephone", "586 555 0140")
        hand.click(page.get_by_label("Asks for someone else"))
        hand.click(page.get_by_label("The caller agrees"))
        hand.press("Control+Enter")
        hand.click(page.get_by_role("button", name="Somebody else: keep as new"))
        said(hand, "Kept as")


def answer_with_own_words(hand):
    """A line is typed, the prepared answer comes below it, and both are sent."""
    page = hand.page
    hand.click(page.get_by_role("link", name="Answer", exact=True))
    hand.write("What the patient will read", "Dear Answer,")
    hand.click(page.get_by_role("button", name="Parking"))
    expect(page.locator("#answer")).to_have_value("Dear Answer,\n\nThere is a lot behind the house.")
    hand.press("Control+Enter")
    said(hand, "Your answer is on")


DAY = {
    "Away": any_date,
    "Abroad": turn_back_and_forth,
    "Typo": correct_the_address,
    "Number": right_number,
    "Interpreter": interpreter_and_wheelchair,
    "Fever": urgent,
    "Question": question,
    "Decline": decline,
    "Later": call_later,
    "Shift": hand_over,
    "Hour": book_from_the_calendar,
    "Mother": family_of_four,
    "Answer": answer_with_own_words,
}


def work_through(page, site):
    """Carry the whole day, each case from the search; returns rows of (who, what, actions, seconds)."""
    site.manage("shell", "-c", MORNING)
    sign_in(page, site, "frontdesk")
    rows = []
    for name, act in DAY.items():
        page.goto(f"{LIST}?q={name}+Person")
        page.locator(".c-who > a").first.click()
        expect(page.locator(".req-head")).to_be_visible()
        hand = Hand(page)
        began = time.monotonic()
        act(hand)
        rows.append((name, act.__doc__ or act.__name__.replace("_", " "), hand.actions, time.monotonic() - began))
    page.goto("/admin/")
    expect(page.locator(".panel--urgent")).to_contain_text("Fever Person")
    return rows
