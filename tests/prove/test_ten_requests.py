"""Ten mixed requests are handled with few actions of the hand; writes down how many, and the seconds (1 minute)."""

import pytest

from tests.journeys.conftest import browser, tabs  # noqa: F401 - a fixture
from tests.journeys.ten_requests import HANDLED, handle_all
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("ten"), **AS_SHIPPED) as running:
        yield running


@pytest.fixture(scope="module")
def rows(browser, site):  # noqa: F811 - the fixture imported above
    with tabs(browser, site.url) as open_tab:
        return handle_all(open_tab(width=1280), site)


def test_no_offer_takes_longer_than_twenty_seconds(rows):
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


def test_ten_mixed_requests_are_handled_to_an_empty_worklist_with_few_actions(rows):
    actions = {what: actions for _who, what, actions, _seconds in rows}
    assert len({who for who, *_rest in rows}) == len(HANDLED) + 1 == 10
    assert actions["three times that suit are offered"] <= 3
    assert actions["no answer"] <= 2 and actions["left a voicemail"] <= 2
    assert max(actions.values()) <= 8
