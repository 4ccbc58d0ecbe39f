"""A thousand posts of programs and forty of people, from one address (about 5 minutes)."""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

BOTS, PEOPLE = 1000, 40
TABLE = ROOT / "docs" / "proofs" / "bots.md"
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def open_form(site):
    with urllib.request.urlopen(f"{site.url}/consultation/") as page:
        return TOKEN.search(page.read().decode())[1]


def post(site, email, **answers):
    """Send a form; returns whether the received page came back, as it must for everybody."""
    data = {"name": "Amira Haddad", "email": email, "contact_by": "email", "consent": "on", **answers}
    request = urllib.request.Request(f"{site.url}/consultation/", urllib.parse.urlencode(data).encode())
    with urllib.request.urlopen(request, timeout=30) as response:
        return "/consultation/received/" in response.url


def bot(site, number):
    ways = [
        lambda: {"form_token": open_form(site)},
        lambda: {},
        lambda: {"form_token": open_form(site), "leave_empty": "http://pills.example"},
        lambda: {"form_token": open_form(site), "concern": "http://a.example http://b.example"},
    ]
    return post(site, f"bot{number}@spam.example", **ways[number % len(ways)]())


def person(site, number):
    """Opens the form, takes from two and a half to twelve seconds, sends; every fifth has to correct it once."""
    token = open_form(site)
    time.sleep(2.5 + number % 20 / 2)
    email = f"person{number}@patient.example"
    if number % 5 == 0:
        with pytest.raises(urllib.error.HTTPError, match="422"):
            post(site, email, form_token=token, name="")
    return post(site, email, form_token=token)


def test_programs_are_kept_apart_and_people_pass(tmp_path):
    with RunningSite(tmp_path / "site", **AS_SHIPPED) as site:
        with ThreadPoolExecutor(4) as bots, ThreadPoolExecutor(10) as people:
            answered_bots = bots.map(lambda number: bot(site, number), range(BOTS))
            answered_people = people.map(lambda number: person(site, number), range(PEOPLE))
            assert all(answered_people) and all(answered_bots)
        apart, trusted = kept(site)
        give_up = time.monotonic() + 120
        while (mailed := len(patients_with_mail(site))) < PEOPLE and time.monotonic() < give_up:
            threading.Event().wait(0.5)
        spammed = [mail for mail in site.mails if "@spam.example" in mail]
    TABLE.write_text(
        "# Programs and people, from one address\n\n"
        "Written by `make prove`: posts over HTTP, side by side. Programs send at once, without opening the form,\n"
        "with the hidden field filled in, or with links; people take from two and a half to twelve seconds, and every\n"
        "fifth has to correct an answer.\n\n"
        "| who | sent | kept apart | on the worklist | mails to them |\n|---|---:|---:|---:|---:|\n"
        f"| programs | {BOTS} | {apart['bot']} | {trusted['bot']} | {len(spammed)} |\n"
        f"| people | {PEOPLE} | {apart['person']} | {trusted['person']} | {mailed} |\n"
    )
    assert (apart, trusted) == ({"bot": BOTS, "person": 0}, {"bot": 0, "person": PEOPLE})
    assert (mailed, spammed) == (PEOPLE, [])


def kept(site):
    """How many requests of programs and of people are kept apart, and how many are on the worklist."""
    code = (
        "from booking.models import ConsultationRequest as R;"
        "print(*[f'{r.email}:{r.is_quarantined}' for r in R.objects.all()])"
    )
    seen = site.manage("shell", "-v0", "-c", code).split()
    return tuple(
        {who: sum(line.startswith(who) and line.endswith(f":{apart}") for line in seen) for who in ("bot", "person")}
        for apart in (True, False)
    )


def patients_with_mail(site):
    return {to for mail in site.mails for to in re.findall(r"^To: (person\d+@patient\.example)", mail, re.MULTILINE)}
