"""Another day at the desk: twenty-four nasty ones from three weeks of a clinic, each carried to its end."""

import re

from playwright.sync_api import expect

from tests.journeys.desk_hand import CALENDAR, LIST, Case, day_of, put_down
from tests.journeys.desk_with_others import (
    closed_day_reopened,
    end_of_a_shift,
    erase_on_request,
    ill_for_three_days,
    patient_withdraws_meanwhile,
    time_withdrawn_meanwhile,
    two_at_one_request,
    urgent_question_answered,
    who_looked_at_mine,
)
from tests.journeys.ten_requests import offer, said


def four_of_a_family(hand):
    """Mother, father and two children with one number: each is found by it and booked, one after the other."""
    for name in ("Mother", "Father", "Girl", "Boy"):
        hand.page.goto(f"{CALENDAR}?day={day_of(hand, 4)}")
        hand.click(hand.page.locator("td.wide a.cell.open").first)
        hand.write("Book this: who is it for?", "5550150")
        hand.press("Enter")
        hand.click(hand.page.get_by_role("button", name=re.compile(f"Book.*Four{name} Person")))
        said(hand, "Booked:")


def same_name_twice(hand):
    """Two of one name: the list shows the address of each, and the right one is offered times."""
    hand.press("/")
    hand.page.keyboard.type("Twin Person")
    hand.press("Enter")
    rows = hand.page.locator(".rows tbody tr:not(.group)")
    expect(rows).to_have_count(2)
    hand.click(rows.filter(has_text="twin1@patient.example").locator(".c-who > a"))
    expect(hand.page.locator(".main-way")).to_have_text(re.compile("twin1@"))
    offer(hand)


def minor(hand):
    """A mother asks in her own name for her son: noted as for someone else, with a line for colleagues."""
    hand.press("c")
    hand.page.wait_for_url("**/correct/")
    hand.click(hand.page.get_by_label("Asks for someone else"))
    hand.press("Control+Enter")
    said(hand, "Kept")
    hand.press("n")
    hand.page.keyboard.type("The mother asks for her son, 15. She comes with him.")
    hand.press("Enter")
    said(hand, "in the timeline")


def fever_after_needling(hand):
    """Somebody who was treated two days ago calls with fever: their request has ended, and is urgent all the same."""
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "38.6 C since this morning, treated two days ago")
    hand.click(hand.page.get_by_role("button", name="Urgent: trouble after a treatment"))
    said(hand, "on top of Today")
    hand.page.goto("/admin/")
    expect(hand.page.locator(".panel--urgent")).to_contain_text("After Person")


def foreign_number(hand):
    """Somebody phones in from abroad, with a number of another country, and is booked in ten weeks."""
    page = hand.page
    hand.press("p")
    page.wait_for_url("**/add/")
    hand.write("Name", "Overseas Person")
    hand.write("Telephone", "+44 20 7946 0123")
    hand.click(page.get_by_label("The caller agrees"))
    hand.press("Control+Enter")
    said(hand, "Kept as")
    expect(page.locator(".main-way")).to_contain_text("+44 20 7946 0123")
    hand.fill(page.get_by_label("Any date"), day_of(hand, 3))
    hand.click(page.get_by_role("button", name="Show", exact=True))
    page.wait_for_url("**day=**")
    hand.click(page.locator(".slots input").first)
    hand.click(page.get_by_role("button", name=re.compile("book now")))
    said(hand, "Booked:")


def ask_for_the_number(hand):
    """A wrong number, but an email: they are asked for the right one in words that are there already."""
    hand.press("4")
    hand.page.wait_for_url("**/correct/?ask=number")
    hand.click(hand.page.get_by_role("link", name="Ask the patient by email"))
    expect(hand.page.locator("#answer")).not_to_have_value("")
    hand.press("Control+Enter")
    said(hand, "Your answer is on")


def no_voicemail(hand):
    """Owed a call, and no message may be left: the row says so and offers no voicemail; tried again tomorrow."""
    row = hand.page.locator(".call-owed", has_text="Hush Person")
    expect(row).to_contain_text("leave no message")
    expect(row.get_by_role("button", name="Left voicemail")).to_have_count(0)
    hand.choose(row.locator("select[name=again]"), index=2)
    hand.click(row.get_by_role("button", name=re.compile("Try again")))
    said(hand, "is due again")


def spam_that_is_a_patient(hand):
    """They call: 'I wrote and nobody answers'. Found by name among the spam, released, offered times."""
    hand.click(hand.page.get_by_role("button", name="A person: release it"))
    said(hand, "Released")
    offer(hand)


