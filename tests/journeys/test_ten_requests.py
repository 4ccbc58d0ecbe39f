"""Ten mixed requests with few actions of the hand."""

import pytest

from tests.journeys.sites import JourneySite
from tests.journeys.ten_requests import HANDLED, handle_all

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own: its worklist is to be empty in the end."""
    with JourneySite(tmp_path_factory.mktemp("ten")) as running:
        yield running


def test_ten_mixed_requests_are_handled_to_an_empty_worklist_with_few_actions(open_page, site):
    rows = handle_all(open_page(width=1280), site)
    actions = {what: actions for _who, what, actions, _seconds in rows}
    assert len({who for who, *_rest in rows}) == len(HANDLED) + 1 == 10
    assert actions["three times that suit are offered"] <= 3
    assert actions["no answer"] <= 2 and actions["left a voicemail"] <= 2
    assert max(actions.values()) <= 8
