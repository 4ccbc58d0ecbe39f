"""A day at the desk without a mouse: all of it is reached by Tab, and where one is can be seen each time."""

import pytest
from playwright.sync_api import expect

from tests.journeys.desk_hand import CALENDAR, LIST
from tests.journeys.desk_requests import BOTH
from tests.journeys.keys import press
from tests.journeys.sites import JourneySite

pytestmark = [pytest.mark.journey, pytest.mark.prove]

TABS = 200  # more than any screen of the desk has places to go to
REQUESTS = """
PreparedAnswer.objects.create(title="Not with us", text="We do not treat this here.")
ask_by_phone("Ring", "+15865550160")
for name in ("Second", "Third", "Fourth", "First"):
    ask(name)
open_week(timezone.localdate() + timedelta(days=20), who)
"""
NO_MOUSE = """
for (const kind of ["mousedown", "pointerdown", "touchstart"])
    addEventListener(kind, () => console.error("The mouse was used."), true);
"""
# Where the focus is: seen by a ring, within the window, and not covered by a bar that stays in sight.
FOCUS = """
() => {
    const at = document.activeElement, ring = (one) => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    };
    if (!at || at === document.body) return "";
    const isClipped = at.matches("input") && at.getBoundingClientRect().width < 3;
    const shown = isClipped && at.labels[0]?.contains(at) ? at.labels[0] : at;
    const box = [...shown.getClientRects()].find((one) => one.width && one.height);
    const name = (at.textContent || at.name || at.id || at.tagName).trim().slice(0, 40);
    if (!box) return `${name}: has no place on the screen`;
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 12)];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `${name}: is out of sight`;
    const top = document.elementFromPoint(x, y);
    if (!shown.contains(top) && !top?.contains(shown)) return `${name}: is covered by ${top?.outerHTML.slice(0, 60)}`;
    return ring(at) || ring(shown) ? "" : `${name}: shows no ring`;
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own, whose worklist is that of this day."""
    with JourneySite(tmp_path_factory.mktemp("keyboard")) as running:
        running.manage("shell", "-v0", "-c", BOTH + REQUESTS)
        yield running


class Keys:
    """Ten fingers; they note where the focus could not be seen."""

    def __init__(self, page):
        self.page, self.unseen = page, set()
        page.add_init_script(NO_MOUSE)

    def press(self, *keys):
        press(self.page, *keys)

    def type(self, words):
        self.page.keyboard.type(words)

    def tab_to(self, wanted):
        """Go on by Tab until the focus is there."""
        expect(wanted).to_be_attached()
        for _tab in range(TABS):
            press(self.page, "Tab")
            if unseen := self.page.evaluate(FOCUS):
                self.unseen.add(unseen)
            if wanted.evaluate("wanted => wanted === document.activeElement"):
                return
        raise AssertionError(f"No Tab leads to {wanted}. Not seen: {self.unseen}")

    def go_to(self, name, role="link"):
        """Press that link or button by Enter."""
        self.tab_to(self.page.get_by_role(role, name=name, exact=True).first)
        self.press("Enter")

    def said(self, words):
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def open_request(self, name):
        self.press("/")
        self.type(f"{name} Person")
        self.press("Enter")
        self.page.wait_for_url("**q=**")
        self.tab_to(self.page.locator(".c-who > a").first)
        self.press("Enter")
        expect(self.page.locator(".req-head")).to_contain_text(f"{name} Person")


def come_in(keys, site):
    page = keys.page
    page.goto("/admin/")
    keys.tab_to(page.get_by_label("Username"))
    keys.type("frontdesk")
    keys.tab_to(page.get_by_label("Password"))
    keys.type(site.staff("frontdesk")["password"])
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("One more thing")
    keys.tab_to(page.get_by_label("Six digits"))
    keys.type(site.manage("sign_in_code", "frontdesk").strip())
    keys.press("Enter")
    page.locator("#user-tools").wait_for()