def freed_time(hand):
    """A consultation is cancelled in the calendar, and whoever waits longest for such a time is offered it there."""
    page = hand.page
    page.goto(f"{CALENDAR}?day={day_of(hand, 4)}")
    hand.click(page.locator("a.cell.booked[title*='Freed Person']"))
    hand.click(page.get_by_text("Cancel it"))
    hand.click(page.get_by_role("button", name="Cancel the consultation"))
    said(hand, "Canceled")
    waits = page.locator(".panel", has=page.locator("#fits-h"))
    hand.click(waits.get_by_role("button", name=re.compile("Offer.*Waits Person")))
    said(hand, "what is booked stays")


def decline_kindly(hand):
    """Declined with a prepared answer and words of one's own, in one step."""
    hand.click(hand.page.get_by_role("link", name="Other steps"))
    hand.click(hand.page.locator(".decline input[name=prepared]:not([value=''])").first)
    hand.write("Your own words", "Dr. Example at the children's hospital will gladly see him.")
    hand.click(hand.page.get_by_role("button", name="Mark as: Declined"))
    said(hand, "is now 'Declined'")


def move_twice(hand):
    """Moved, and moved again on the same call: the patient gets one mail, with the last time."""
    for _time in range(2):
        hand.click(hand.page.get_by_role("link", name="Move it in the calendar"))
        put_down(hand)
        hand.page.goto(f"{LIST}?q=Twice+Person")
        hand.page.locator(".c-who > a").first.click()
    hand.click(hand.page.locator(".mails-box summary"))
    moved = hand.page.locator(".mails li", has_text="Your consultation is moved")
    expect(moved.filter(has_not_text="overtaken")).to_have_count(1)


def undo_in_the_calendar(hand):
    """Booked from the calendar for the wrong person: undone in the calendar, and the time is open again."""
    page = hand.page
    page.goto(f"{CALENDAR}?day={day_of(hand, 1)}")
    hand.click(page.locator("td.wide a.cell.open").first)
    hand.write("Book this: who is it for?", "Undo Per")
    hand.press("Enter")
    hand.click(page.get_by_role("button", name=re.compile("Book.*Undo Person")))
    said(hand, "Booked:")
    hand.press("u")
    said(hand, "Undone")
    expect(page.locator("#chosen-h")).to_be_visible()
    expect(page.locator("#find-person")).to_be_visible()


def dead_address_and_no_number(hand):
    """The mail about a booking came back and there is no number: said so, and it stands no longer among the calls."""
    row = hand.page.locator(".call-owed", has_text="Dead Person")
    expect(row).to_contain_text("No telephone number")
    hand.click(row.get_by_role("button", name=re.compile("Cannot be told")))
    said(hand, "nobody could tell")


def interpreter_for_a_given_time(hand):
    """They need this hour, and no interpreter is there: warned, booked, one is found, and the time says so."""
    page = hand.page
    page.goto(f"{CALENDAR}?day={day_of(hand, 2)}")
    hand.click(page.locator("td.wide a.cell.open").last)
    hand.write("Book this: who is it for?", "Missing Per")
    hand.press("Enter")
    expect(page.locator(".book-this__found")).to_contain_text("asked for an interpreter; none is there")
    hand.click(page.get_by_role("button", name=re.compile("Book.*Missing Person")))
    said(hand, "No interpreter is there then")
    hand.click(page.get_by_role("button", name="An interpreter comes"))
    said(hand, "an interpreter comes")


def late_after_all(hand):
    """Marked as missed, and there they are, out of breath: undone, arrived, seen."""
    page = hand.page
    hand.click(page.get_by_role("button", name=re.compile("Missed.*Late Person")))
    said(hand, "missed it")
    hand.press("u")
    said(hand, "Undone")
    hand.click(page.get_by_role("button", name=re.compile("Arrived.*Late Person")))
    said(hand, "has arrived")
    hand.click(page.get_by_role("button", name=re.compile("Attended.*Late Person")))
    said(hand, "came to the consultation")


DAY = [
    Case("FourMother", four_of_a_family, "calendar"),
    Case("Twin", same_name_twice, "today"),
    Case("Minor", minor),
    Case("IllOne", ill_for_three_days, "today"),
    Case("After", fever_after_needling),
    Case("Overseas", foreign_number, "today"),
    Case("Twisted", ask_for_the_number),
    Case("Hush", no_voicemail, "today"),
    Case("Cancels", patient_withdraws_meanwhile),
    Case("Withdrawn", time_withdrawn_meanwhile),
    Case("Both", two_at_one_request),
    Case("Spammy", spam_that_is_a_patient),
    Case("Freed", freed_time, "calendar"),
    Case("Kindly", decline_kindly),
    Case("Twice", move_twice),
    Case("Undo", undo_in_the_calendar, "calendar"),
    Case("ClosedOne", closed_day_reopened, "today"),
    Case("Dead", dead_address_and_no_number, "today"),
    Case("Missing", interpreter_for_a_given_time, "calendar"),
    Case("Curious", who_looked_at_mine),
    Case("Forget", erase_on_request),
    Case("Late", late_after_all, "today"),
    Case("Photo", urgent_question_answered),
    Case("Everybody", end_of_a_shift, "today"),
]
