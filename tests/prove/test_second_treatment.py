"""Carries a second treatment from nothing to retired in a browser, by the desk's own hands (about 1 minute)."""

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import browser, open_page  # noqa: F401 - fixtures
from tests.journeys.ten_requests import Hand, said
from tests.journeys.test_patient_and_desk import press_send, sign_in
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

SAMPLE = Path(__file__).parent / "sample_peel"
PEEL, FORM, SEARCH = "/treatments/sample-peel/", "/consultation/", "/search/?q=sample+peel+rough+skin"
SECTIONS, BENEFITS = ("overview", "suitability", "risks", "sources"), ("scars", "rough-skin")
PAGES = [PEEL, *(f"{PEEL}{slug}/" for slug in SECTIONS[1:]), *(f"{PEEL}benefits/{slug}/" for slug in BENEFITS)]
NEEDLES = re.compile(r"needl|\bPRP\b|platelet|puncture|collagen induction", re.IGNORECASE)
# What a page says of itself, folded parts and what it tells search engines too; not the menus of the whole site.
OWN_WORDS = """() => {
    const main = document.querySelector("main");
    const heads = [...document.head.querySelectorAll("meta[content]")].map(meta => meta.content);
    const told = [...document.querySelectorAll("script[type='application/ld+json']")].map(script => script.text);
    return [document.title, main.textContent, ...heads, ...told].join("\\n");
}"""
CHOICES = ("grade", "use", "frequency", "tone")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("second"), **AS_SHIPPED) as running:
        yield running


def words_of(name):
    return tomllib.loads((SAMPLE / name).read_text())


def hand_of(open_page, site, role):  # noqa: F811 - the fixture imported above
    page = open_page(width=1280)
    sign_in(page, site, role)
    expect(page.locator("#user-tools")).to_be_visible()
    return Hand(page)


def fill(hand, field, words):
    """What is typed is not counted, as it is the same in any tool; a choice is one action."""
    kind = field.rpartition("-")[2]
    if words is True:
        hand.click(hand.page.locator(f"#id_{field}"))
    elif kind in CHOICES:
        hand.page.locator(f"#id_{field}").select_option(words)
        hand.actions += 1
    else:
        hand.page.locator(f"#id_{field}").fill(", ".join(words) if isinstance(words, list) else words)


def open_list(hand, name):
    hand.click(hand.page.get_by_role("navigation", name="Staff").get_by_role("link", name=name, exact=True))


def make_source(hand):
    open_list(hand, "Sources")
    hand.click(hand.page.get_by_role("link", name=re.compile("Add source", re.IGNORECASE)))
    for field, words in words_of("sources.toml")["source"][0].items():
        fill(hand, field, words)
    hand.click(hand.page.get_by_role("button", name="Save", exact=True))
    said(hand, "Saved as a draft")


def make_treatment(hand):
    """Its required pages alone: what else stands there ticked is left out."""
    page, words = hand.page, words_of("en/treatment.toml")
    open_list(hand, "Facts")
    hand.click(page.get_by_role("link", name=re.compile("^Add treatment", re.IGNORECASE)))
    fill(hand, "title", words["title"])
    fill(hand, "summary", words["summary"])
    while page.locator("[name=kinds]:checked:enabled").count():
        hand.click(page.locator("[name=kinds]:checked:enabled").first)
    hand.click(page.get_by_role("button", name="Make the treatment with these pages"))
    said(hand, "Made as a draft")
    for slug in BENEFITS:
        hand.click(page.locator("#whole").get_by_role("link", name="Add a benefit"))
        fill(hand, "title", words_of(f"en/benefits/{slug}.toml")["title"])
        hand.click(page.get_by_role("button", name="Make the benefit"))
        said(hand, "Made as a draft")
        open_facts(hand)


def open_facts(hand):
    open_list(hand, "Facts")
    hand.click(hand.page.get_by_role("main").get_by_role("link", name="Sample peel", exact=True))
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Sample peel")


def write(hand, name):
    """A page of the treatment, from its list to the sign-off."""
    words, page = words_of(name), hand.page
    if name != "en/treatment.toml":
        hand.click(page.locator("#whole").get_by_role("link", name=words["title"], exact=True))
    for field in ("heading", "summary", "lead", "synonyms"):
        fill(hand, field, words[field])
    for kind in ("claim", "risk", "caution"):
        for number, row in enumerate(words.get(kind, [])):
            hand.click(page.locator("summary", has_text=re.compile(f"Add a {kind}")))
            for field, value in row.items():
                if field != "key":
                    fill(hand, f"{kind}-{number}-{field}", value)
    for number, row in enumerate(words.get("passage", [])):
        fill(hand, f"passage-{number}-body", row["body"])
    hand.click(page.get_by_role("button", name="Save and send for sign-off"))
    said(hand, "Sent for sign-off")


def write_all(hand):
    names = [f"en/sections/{slug}.toml" for slug in SECTIONS] + [f"en/benefits/{slug}.toml" for slug in BENEFITS]
    for name in ["en/treatment.toml", *names]:
        open_facts(hand)
        write(hand, name)
    return 1 + len(names)


def sign_all(hand, number):
    hand.page.goto("/admin/")
    hand.click(hand.page.get_by_role("link", name=re.compile("Read and sign")).first)
    for _page in range(number):
        hand.click(hand.page.locator("#decide").get_by_role("button", name=re.compile("^Sign")))
        expect(hand.page.locator("body")).to_contain_text("Signed off:")


def publish(hand, number):
    open_facts(hand)
    hand.click(hand.page.get_by_role("button", name=f"Publish the treatment: {number} pages at once"))
    said(hand, f"{number} pages are live now, all at once.")


