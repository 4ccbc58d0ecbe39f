"""From request to consultation and back, in a real browser: the patient on a phone, the desk at its screen."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.keys import press
from tests.journeys.overflow import width_of
from tests.journeys.test_choosing_a_time import choose_a_day, heading, standing
from tests.journeys.test_patient_and_desk import press_send, sign_in
from tests.site import wait_for

pytestmark = pytest.mark.journey

PATIENTS = 12


def ask(page, name):
    """Ask for a consultation, and open the private page."""
    page.goto("/consultation/?treatment=microneedling&benefit=scars")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email", exact=False).last.fill(f"{name.split()[0].lower()}@patient.example")
    page.get_by_label(re.compile("may use these answers")).check()
    press_send(page)
    page.locator(".private-link a").click()
    page.wait_for_url("**/consultation/r/**")
    return page.url


def find_request(desk, name):
    desk.goto("/admin/booking/consultationrequest/")
    desk.locator("#header-search [type=search]").fill(name)
    press(desk, "Enter")
    desk.get_by_role("link", name=name, exact=True).click()
    desk.wait_for_url("**/change/**")


def tick(desk, *rows):
    """Tick these times and no other: some that suit are ticked already."""
    desk.goto(f"{desk.url.partition('?')[0]}?way=offer")
    for folded in desk.locator("details:has(input[name=time]) > summary").all():
        folded.click()
    for row, time_to_give in enumerate(desk.locator("input[name=time]").all()):
        time_to_give.set_checked(row in rows)


@pytest.fixture
def desk(open_page, site):
    page = open_page(width=1280)
    sign_in(page, site, "frontdesk")
    return page


WITHOUT_SCRIPTS = pytest.param(False, marks=pytest.mark.prove, id="without")


@pytest.mark.parametrize("scripts", [pytest.param(True, id="with scripts"), WITHOUT_SCRIPTS])
def test_offered_accepted_moved_asked_for_earlier_withdrawn(open_page, desk, scripts):
    name = "Samira Khalil" if scripts else "Nadia Khoury"
    phone = open_page(width=360, java_script_enabled=scripts)
    ask(phone, name)

    find_request(desk, name)
    tick(desk, 10, 11, 12)
    desk.get_by_role("button", name="Hold and offer").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("Held until")

    phone.reload()
    heading(phone, "We have times for you")
    phone.locator("label[for^=time-]").nth(1).click()
    phone.get_by_role("button", name="Book this time").click()
    standing(phone, "Booked")
    first = phone.locator("h1").inner_text()
    expect(phone.get_by_role("button", name="I will be there")).to_have_count(0)

    desk.reload()
    desk.get_by_role("link", name="Move it in the calendar").click()
    desk.get_by_label("To", exact=True).wait_for()
    options = desk.get_by_label("To", exact=True).locator("option")
    desk.get_by_label("To", exact=True).select_option(index=options.count() - 1)
    desk.get_by_role("button", name="Move and tell").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("Moved to")
    phone.reload()
    moved = phone.locator("h1").inner_text()
    assert moved != first
    phone.get_by_role("button", name="I will be there").click()
    expect(phone.locator(".done-mark")).to_contain_text("confirmed")
    expect(phone.locator(".log")).to_contain_text("We moved your consultation from")

    phone.get_by_text("Would you like an earlier time?").click()
    phone.get_by_role("button", name="Tell me about earlier times").click()
    expect(phone.locator(".done-mark").last).to_contain_text("on the list")
    find_request(desk, name)
    desk.get_by_role("button", name=re.compile("^Offer ")).first.click()
    done(desk)
    phone.reload()
    expect(phone.locator(".offer")).to_contain_text("An earlier time has opened up")
    phone.get_by_text("Keep my current time").click()
    phone.get_by_role("button", name="Release these times").click()
    expect(phone.locator(".offer")).to_have_count(0)
    heading(phone, moved)

    phone.get_by_role("button", name="Withdraw my request").click()
    heading(phone, "You withdrew this request")
    phone.get_by_role("button", name="Undo: keep my request").click()
    heading(phone, moved)
    assert width_of(phone) == 360


def test_an_earlier_time_is_offered_in_one_click_and_taken(open_page, desk):
    phone = open_page(width=360)
    ask(phone, "Wanda Waits")
    find_request(desk, "Wanda Waits")
    tick(desk, 45)
    desk.get_by_role("button", name="Book now").click()
    done(desk)
    phone.reload()
    before = phone.locator("h1").inner_text()
    phone.get_by_text("Would you like an earlier time?").click()
    phone.get_by_role("button", name="Tell me about earlier times").click()
    desk.reload()
    desk.get_by_role("button", name=re.compile("^Offer ")).first.click()
    done(desk)
    phone.reload()
    phone.locator("label[for^=time-]").first.click()
    phone.get_by_role("button", name="Take this time instead").click()
    expect(phone.locator(".offer")).to_have_count(0)
    assert phone.locator("h1").inner_text() != before


def test_a_patient_picks_a_time_in_the_form_and_the_desk_confirms_it(open_page, desk):
    phone = open_page(width=360)
    phone.goto("/consultation/")
    phone.get_by_label("Your name").fill("Petra Picks")
    phone.get_by_label("Email", exact=False).last.fill("petra@patient.example")
    phone.get_by_label(re.compile("may use these answers")).check()
    choose_a_day(phone, 2)
    phone.locator('[name="open_time"]').nth(3).check()
    press_send(phone)
    phone.locator(".private-link a").click()
    standing(phone, "Held for you")
    find_request(desk, "Petra Picks")
    desk.get_by_role("button", name="Confirm: book this time").click()
    done(desk)
    phone.reload()
    standing(phone, "Booked")


def done(desk):
    """Wait until the desk's click has been carried out."""
    expect(desk.locator(".messagelist .success")).to_be_visible()


