"""What a first visit moves over the wire: little, from this site alone, and nearly no script."""

import pytest

from tests.clinic_site.addresses import BENEFITS, GUIDE
from tests.journeys.public_pages import EVERY_PAGE, PLAIN

pytestmark = pytest.mark.journey

KB = 1024
MOST = 60 * KB
MOST_OF_TEXT = 45 * KB
MOST_SCRIPT = 5 * KB
WITH_A_LARGE_FIGURE = {"/", GUIDE, f"{GUIDE}risks/", *(f"{GUIDE}benefits/{benefit}/" for benefit in BENEFITS)}


class Wire:
    """Counts the bytes of every answer, headers included, as they came over the wire."""

    def __init__(self, page):
        self.bytes, self.kinds = {}, {}
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.on("Network.responseReceived", self._begin)
        self._devtools.on("Network.loadingFinished", self._finish)
        self._devtools.send("Network.enable")

    def end(self):
        self._devtools.detach()

    def _begin(self, event):
        self.kinds[event["requestId"]] = event["type"]

    def _finish(self, event):
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def of(self, kind=None):
        return [size for request, size in self.bytes.items() if kind in (None, self.kinds[request])]


@pytest.mark.parametrize("address", PLAIN)
def test_a_first_visit_is_light(open_page, address):
    page = open_page()
    wire = Wire(page)
    EVERY_PAGE[address](page)
    page.wait_for_load_state("networkidle")
    wire.end()
    limit = MOST if address in WITH_A_LARGE_FIGURE else MOST_OF_TEXT
    assert len(wire.of("Document")) == len(wire.of("Stylesheet")) == 1
    assert sum(wire.of("Font")) > 0
    assert sum(wire.of()) <= limit
    assert sum(wire.of("Script")) <= MOST_SCRIPT