def statuses(page):
    return {address: page.context.request.get(address, max_redirects=0).status for address in PAGES}


def read_and_ask(page):
    """A patient finds a benefit by search, reads every page of the treatment, and asks for it in the form."""
    hand = Hand(page)
    for address in PAGES:
        page.goto(address)
        own = page.evaluate(OWN_WORDS)
        assert "sample" in own.lower() and not NEEDLES.search(own), (address, NEEDLES.search(own), own)
    page.goto(SEARCH)
    found = page.get_by_role("main").locator(f'a[href^="{PEEL}benefits/rough-skin/"]').first
    hand.click(found)
    hand.click(page.get_by_role("link", name="Request a consultation").last)
    expect(page.locator("#id_benefit option:checked")).to_have_text("Rough skin")
    expect(page.locator("#id_treatment")).to_have_value("sample-peel")
    asked = page.locator("form", has=page.locator("#id_benefit")).text_content()
    assert "Is your skin sunburned, as in this sample?" in asked
    page.get_by_label("Your name").fill("Peel Person")
    page.locator("#id_email").fill("peel@patient.example")
    hand.click(page.locator("#id_consent"))
    press_send(page)
    hand.actions += 1
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your request")
    hand.click(page.locator(".private-link a"))
    expect(page.locator(".stations")).to_be_visible()
    return hand


def offer(hand):
    hand.click(hand.page.get_by_role("link", name="Worklist", exact=True))
    row = hand.page.get_by_role("row").filter(has_text="Peel Person")
    expect(row).to_contain_text("Sample peel, Rough skin")
    hand.click(row.get_by_role("link", name="Peel Person", exact=True))
    hand.press("Control+Enter")
    said(hand, "Held until")


def book(hand):
    hand.page.reload()
    hand.click(hand.page.locator("form.offer label").first)
    hand.click(hand.page.get_by_role("button", name="Book this time"))
    expect(hand.page.locator(".ticket__standing")).to_contain_text("Booked")


def is_counted(hand):
    """One row of the figures' table names the treatment and the benefit: one asked, one booked."""
    open_list(hand, "Figures")
    row = hand.page.locator("tr", has=hand.page.locator("th, td", has_text="Sample peel: Rough skin")).first
    expect(row).to_be_attached()
    return row.evaluate("row => [...row.cells].slice(1).map(cell => cell.textContent.trim())")


def retire(hand, leads_to=""):
    page = hand.page
    hand.click(page.get_by_role("link", name="Retire this page"))
    if leads_to:
        page.get_by_label("Its address from then on").select_option(label=f"leads to {leads_to}")
        hand.actions += 1
    hand.click(page.get_by_role("button", name="Retire it for good"))
    expect(page.locator("#retire")).to_contain_text("Retired on")


def test_a_second_treatment_goes_from_nothing_to_booked_and_is_retired_without_a_shell(open_page, site):  # noqa: F811
    rows, reader = [], open_page(width=360)
    marketing, clinician = (hand_of(open_page, site, role) for role in ("marketing", "clinician"))

    def note(hand, who, what):
        rows.append((who, what, hand.actions))
        hand.actions = 0

    make_source(marketing)
    note(marketing, "marketing", "enters its source")
    make_treatment(marketing)
    note(marketing, "marketing", "makes the treatment and two benefits")
    number = write_all(marketing)
    note(marketing, "marketing", f"writes {number} pages and sends each for sign-off")
    assert set(statuses(reader).values()) == {404}
    sign_all(clinician, number)
    note(clinician, "clinician", f"reads and signs {number} pages")
    publish(marketing, number)
    note(marketing, "marketing", "publishes them at once")
    assert set(statuses(reader).values()) == {200}

    patient = read_and_ask(reader)
    note(patient, "patient", "finds a benefit by search and asks for it")
    desk = hand_of(open_page, site, "frontdesk")
    offer(desk)
    note(desk, "front desk", "offers three times")
    book(patient)
    note(patient, "patient", "books one of them")
    manager = hand_of(open_page, site, "manager")
    assert is_counted(manager) == ["1", "1", "0"]  # asked, booked, attended
    note(manager, "manager", "sees it in the figures")

    open_list(marketing, "Benefits")
    marketing.click(marketing.page.get_by_role("main").get_by_role("link", name="Rough skin", exact=True))
    retire(marketing)
    note(marketing, "marketing", "retires a benefit")
    assert statuses(reader)[f"{PEEL}benefits/rough-skin/"] == 410
    open_facts(clinician)
    retire(clinician, leads_to="/treatments/microneedling/")
    note(clinician, "clinician", "retires the treatment; its address leads on")
    left = statuses(reader)
    del left[f"{PEEL}benefits/rough-skin/"]  # retired before
    assert set(left.values()) == {301}, left
    reader.goto(SEARCH)
    expect(reader.get_by_role("main").locator(f'a[href^="{PEEL}"]')).to_have_count(0)
    reader.goto(FORM)
    expect(reader.locator("#id_benefit")).not_to_contain_text("Rough skin")
    desk.page.reload()
    expect(desk.page.locator("main")).to_contain_text("Sample peel, Rough skin")

    head = [
        "# A second treatment, from nothing to retired",
        "",
        "Written by `make prove ARGS=second-treatment`: in a real browser, without a shell, with the words of",
        "`tests/prove/sample_peel`. A key, a click, a choice are one action each; typing is the same in any tool,",
        "and is left out. No page of it says a word of needles, its lists of sources and hard words included.",
        "",
        "| who | what is done | actions |",
        "|---|---|---:|",
    ]
    lines = [f"| {who} | {what} | {actions} |" for who, what, actions in rows]
    (ROOT / "docs" / "proofs" / "second-treatment.md").write_text("\n".join([*head, *lines, ""]))
