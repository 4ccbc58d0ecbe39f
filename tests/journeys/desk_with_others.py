"""Cases of a day at the desk in which a colleague, a manager, a clinician or the patient has a hand."""

import re

from playwright.sync_api import expect

from tests.journeys.desk_hand import CALENDAR, LIST, day_of
from tests.journeys.ten_requests import said

HOURS = "/admin/booking/opentime/opening/"


def ill_for_three_days(hand):
    """A clinician is ill for three days: a manager enters it, sees both patients, and each is told a new time."""
    with hand.at("manager") as page:
        page.goto(HOURS)
        hand.click(page.get_by_role("link", name=re.compile("Enter an absence.*Dr. Ill")))
        hand.write("From", day_of(hand, 0))
        hand.write("Until", day_of(hand, 2))
        hand.click(page.get_by_role("button", name="See whom it touches"))
        expect(page.locator("#touched-h")).to_contain_text("This touches 2 people")
        hand.click(page.get_by_role("button", name=re.compile("^Dr. Ill is away")))
        expect(page.locator(".messagelist .success")).to_be_visible()
    hand.page.goto(f"{LIST}?view=cannot-stand")
    expect(hand.page.locator(".rows")).to_have_count(0)


def patient_withdraws_meanwhile(hand):
    """While three times are looked at, the patient withdraws: the desk is told so, and nothing is held or sent."""
    patient = hand.patient("Cancels")
    patient.locator("button[name=withdraw]").click()
    expect(patient.get_by_role("heading", level=1)).to_contain_text("You withdrew this request")
    hand.press("Control+Enter")
    expect(hand.page.locator(".meanwhile")).to_contain_text("The patient changed this request")
    hand.click(hand.page.get_by_role("link", name="Leave it as it is now"))
    expect(hand.page.locator(".req-head")).to_contain_text("Withdrawn")


def time_withdrawn_meanwhile(hand):
    """A ticked time is withdrawn by a colleague while the line is written: what is left is offered, nothing is lost."""
    gone = hand.page.locator(".slots input:checked").first.get_attribute("value")
    hand.write("A line to the patient", "See you soon.")
    with hand.at("manager") as page:
        page.goto(f"{CALENDAR}?time={gone}")
        page.get_by_role("button", name="Withdraw").click()
        said(hand, "is now 'Withdrawn'")
        hand.actions = 1  # of the colleague's nothing counts: the desk wrote a line
    hand.press("Control+Enter")
    expect(hand.page.locator(".ways-out__mine")).to_contain_text("cannot be given any more")
    expect(hand.page.locator("#typed")).to_have_value("See you soon.")
    hand.click(hand.page.locator(".ways-out__mine button"))
    said(hand, "Held until")


def two_at_one_request(hand):
    """A colleague answers while the desk writes a note to an offer: theirs is taken, and the note is kept."""
    hand.write("A line to the patient", "They like early hours.")
    with hand.at("manager") as page:
        page.goto(f"{LIST}?q=Both+Person")
        page.locator(".c-who > a").first.click()
        page.locator(".chosen button").first.click()
        said(hand, "Booked:")
        hand.actions = 1
    hand.press("Control+Enter")
    expect(hand.page.locator(".meanwhile")).to_contain_text("changed this request")
    hand.press("Control+Enter")
    said(hand, "in the timeline")


def closed_day_reopened(hand):
    """A day is closed for snow, and the snow does not come: opened again, and both get their time back."""
    with hand.at("manager") as page:
        page.goto(f"/admin/booking/opentime/close/?day={day_of(hand, 3)}")
        hand.write("Why, in a word", "Snow")
        hand.click(page.get_by_role("button", name="See whom it touches"))
        for name in ("ClosedOne", "ClosedTwo"):
            expect(page.locator(".touched", has_text=f"{name} Person")).to_be_visible()
        hand.click(page.get_by_role("button", name=re.compile("^Close ")))
        expect(page.locator(".messagelist .success")).to_be_visible()
        page.goto(HOURS)
        hand.click(page.locator(".lines li", has_text="Snow").get_by_role("button"))
        hand.click(page.get_by_role("button", name="Give the ticked their time back"))
        expect(page.locator(".messagelist .success").first).to_be_visible()
        for name in ("ClosedOne", "ClosedTwo"):
            page.goto(f"{LIST}?q={name}+Person")
            expect(page.locator(".rows")).to_contain_text("Booked")


def end_of_a_shift(hand):
    """All that is mine and open goes to a colleague at once, with a note in each timeline."""
    page = hand.page
    hand.click(page.get_by_role("link", name=re.compile("^Worklist")).first)
    hand.click(page.get_by_role("link", name=re.compile("^Mine")))
    hand.click(page.get_by_text("End of your shift?"))
    hand.choose(page.get_by_label("To", exact=True), index=0)
    hand.fill(page.get_by_label("Note, in each timeline"), "Back on Monday.")
    hand.click(page.get_by_role("button", name=re.compile("^Hand over [0-9]")))
    expect(page.locator(".messagelist .success")).to_be_visible()


def who_looked_at_mine(hand):
    """A patient asks who looked at their record, and for all that is kept: a manager shows and takes it."""
    with hand.at("manager") as page:
        page.goto(f"{LIST}?q=Curious+Person")
        page.locator(".c-who > a").first.click()
        hand.click(page.get_by_role("link", name=re.compile("Their own data")))
        with page.expect_download() as taken:
            hand.click(page.get_by_role("button", name="Take the file"))
        assert taken.value.suggested_filename.endswith(".json")
        hand.click(page.get_by_role("link", name="Show who looked"))
        expect(page.locator(".audit-sheet")).to_contain_text("Opened the request, with concern and safety answers")


def erase_on_request(hand):
    """A patient wants to be forgotten: handed to a manager, who takes the data out; the row names nobody."""
    hand.click(hand.page.locator(".assign summary"))
    hand.choose(hand.page.locator("#assign-to"), index=0)
    hand.write("Note for them", "Wants to be forgotten; I called back, it is they.")
    hand.click(hand.page.get_by_role("button", name="Hand over", exact=True))
    said(hand, "now.")
    with hand.at("manager") as page:
        page.goto(f"{LIST}?q=Forget+Person")
        page.locator(".c-who > a").first.click()
        hand.click(page.get_by_role("link", name=re.compile("Their own data")))
        hand.click(page.get_by_label("They asked for this"))
        hand.click(page.get_by_role("button", name="Take their data out for good"))
        said(hand, "is taken out")
    hand.page.goto(f"{LIST}?q=Forget+Person")
    expect(hand.page.locator(".nothing .lead")).to_have_text("Nobody is found by that.")


def urgent_question_answered(hand):
    """A worried question: a clinician is alerted, answers, and the desk sends the answer on and books."""
    hand.click(hand.page.get_by_role("link", name="Ask a clinician"))
    hand.write("What should a clinician look at", "Describes a white spot after a peel elsewhere; can show a photo")
    hand.click(hand.page.get_by_role("button", name="Urgent: trouble after a treatment"))
    said(hand, "on top of Today")
    with hand.at("clinician") as page:
        page.goto("/admin/")
        hand.click(page.get_by_role("link", name=re.compile("Read and answer.*Photo Person")))
        hand.write("Your answer to the desk", "No needling now. Let them come this week, I will look at it.")
        hand.press("Control+Enter")
        said(hand, "Your answer is in the timeline")
    hand.page.reload()
    expect(hand.page.locator(".timeline")).to_contain_text("No needling now.")
    hand.click(hand.page.get_by_role("link", name="Offer or book"))
    hand.press("Control+Enter")
    said(hand, "Held until")