def tab_until(page, test, most=400):
    for _stop in range(most):
        press(page, "Tab")
        if page.evaluate(f"(({test})(document.activeElement))"):
            return
    raise AssertionError(f"never reached: {test}")


def walk_until(page, test, most=400):
    """Arrows through the calendar: down the day, and now and then to the next one."""
    for step in range(1, most):
        press(page, "ArrowDown" if step % 8 else "ArrowRight")
        if page.evaluate(f"(({test})(document.activeElement))"):
            return
    raise AssertionError(f"never reached: {test}")


def test_by_keyboard_alone_a_time_is_blocked_opened_and_a_consultation_moved(open_page, site, desk):
    patient = open_page(width=360)
    ask(patient, "Kira Keys")
    find_request(desk, "Kira Keys")
    tick(desk, 20)
    desk.get_by_role("button", name="Book now").click()
    desk.get_by_role("link", name="Move it in the calendar").focus()
    press(desk, "Enter")
    desk.wait_for_url("**/calendar/**")
    before = desk.locator(".move-line dd").inner_text()
    walk_until(desk, "element => element.matches('a.cell.open')")
    press(desk, "ArrowDown")
    walk_until(desk, "element => element.matches('a.cell.open')")
    press(desk, "Enter")
    expect(desk.locator(".cell.landing")).to_be_focused()
    tab_until(desk, "element => element.innerText === 'Move and tell'")
    press(desk, "Enter")
    expect(desk.locator(".messagelist .success")).to_contain_text("Moved to")
    assert before not in desk.locator(".messagelist .success").inner_text()

    walk_until(desk, "element => element.matches('a.cell.open')")
    press(desk, "Enter")
    expect(desk.locator(".cell.chosen")).to_be_focused()
    press(desk, "b")
    expect(desk.locator(".messagelist .success")).to_contain_text("Blocked")
    expect(desk.locator(".cell.chosen")).to_have_class(re.compile("blocked"))
    press(desk, "s")
    expect(desk.locator(".messagelist .success")).to_contain_text("Open")


def test_by_keyboard_alone_a_patient_accepts_a_time(open_page, desk):
    phone = open_page(width=360, reduced_motion="reduce")
    ask(phone, "Tara Tabs")
    find_request(desk, "Tara Tabs")
    tick(desk, 30)
    desk.get_by_role("button", name="Hold and offer").click()
    done(desk)
    phone.reload()
    tab_until(phone, "element => element.name === 'time'")
    press(phone, "Space")
    tab_until(phone, "element => element.name === 'accept'")
    press(phone, "Enter")
    standing(phone, "Booked")


def test_a_day_with_twelve_consultations_is_closed_from_click_to_last_mail(open_page, site, desk):
    names = [f"Twelve{chr(65 + number)} Patient" for number in range(PATIENTS)]
    day = date.fromisoformat(site.manage("shell", "-v0", "-c", BOOK.format(names=names)).split()[-1])
    reader = open_page(width=360)

    desk.goto(f"/admin/booking/opentime/close/?day={day.isoformat()}")
    desk.get_by_label("Why, in a word").fill("Snow")
    desk.get_by_label("Banner on every page").fill("We are closed: snow.")
    told = "The roads are closed. We find you another time."
    desk.get_by_label("Words to those whose time is moved or canceled").fill(told)
    desk.get_by_role("button", name="See whom it touches").click()
    expect(desk.locator("#touched-h")).to_contain_text(f"This touches {PATIENTS} people")
    for name in names:
        desk.get_by_role("group", name=f"What happens to {name}").get_by_text("Cancel").click()
    desk.get_by_role("button", name=re.compile("^Close ")).click()
    expect(desk.locator(".messagelist .success")).to_contain_text(f"Canceled: {PATIENTS}.")

    reader.goto("/visit/")
    expect(reader.locator("body")).to_contain_text("Snow")

    def told():
        cancelled = [mail for mail in site.mails if "Subject: Canceled: " in mail]
        addresses = [f"{name.split()[0].lower()}@" for name in names]
        return all(any(address in mail for mail in cancelled) for address in addresses)

    wait_for(told)
    assert all("The roads are closed" not in mail for mail in site.mails)
    desk.goto("/admin/booking/consultationrequest/?view=answer&q=Twelve")
    expect(desk.locator("#result_list tbody tr:not(.group)")).to_have_count(PATIENTS)


# Booked on the last day of which the site has given no time yet, which it prints: other journeys use the first and the
# last times.
BOOK = """
from datetime import timedelta
from django.utils import timezone
from booking.models import ConsultationRequest, OpenTime
from booking.services import submit
from booking.schedule.times import book
from clinic_site.models import StaffMember
names = {names}
days = [timezone.localdate() + timedelta(days=n) for n in range(1, 14)]
given = set(OpenTime.objects.filter(state__in=["held", "booked"]).values_list("day", flat=True))
untouched = [day for day in reversed(days) if day not in given]
day = next(day for day in untouched if OpenTime.objects.bookable().on_day(day).count() >= len(names))
staff = StaffMember.objects.get(username="frontdesk")
for name in names:
    request = submit(ConsultationRequest(
        name=name, contact_by="email", email=name.split()[0].lower() + "@patient.example", form_key=name
    ))
    book(request, OpenTime.objects.bookable().on_day(day).first(), staff)
print(day)
"""
