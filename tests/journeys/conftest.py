import os
import shutil
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from tests.factories import make_staff
from tests.journeys.readers import Readers
from tests.journeys.sites import JourneySite
from tests.mail_server import mail_server
from tests.signing_in import sign_in

__all__ = ["mail_server"]

# What would be drawn beside a page, or asked for elsewhere. A browser takes the last list alone: the first lines are
# Playwright's own.
FEATURES_LEFT_OUT = [
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider"),
    *("GlobalMediaControls", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter"),
    *("PaintHolding", "ThirdPartyStoragePartitioning", "Translate", "RenderDocument", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # two pages of the browser's own for each window
    "SpareRendererForSitePerProcess",  # a process that waits for a page which no test opens
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_LEFT_OUT)}",
    "--js-flags=--min-semi-space-size=64 --single-threaded-gc",  # megabytes: a script of axe's size fills them often
]

PATIENCE = 60_000  # milliseconds: what comes late on a busy machine comes
expect.set_options(timeout=PATIENCE)

READERS = Readers(PATIENCE)
NOWHERE = "/nowhere/"  # an address without a page


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """One running site for all journeys of this process. It ends with the last of them, as it never rests."""
    with JourneySite(tmp_path_factory.mktemp("site")) as running:
        yield running


def launch(browser_type):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "These tests drive a real browser: run them by `make test`, or name one in CHROMIUM."
    return browser_type.launch(executable_path=chromium, args=FLAGS)


@pytest.fixture(scope="package")
def browser():
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def is_trouble(line, notes):
    """An error on the console, but for the browser's own `notes` and that of an address without a page."""
    expected = any(note in line.text for note in notes) or line.location["url"].endswith(NOWHERE)
    return line.type == "error" and not expected


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.prove)])
def scheme(request):
    """The colors in which screens are looked at; the dark ones by `make prove ARGS=accessibility` and `ARGS=clock`."""
    return request.param


@contextmanager
def tabs(browser, url, notes=("status of 422", "status of 401")):
    """
    Opens tabs on a site, of a given width in CSS pixels, as a reader who was never here.

    The test fails if any tab asks another host for something, or breaks the content policy, or throws an error. `notes`
    are what the browser may write on the console: as a rule, of a refused form and of a session that has ended.
    """
    opened, troubles = [], []

    def note_request(request):
        if not request.url.startswith(url):
            troubles.append(request.url)

    def note_line(line):
        if is_trouble(line, notes):
            troubles.append(line.text)

    def note_error(error):
        troubles.append(str(error))

    noted = {"request": note_request, "console": note_line, "pageerror": note_error}

    def open_tab(width=360, height=800, kept=True, **options):
        page = READERS.come(browser, url, kept, **options)
        opened.append((page, kept, options))
        page.set_viewport_size({"width": width, "height": height})
        for event, note in noted.items():
            page.on(event, note)
        return page

    yield open_tab
    for page, kept, options in opened:
        for event, note in noted.items():
            page.remove_listener(event, note)
        READERS.go(page, browser, url, kept, **options)
    assert troubles == []


@pytest.fixture
def open_page(browser, site):
    """A tab on the running site."""
    with tabs(browser, site.url) as open_tab:
        yield open_tab


@pytest.fixture
def open_own_page(browser, committed, live_server):
    """A tab on a site in the test's own process: with its data and at its time, and signed in where a role is named."""
    with tabs(browser, live_server.url) as open_tab:

        def open_signed_in(role="", **options):
            page = open_tab(**options)
            if role:
                client = Client()
                sign_in(client, make_staff(role))
                name = settings.SESSION_COOKIE_NAME
                page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
            return page

        yield open_signed_in
