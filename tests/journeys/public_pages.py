"""Ways to every public page of a running site, for tests that look at them all in a browser."""

from tests.clinic_site.addresses import FOR_YOU, FORMS, GUIDE, PAGES, PREPARATION


def open_address(address):
    return lambda page: page.goto(address)


def _fill_the_form(page):
    page.goto("/consultation/")
    page.get_by_label("Your name").fill("Amira Haddad")


def form_with_errors(page):
    _fill_the_form(page)
    page.get_by_role("button", name="Send my request").click()
    page.get_by_role("alert").wait_for()


def received(page):
    _fill_the_form(page)
    page.locator("#id_email").fill("amira@patient.example")
    page.locator("#id_consent").check()
    page.get_by_role("button", name="Send my request").click()
    page.locator(".private-link").wait_for()


def private_page(page):
    received(page)
    page.locator(".private-link a").click()
    page.wait_for_url("**/consultation/r/**")


def find_sent(page):
    page.goto("/consultation/find/")
    page.locator("main input[type=email]").fill("amira@patient.example")
    page.locator("main button[type=submit], main input[type=submit]").first.click()
    page.wait_for_load_state()


def self_check(page):
    page.goto(f"{GUIDE}suitability/")
    page.locator(".check__answers").first.get_by_label("Not sure").check()
    page.get_by_role("button", name="Show what this means").click()
    page.locator(".verdict").first.wait_for()


def your_choices(page):
    page.goto(FOR_YOU)
    for answer in ("sun-damage", "black", "with", "result", "days", "marks", "pain", "cost"):
        page.locator(f'input[value="{answer}"]').check()
    page.get_by_role("button", name="Show my choices").click()
    page.locator(".options").wait_for()


PLAIN = [*PAGES, f"{PREPARATION}?date=soon", "/search/?q=zebra", "/search/", *FORMS, "/nowhere/"]
AFTER_A_FORM = {
    "the form with errors": form_with_errors,
    "received": received,
    "the private page": private_page,
    "a link asked for again": find_sent,
    "the self-check": self_check,
    "your choices": your_choices,
}
EVERY_PAGE = {address: open_address(address) for address in PLAIN} | AFTER_A_FORM