def offer_from_today(keys):
    page = keys.page
    keys.tab_to(page.locator("[data-key=enter]"))
    keys.press("Enter")
    expect(page.locator(".req-head")).to_be_visible()
    keys.tab_to(page.locator(".slots input:checked").first)
    keys.press("Space")
    keys.tab_to(page.locator(".slots input:not(:checked)").nth(1))
    keys.press("Space")
    keys.go_to("Hold and offer", "button")
    keys.said("Held until")


def log_a_call(keys):
    page = keys.page
    keys.open_request("Ring")
    keys.tab_to(page.locator("#call-note"))
    keys.type("A machine answered")
    keys.press("2")  # in a field it is a digit
    keys.press("Backspace")
    press(page, "Shift+Tab")
    keys.press("Shift+Tab", "Shift+Tab")
    expect(page.get_by_role("button", name="No answer")).to_be_focused()
    keys.press("Enter")
    keys.said("is due again")


def book_in_the_calendar(keys, day):
    page = keys.page
    page.goto(f"{CALENDAR}?day={day}")
    keys.press("ArrowDown")
    for _step in range(TABS):
        if page.evaluate("document.activeElement.matches('.wide a.cell.open')"):
            break
        keys.press("ArrowRight")
    keys.press("Enter")
    expect(page.locator("#find-person")).to_be_attached()
    page.wait_for_load_state()
    keys.tab_to(page.locator("#find-person"))
    keys.type("Second Per")
    keys.press("Enter")
    expect(page.locator(".book-this__found li")).to_have_count(1)
    keys.tab_to(page.locator(".book-this__found button"))
    keys.press("Enter")
    keys.said("Booked:")


def note(keys):
    keys.open_request("Third")
    keys.tab_to(keys.page.locator("#note"))
    keys.type("Rang at noon")
    keys.press("Enter")
    keys.said("in the timeline")


def decline(keys):
    page = keys.page
    keys.open_request("Third")
    keys.go_to("Other steps")
    expect(page.locator(".decline")).to_be_visible()
    keys.tab_to(page.locator(".decline input[name=prepared]:checked"))
    while not page.get_by_label("Not with us").is_checked():
        keys.press("ArrowDown")
    keys.go_to("Mark as: Declined", "button")
    keys.said("is now 'Declined'")


def hand_over(keys):
    page = keys.page
    keys.open_request("Fourth")
    keys.tab_to(page.locator(".assign summary"))
    keys.press("Enter")
    keys.tab_to(page.locator("#assign-to"))
    keys.press("ArrowDown")
    keys.tab_to(page.locator("#assign-note"))
    keys.type("Yours, please.")
    keys.tab_to(page.locator(".assign button"))
    keys.press("Enter")
    keys.said("now.")


def phone_in(keys):
    page = keys.page
    keys.go_to("+ Phoned in")
    page.wait_for_url("**/add/")
    keys.tab_to(page.get_by_role("main").get_by_label("Name", exact=True))
    keys.type("Caller Person")
    keys.tab_to(page.get_by_role("main").get_by_label("Telephone").first)
    keys.type("586 555 0161")
    keys.tab_to(page.get_by_label("The caller agrees"))
    keys.press("Space")
    keys.go_to("Keep and go on", "button")
    keys.said("Kept as")


def test_a_day_at_the_desk_is_done_without_a_mouse(open_page, site):
    page = open_page(width=1280)
    keys = Keys(page)
    come_in(keys, site)
    offer_from_today(keys)
    log_a_call(keys)
    book_in_the_calendar(keys, page.evaluate("new Date(Date.now() + 22 * 864e5).toISOString().slice(0, 10)"))
    note(keys)
    decline(keys)
    hand_over(keys)
    phone_in(keys)
    page.goto(LIST)
    keys.tab_to(page.locator(".rows .c-next a").last)
    assert keys.unseen == set()
