"""Writes down how many actions and seconds the ten mixed requests took (about 1 minute)."""

import pytest

from tests.journeys.conftest import browser, open_page  # noqa: F401 - fixtures
from tests.journeys.ten_requests import handle_all
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("ten"), **AS_SHIPPED) as running:
        yield running


def test_no_offer_takes_longer_than_twenty_seconds(open_page, site):  # noqa: F811 - the fixture imported above
    rows = handle_all(open_page(width=1280), site)
    head = [
        "# Ten mixed requests, from sign-in to an empty worklist",
        "",
        "Written by `make prove`: in a real browser, by keys and clicks. A key, a click, a filled field are one action",
        "each; opening the request is counted. The seconds are the machine's, and leave out a person's reading.",
        "",
        "| who | what is done | actions | seconds |",
        "|---|---|---:|---:|",
    ]
    lines = [f"| {who} | {what} | {actions} | {seconds:.1f} |" for who, what, actions, seconds in rows]
    (ROOT / "docs" / "proofs" / "ten-requests.md").write_text("\n".join([*head, *lines, ""]))
    assert max(seconds for *_row, seconds in rows) <= 20
