"""A day at the front desk: twenty-four people with what a clinic's day asks for, one by one."""

import re

from playwright.sync_api import expect

from tests.journeys.desk_hand import Case, put_down
from tests.journeys.keys import press
from tests.journeys.ten_requests import book, said


def any_date(hand):
    """Away for weeks: three times in six weeks are offered."""
    hand.click(hand.page.get_by_role("button", name="In six weeks"))
    hand.page.wait_for_url("**day=**")
    expect(hand.page.locator(".slots input:checked").first).to_be_visible()
    hand.press("Control+Enter")
    said(hand, "Held until")


def turn_back_and_forth(hand):
    """A note is typed, days are turned, and what was typed and ticked is still there."""
    page = hand.page
    hand.click(page.locator(".slots input:not(:checked)").first)
    hand.write("A line to the patient", "We write, as you are abroad.")
    hand.click(page.get_by_role("button", name="In six weeks"))
    page.wait_for_url("**day=**")
    expect(page.get_by_label("A line to the patient")).to_have_value("We write, as you are abroad.")
    expect(page.locator(".chosen .slot input:checked")).to_have_count(1)
    hand.press("Control+Enter")
    said(hand, "Held until")


def correct_the_address(hand):
    """The email came back: the typo is corrected, and it goes to the right address."""
    hand.press("c")
    hand.page.wait_for_url("**/correct/")
    hand.page.locator("#id_email").fill("typo@patient.example")
    hand.actions += 1
    hand.press("Control+Enter")
    said(hand, "goes to the new address now")


def right_number(hand):
    """A wrong number: the right one is asked for at once."""
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
    page.wait_for_url("**interpreter=**")
    expect(page.locator(".slots input").first).to_be_visible()
    hand.click(page.locator(".chosen button").first)
    said(hand, "Booked:")
    expect(page.locator(".messagelist")).not_to_contain_text("No interpreter")


def urgent(hand):
    """Fever after needling: on top of Today until a clinician answers."""
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "Fever on the second day after needling")
    hand.click(hand.page.get_by_role("button", name="Urgent: trouble after a treatment"))
    said(hand, "on top of Today")


def question(hand):
    """A question to a clinician that can wait an hour."""
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "Takes a blood thinner")
    hand.press("Control+Enter")
    said(hand, "A clinician is asked")


def decline(hand):
    """Declined with a prepared answer in one step."""
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
    """Handed over to a colleague."""
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
    press(page, "Enter")
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


def no_message_may_be_left(hand):
    """No answer, and they want no message: the page says so, and the call comes back by itself."""
    expect(hand.page.locator(".who")).to_contain_text("Leave no message")
    hand.press("2")
    said(hand, "is due again")


def voicemail(hand):
    """A message is left, as they allow."""
    hand.press("3")
    said(hand, "is due again")


def unreachable(hand):
    """Given up after the last call, with a note."""
    hand.click(hand.page.get_by_role("link", name="Other steps"))
    hand.write("Note for colleagues", "Five calls in a week")
    hand.click(hand.page.get_by_role("button", name="Mark as: Unreachable"))
    said(hand, "is now 'Unreachable'")


def undo_a_booking(hand):
    """Booked on the telephone, the wrong line of the list: undone where the hand is."""
    hand.click(hand.page.locator(".chosen button").first)
    said(hand, "Booked:")
    hand.press("u")
    said(hand, "Undone")


def move_from_the_request(hand):
    """They call and want another hour: from their request to the calendar, and moved."""
    hand.click(hand.page.get_by_role("link", name="Move it in the calendar"))
    put_down(hand)


def cancel_with_words(hand):
    """The consultation is cancelled with a line to the patient; a new time is owed."""
    hand.click(hand.page.get_by_text("Cancel it"))
    hand.write("Words to the patient", "The room is being repaired. We will offer you new times today.")
    hand.click(hand.page.get_by_role("button", name="Cancel the consultation"))
    said(hand, "Canceled")


def release_on_today(hand):
    """A person among the spam is released from Today."""
    hand.click(hand.page.get_by_role("button", name=re.compile("Release.*Spam Person")))
    said(hand, "Released")


def spam_on_today(hand):
    """Spam is kept apart from Today."""
    hand.click(hand.page.get_by_role("button", name=re.compile("Spam.*Robot Person")))
    said(hand, "Kept apart")


def arrives_and_is_seen(hand):
    """Somebody comes to the desk, and is called in."""
    hand.click(hand.page.get_by_role("button", name=re.compile("Arrived.*Came Person")))
    said(hand, "has arrived")
    hand.click(hand.page.get_by_role("button", name=re.compile("Attended.*Came Person")))
    said(hand, "came to the consultation")


def earlier_time(hand):
    """Who waits longest is offered a free earlier time from Today; what they have stays theirs."""
    hand.click(hand.page.get_by_role("button", name=re.compile("Offer .*Earlier Person")))
    said(hand, "what is booked stays")


def caller_is_here_already(hand):
    """Who is left a message calls back: while the number is typed their request shows, and is gone on with."""
    hand.press("p")
    hand.page.wait_for_url("**/add/")
    hand.write("Telephone", "586 555 0132")
    hand.click(hand.page.get_by_role("link", name=re.compile("Go on with this one.*Voice Person")))
    expect(hand.page.locator(".req-head")).to_contain_text("Voice Person")
    book(hand)


DAY = [
    Case("Away", any_date),
    Case("Abroad", turn_back_and_forth),
    Case("Typo", correct_the_address),
    Case("Number", right_number),
    Case("Interpreter", interpreter_and_wheelchair),
    Case("Fever", urgent),
    Case("Question", question),
    Case("Decline", decline),
    Case("Later", call_later),
    Case("Shift", hand_over),
    Case("Hour", book_from_the_calendar, "calendar"),
    Case("Mother", family_of_four),
    Case("Answer", answer_with_own_words),
    Case("Quiet", no_message_may_be_left),
    Case("Voice", voicemail),
    Case("Gone", unreachable),
    Case("Undone", undo_a_booking),
    Case("Moved", move_from_the_request),
    Case("Cancelled", cancel_with_words),
    Case("Spam", release_on_today, "today"),
    Case("Robot", spam_on_today, "today"),
    Case("Came", arrives_and_is_seen, "today"),
    Case("Earlier", earlier_time, "today"),
    Case("Voice", caller_is_here_already, "today"),
]
