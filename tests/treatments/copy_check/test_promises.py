"""No public page promises. Words that promise may stand only where they are denied or asked."""

import pytest
from django.db import connection
from django.test import Client

from tests.clinic_site.addresses import FORMS, PAGES, SELF_CHECK
from tests.reading import Reader
from treatments.copy_check.plain import plain
from treatments.copy_check.promises import promises_in
from treatments.models import Caution

pytestmark = pytest.mark.django_db

ALL_YES, ALL_NO = f"{SELF_CHECK} all yes", f"{SELF_CHECK} all no"


def promises(text):
    """What the copy check finds to be promised in a text."""
    return [words for _at, words, _mend, _sentence in promises_in(plain(text))]


def promises_of(reader):
    """The promises of a page, in its text and in what it tells by attributes alone."""
    texts = [block.words for block in reader.blocks] + reader.attributes
    return [(promise, text) for text in texts for promise in promises(text)]


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every public page with all that stands on it, and the longest and the shortest answer of the self-check."""
    with django_db_blocker.unblock():
        yes = {f"safety-{caution.key}": "yes" for caution in Caution.objects.all()}
        answers = {address: Client().get(address) for address in [*PAGES, *FORMS]}
        answers |= {ALL_YES: Client().post(SELF_CHECK, yes), ALL_NO: Client().post(SELF_CHECK)}
        connection.close()
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: Reader(answer.text, leave_out=frozenset()) for address, answer in answers.items()}


# ---- the pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [*PAGES, *FORMS, ALL_YES, ALL_NO])
def test_a_page_promises_nothing(pages, address):
    assert promises_of(pages[address]) == []


def test_the_walk_reads_what_is_on_a_page_and_in_its_attributes(pages):
    reader = pages["/treatments/microneedling/"]
    texts = [block.words for block in reader.blocks] + reader.attributes
    assert any("General facts; they do not replace a visit." in text for text in texts)
    assert "Previous and next page" in texts
    assert any(text.startswith("What microneedling does to skin") for text in reader.attributes)


def test_a_promise_is_found_wherever_it_stands_on_a_page():
    html = """<head><meta name="description" content="Erases scars"></head><body><h1>Painless care</h1>
    <nav aria-label="Guaranteed"></nav><p>It may help.</p><footer class="site-footer"><p>It cures.</p></footer>
    <img alt="Permanent"><section class="sources-section"><li id="source-1">A cure for scars</li></section></body>"""
    found = [promise for promise, _text in promises_of(Reader(html, leave_out=frozenset()))]
    assert sorted(found) == ["Erases", "Guaranteed", "Painless", "Permanent", "cures"]


# ---- what is caught, and what passes ------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "It eliminates scars.",
        "Scars may be eliminated with long treatment.",
        "The elimination of wrinkles takes three visits.",
        "It erases fine lines.",
        "Erase your scars.",
        "It helps reverse aging.",
        "The reversal of sun damage begins at once.",
        "It turns back the clock.",
        "This cures melasma.",
        "A cure for scars.",
        "It is practically painless.",
        "A pain-free visit.",
        "It is risk-free, because PRP is your own.",
        "There is no risk.",
        "PRP is free of risk.",
        "Results are guaranteed.",
        "We guarantee softer skin.",
        "We promise smooth skin.",
        "The change is permanent.",
        "Your scars are gone for good.",
        "Needling is safe for everyone.",
        "It is completely safe.",
        "Our device is FDA-approved.",
        "It was approved by the FDA.",
        "The FDA has approved it for scars.",
        "The FDA’s approval covers scars.",
        "It has the approval of the FDA.",
        "Stop taking your blood thinner a week before.",
        "Please stop aspirin two days before.",
        "Pause your prescribed medicine.",
        "You should come off your pills first.",
        "It removes scars.",
        "We get rid of brown spots.",
        "Wrinkles will vanish.",
        "There is no downtime.",
    ],
)
def test_a_promise_is_caught(text):
    assert promises(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "It is not only painless.",
        "It is not just safe for everyone, it is quick.",
        "There is no doubt that it cures scars.",
        "It never fails to eliminate lines.",
        "Nothing but a permanent change.",
        "Do not worry: it is painless.",
        "It does not hurt, it is painless.",
        "It is not a laser, but it erases scars.",
        "You will not need a second visit, so results are permanent.",
        "It does not sting and it is risk-free.",
        "No needles here; just guaranteed results.",
        "No other clinic in the whole of Michigan has ever had such results, which we all guarantee.",
        "Ready for painless skin?",
        "Want to erase your scars?",
        "We cannot say when. It eliminates scars.",
        "Does it hurt? It is painless.",
        "Don’t wait to reverse aging.",
    ],
)
def test_a_promise_that_only_looks_denied_or_asked_is_caught(text):
    assert promises(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "We cannot guarantee a result.",
        "We can’t promise that, and nobody can guarantee it.",
        "It does not eliminate, erase or reverse anything.",
        "It is not painless, risk-free or permanent.",
        "No treatment is painless or risk-free.",
        "It does not make lines go away for good.",
        "Treatments control melasma rather than cure it.",
        "None of our sources shows that it reverses sun damage.",
        "It is cleared, which is not the same as FDA-approved.",
        "It is neither painless nor permanent.",
        "That does not make it free of risk.",
        "Does it hurt, or is it painless?",
        "Is the change permanent?",
        "“Will needling erase my scars?”",
        "Do not stop a prescribed medicine unless its prescriber says so.",
        "Never stop taking your medicine on your own.",
        "Tell us every medicine. Do not stop a prescribed medicine.",
    ],
)
def test_what_is_denied_or_asked_passes(text):
    assert promises(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It may soften the look of fine lines.",
        "A clinician has approved these words.",
        "The pain stops soon, and the cream comes off.",
        "Devices are authorized; this one is FDA-cleared.",
        "We will erect a sign and curate a list, in three phrases, with care and security.",
        "You may stop at any time.",
        "Scars may get softer and less visible.",
        "Call us if a new mark does not fade.",
        "We remove the cream before we start.",
    ],
)
def test_what_only_sounds_alike_passes(text):
    assert promises(text) == []
