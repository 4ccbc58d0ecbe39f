"""Ten mixed requests, handled from sign-in to an empty worklist, with each action of the hand counted."""

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import expect

from tests.journeys.keys import press
from tests.journeys.test_patient_and_desk import sign_in

# Written by the same function that keeps a patient's form; spam is what carries suspicions.
REQUESTS = """
from booking.models import ConsultationRequest, PreparedAnswer
from booking.services import submit
PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
people = [
    ("Offer", "email", {}), ("Other", "email", {}), ("Take", "email", {}), ("Answer", "email", {}),
    ("Decline", "email", {}), ("Book", "phone", {}), ("Noanswer", "phone", {}), ("Voicemail", "phone", {}),
    ("Spam", "email", {"suspicions": ["trap"]}),
]
for number, (name, by, more) in enumerate(people):
    submit(ConsultationRequest(
        name=f"{name} Person", contact_by=by, email=f"ten{number}@patient.example" if by == "email" else "",
        phone=f"+1586555010{number}" if by == "phone" else "", form_key=f"ten {number}", **more,
    ))
"""
HOME, WORKLIST = "/admin/", "/admin/booking/consultationrequest/?view=answer"


@dataclass
class Hand:
    """The desk's hand: each key, click and field filled is one action."""

    page: object
    actions: int = 0
    began: float = field(default_factory=time.monotonic)

    def press(self, key):
        press(self.page, key)
        self.actions += 1

    def click(self, found):
        found.click()
        self.actions += 1

    def write(self, label, text):
        self.page.get_by_role("main").get_by_label(label).first.fill(text)
        self.actions += 1


def offer(hand):
    hand.press("Control+Enter")
    said(hand, "Held until")


def offer_other(hand):
    times = hand.page.locator(".slots input")
    hand.click(hand.page.locator(".slots input:checked").first)
    hand.click(times.nth(1))
    hand.press("Control+Enter")
    said(hand, "Held until")


def take_and_offer(hand):
    hand.press("t")
    said(hand, "is yours")
    hand.press("Control+Enter")
    said(hand, "Held until")


def answer(hand):
    hand.click(hand.page.get_by_role("link", name="Answer", exact=True))
    hand.click(hand.page.get_by_role("button", name="Parking"))
    hand.page.wait_for_url("**prepared=**")
    hand.press("Control+Enter")
    said(hand, "Your answer is on")


def decline(hand):
    hand.click(hand.page.get_by_role("link", name="Other steps"))
    hand.write("Note for colleagues", "Asks for what we do not do")
    hand.click(hand.page.get_by_role("button", name="Mark as: Declined"))
    said(hand, "is now 'Declined'")


def book(hand):
    hand.click(hand.page.locator(".slots input").first)
    hand.click(hand.page.get_by_role("button", name="Book now"))
    said(hand, "Booked:")


def call_in_vain(key):
    def call(hand):
        hand.press(key)
        said(hand, "is due again")

    return call


def reach(hand):
    hand.press("1")
    said(hand, "Noted: spoke with")


def give_up(hand):
    hand.click(hand.page.get_by_role("link", name="Other steps"))
    hand.click(hand.page.get_by_role("button", name="Mark as: Unreachable"))
    said(hand, "is now 'Unreachable'")


# What is done with whom, in turn; whoever was not reached comes up again.
HANDLED = {
    "Offer": [("three times that suit are offered", offer)],
    "Other": [("one of three times is changed, then offered", offer_other)],
    "Take": [("taken, then offered", take_and_offer)],
    "Answer": [("a prepared answer is sent", answer)],
    "Decline": [("declined with a note", decline)],
    "Book": [("booked on the telephone", book)],
    "Noanswer": [("no answer", call_in_vain("2")), ("called again: spoke", reach)],
    "Voicemail": [("left a voicemail", call_in_vain("3")), ("given up as unreachable", give_up)],
    "Spam": [("released from quarantine, then offered", offer)],
}


def handle_all(page, site):
    """Handle them, from the home to an empty worklist; returns rows of (who, what, actions, seconds)."""
    site.manage("shell", "-c", REQUESTS)
    sign_in(page, site, "frontdesk")
    expect(page.locator("#promises-h")).to_be_visible()
    rows = [release(page), phone_in(page)]
    waiting = {name: list(turns) for name, turns in HANDLED.items()}
    while any(waiting.values()):
        hand = Hand(page)
        open_next(hand)
        name = page.get_by_role("heading", level=1).inner_text().split()[0]
        what, act = waiting[name].pop(0)
        act(hand)
        rows.append((name, what, hand.actions, time.monotonic() - hand.began))
    page.goto(WORKLIST)
    expect(page.locator(".nothing .lead")).to_have_text("Nobody is waiting for a word from you.")
    return rows


def open_next(hand):
    """By Enter, on the home as after a step; where the last of the list was just put off, from the home again."""
    page = hand.page
    if not page.locator("[data-then], [data-key=enter]").count():
        page.goto(HOME)
    hand.press("Enter")
    page.wait_for_url(re.compile(r"/change/"))
    expect(page.locator(".req-head")).to_be_visible()
    expect(page.locator(".messagelist")).to_have_count(0)


def release(page):
    hand = Hand(page)
    hand.click(page.get_by_role("button", name=re.compile("Release.*Spam Person")))
    said(hand, "Released")
    return "Spam", "released on the home", hand.actions, time.monotonic() - hand.began


def phone_in(page):
    """Somebody calls in between: written down, and booked while still on the line."""
    hand = Hand(page)
    hand.press("p")
    page.wait_for_url("**/add/")
    hand.write("Name", "Caller Person")
    hand.write("Telephone", "586 555 0199")
    hand.click(page.get_by_label("The caller agrees"))
    hand.press("Control+Enter")
    said(hand, "Kept as")
    book(hand)
    return "Caller", "phoned in, kept and booked", hand.actions, time.monotonic() - hand.began


def said(hand, words):
    expect(hand.page.locator(".messagelist")).to_contain_text(words)
