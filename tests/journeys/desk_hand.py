"""The hand of whoever sits at the desk for a day: what it does is counted, at their own screen and at a colleague's."""

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.desk_requests import BOTH
from tests.journeys.ten_requests import Hand, said
from tests.journeys.test_patient_and_desk import sign_in

LIST, CALENDAR = "/admin/booking/consultationrequest/", "/admin/booking/opentime/calendar/"


@dataclass
class DeskHand(Hand):
    """A hand that can go to a colleague's screen, or look over the shoulder of a patient."""

    site: object = None
    open_tab: object = None
    given: dict = field(default_factory=dict)  # what the seed of the day told: links of patients, days
    _screens: dict = field(default_factory=dict)

    @contextmanager
    def at(self, role):
        """At the screen of a colleague; what is done there is counted, too."""
        own = self.page
        if role not in self._screens:
            self._screens[role] = self.open_tab(width=1280)
            sign_in(self._screens[role], self.site, role)
        self.page = self._screens[role]
        yield self.page
        self.page = own

    def patient(self, name):
        """The private page of a patient, in their own browser."""
        page = self.open_tab(width=390)
        page.goto(self.given["links"][name])
        return page

    def choose(self, found, **option):
        found.select_option(**option)
        self.actions += 1

    def fill(self, found, text):
        found.fill(text)
        self.actions += 1


@dataclass(frozen=True)
class Case:
    """What is done for somebody; it begins at their request, or on the screen that is named."""

    who: str
    act: object
    begins: str = "request"

    @property
    def what(self):
        return " ".join((self.act.__doc__ or "").split())


def begin_day(site, seed):
    """Have the requests of a day be there; returns what the seed told."""
    told = site.manage("shell", "-v0", "-c", BOTH + seed)
    return json.loads(told) if told.strip() else {}


def work_through(page, site, cases, given, open_tab):
    """Carry a whole day, each case where it begins; returns rows of (who, what, actions, seconds)."""
    sign_in(page, site, "frontdesk")
    hand, rows = DeskHand(page, site=site, open_tab=open_tab, given=given), []
    for case in cases:
        if case.begins == "request":
            page.goto(f"{LIST}?q={case.who}+Person")
            page.locator(".c-who > a").first.click()
            expect(page.locator(".req-head")).to_be_visible()
        else:
            page.goto("/admin/" if case.begins == "today" else CALENDAR)
        hand.actions, hand.began = 0, time.monotonic()
        case.act(hand)
        rows.append((case.who, case.what, hand.actions, time.monotonic() - hand.began))
    return rows


def put_down(hand):
    hand.click(hand.page.locator("a.cell.open").first)
    expect(hand.page.locator("#move-to")).not_to_have_value("")
    hand.click(hand.page.get_by_role("button", name="Move and tell"))
    said(hand, "Moved to")


def day_of(hand, number):
    """A day of the week that this day is about: 0 is its Monday."""
    return (date.fromisoformat(hand.given["monday"]) + timedelta(days=number)).isoformat()
