"""What is done at the desk all day, each job from Today, and how many actions of the hand it may take."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.desk_hand import CALENDAR, DeskHand, put_down
from tests.journeys.desk_requests import BOTH, OFTEN
from tests.journeys.ten_requests import book, call_in_vain, offer, phone_in, said
from tests.journeys.test_patient_and_desk import sign_in


def open_oldest(hand):
    hand.press("Enter")
    expect(hand.page.locator(".req-head")).to_be_visible()


def offer_the_oldest(hand):
    open_oldest(hand)
    offer(hand)


def book_the_oldest(hand):
    open_oldest(hand)
    book(hand)


def no_answer(hand):
    open_oldest(hand)
    call_in_vain("2")(hand)


def arrived(hand):
    hand.click(hand.page.get_by_role("button", name=re.compile("Arrived.*Comes Person")))
    said(hand, "has arrived")


def phoned_in(hand):
    hand.press("p")
    hand.page.wait_for_url("**/add/")
    hand.write("Name", "Ring Person")
    hand.write("Telephone", "586 555 0188")
    hand.click(hand.page.get_by_label("The caller agrees"))
    hand.press("Control+Enter")
    said(hand, "Kept as")


def phoned_in_and_booked(hand):
    _who, _what, hand.actions, _seconds = phone_in(hand.page)


def move_in_the_calendar(hand):
    hand.page.goto(f"{CALENDAR}?day={hand.given['day']}")
    hand.click(hand.page.locator("a.cell.booked[title*='Move Person']"))
    hand.click(hand.page.get_by_role("link", name="Move it"))
    put_down(hand)


# What a day is made of: with which request it begins, how it is done from Today, and how many actions it may take.
JOBS = {
    "arrived": ("Visits", arrived, 1),
    "three times that suit are offered": ("Offer", offer_the_oldest, 2),
    "booked by telephone": ("Telephone", book_the_oldest, 3),
    "no answer": ("Silent", no_answer, 2),
    "phoned in": ("", phoned_in, 5),
    "phoned in and booked": ("", phoned_in_and_booked, 7),
    "moved": ("Move", move_in_the_calendar, 4),
}


def do_often(page, site):
    """Do each frequent job, with nobody else waiting; returns rows of (job, most, actions, seconds)."""
    sign_in(page, site, "frontdesk")
    rows = []
    for job, (seed, act, most) in JOBS.items():
        told = site.manage("shell", "-v0", "-c", BOTH + OFTEN[seed]) if seed else ""
        page.goto("/admin/")
        hand = DeskHand(page, given={"day": told.strip()})
        act(hand)
        rows.append((job, most, hand.actions, time.monotonic() - hand.began))
    return rows
