import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.site import RunningSite

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

NOWHERE = "/nowhere/"  # an address without a page


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """One running site for all journeys of this process."""
    with RunningSite(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "These tests drive a real browser: run them by `make test`, or name one in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def is_trouble(line):
    """An error on the console, but for the browser's own notes of a refused form and of an address without a page."""
    expected = "status of 422" in line.text or line.location["url"].endswith(NOWHERE)
    return line.type == "error" and not expected


@pytest.fixture
def open_page(browser, site):
    """
    Open a tab on the site, of a given width in CSS pixels, as a reader who was never here.

    The test fails if any tab asks another host for something, or breaks the content policy, or throws an error.
    """
    contexts, troubles = [], []

    def open_tab(width=360, height=800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=site.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith(site.url) or troubles.append(request.url))
        page.on("console", lambda line: troubles.append(line.text) if is_trouble(line) else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert troubles == []
