"""A newcomer does the ten commonest jobs from docs/front-desk.md alone: what is pressed, that document names."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_requests import BOTH
from tests.journeys.keys import press
from tests.journeys.sites import JourneySite
from tests.journeys.test_patient_and_desk import sign_in
from tests.site import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.prove]

DOCUMENT = (ROOT / "docs" / "front-desk.md").read_text()
REQUESTS = """
from booking.schedule.picking import pick
from django.db import transaction
PreparedAnswer.objects.create(title="Parking", text="There is a lot behind the house.")
for name in ("Offer", "Asks", "Refuse", "Doubt"):
    ask(name)
with transaction.atomic():
    pick(ask("Picked"), OpenTime.objects.bookable().order_by("-starts_at").first())
ask_by_phone("Quiet", "+15865550170")
ask_by_phone("Takes", "+15865550171")
ask("Spam", suspicions=["trap"])
book_today("Comes")
asked = ask("Moves")
book(asked, OpenTime.objects.bookable().order_by("-starts_at").first(), staff)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own, with somebody for each job."""
    with JourneySite(tmp_path_factory.mktemp("newcomer")) as running:
        running.manage("shell", "-v0", "-c", BOTH + REQUESTS)
        yield running


class Newcomer:
    """Knows the document, and the screen in front of them."""

    def __init__(self, page):
        self.page = page

    def press(self, words, whom=""):
        """Press what the document names: the first button, link or fold that begins with these words."""
        assert re.search(rf"\*{{1,2}}{re.escape(words)}", DOCUMENT), f"The document does not name '{words}'."
        self.page.wait_for_load_state()
        name = re.compile(rf"^(\W+ )?{re.escape(words)}(?!\w).*{whom}", re.S)
        found = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        found.or_(self.page.locator("summary").filter(has_text=name)).first.click()

    def find(self, who):
        """The document: a field in the dark bar that finds anybody."""
        self.page.goto("/admin/")
        self.page.get_by_role("search").get_by_role("searchbox").fill(f"{who} Person")
        press(self.page, "Enter")
        self.page.wait_for_url("**q=**")
        self.page.get_by_role("link", name=f"{who} Person", exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"{who} Person")

    def reads(self, words):
        expect(self.page.locator(".messagelist")).to_contain_text(words)


@pytest.fixture
def newcomer(open_page, site):
    page = open_page(width=1280)
    sign_in(page, site, "frontdesk")
    return Newcomer(page)


def test_times_are_offered(newcomer):
    newcomer.find("Offer")
    newcomer.press("Offer or book")
    newcomer.press("Hold and offer")
    newcomer.reads("Held until")


def test_a_picked_time_is_confirmed(newcomer):
    newcomer.find("Picked")
    newcomer.press("Confirm: book this time")
    newcomer.reads("Booked:")


def test_a_question_is_answered_with_a_prepared_answer(newcomer):
    newcomer.find("Asks")
    newcomer.press("Answer")
    newcomer.page.get_by_role("button", name="Parking").click()
    expect(newcomer.page.get_by_label("What the patient will read")).to_have_value(re.compile("lot behind the house"))
    newcomer.press("Send the answer")
    newcomer.reads("Your answer is on")


def test_a_person_among_the_spam_is_released(newcomer):
    newcomer.press("Today")
    newcomer.press("Release", "Spam Person")
    newcomer.reads("Released")


def test_a_call_that_nobody_answers_is_logged_and_the_click_undone(newcomer):
    newcomer.find("Quiet")
    newcomer.press("No answer")
    newcomer.reads("is due again")
    newcomer.press("Undo")
    newcomer.reads("Undone")


def test_somebody_takes_a_time_on_the_telephone(newcomer):
    newcomer.find("Takes")
    newcomer.page.locator(".slots input").first.check()
    newcomer.press("On the telephone: book now")
    newcomer.reads("Booked:")


def test_somebody_new_calls(newcomer):
    page = newcomer.page
    newcomer.press("+ Phoned in")
    page.get_by_role("main").get_by_label("Name", exact=True).fill("Caller Person")
    page.get_by_role("main").get_by_label("Telephone").first.fill("586 555 0172")
    page.get_by_label("The caller agrees").check()
    newcomer.press("Keep and go on")
    newcomer.reads("Kept as")


def test_a_consultation_is_moved(newcomer):
    page = newcomer.page
    newcomer.find("Moves")
    newcomer.press("Move it")
    page.locator("a.cell.open").first.click()
    expect(page.get_by_label("To", exact=True)).not_to_have_value("")
    newcomer.press("Move and tell")
    newcomer.reads("Moved to")


def test_somebody_comes(newcomer):
    newcomer.press("Today")
    newcomer.press("Arrived", "Comes Person")
    newcomer.reads("has arrived")
    newcomer.press("Attended", "Comes Person")
    newcomer.reads("came to the consultation")


def test_somebody_cannot_be_taken(newcomer):
    newcomer.find("Refuse")
    newcomer.press("Other steps")
    newcomer.page.get_by_label("Parking").check()
    newcomer.press("Mark as: Declined")
    newcomer.reads("is now 'Declined'")
