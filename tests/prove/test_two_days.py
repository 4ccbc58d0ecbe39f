"""Carries a day of nasty cases at the desk in a browser, and writes down the actions of each (about 1 minute)."""

import pytest

from tests.journeys.conftest import browser, open_page  # noqa: F401 - fixtures
from tests.journeys.desk_day import DAY, work_through
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("day"), **AS_SHIPPED) as running:
        yield running


def test_each_case_of_the_day_is_carried_without_a_shell_or_a_second_request(open_page, site):  # noqa: F811
    rows = work_through(open_page(width=1280), site)
    head = [
        "# A day at the desk",
        "",
        "Written by `make prove ARGS=two-days`: in a real browser, by keys and clicks. A key, a click, a filled field",
        "are one action each; the request is open already. The seconds are the machine's, without a person's reading.",
        "",
        "| who | what is done | actions | seconds |",
        "|---|---|---:|---:|",
    ]
    lines = [f"| {who} | {what} | {actions} | {seconds:.1f} |" for who, what, actions, seconds in rows]
    (ROOT / "docs" / "proofs" / "desk-day.md").write_text("\n".join([*head, *lines, ""]))
    assert len(rows) == len(DAY)
