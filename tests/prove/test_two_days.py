"""Carries two days of 24 nasty cases each at the desk in a browser, and writes the actions down (about 4 minutes)."""

import pytest

from tests.journeys import desk_day, desk_second_day
from tests.journeys.conftest import browser, tabs  # noqa: F401 - the fixture
from tests.journeys.desk_hand import begin_day, work_through
from tests.journeys.desk_often import do_often
from tests.journeys.desk_requests import FIRST_DAY, SECOND_DAY
from tests.site import AS_SHIPPED, ROOT, RunningSite

pytestmark = pytest.mark.prove

HEAD = """# Two days at the desk

Written by `make prove ARGS=two-days`: in a real browser, by keys and clicks, as the desk, and where it says so at the
screen of a manager or a clinician. A key, a click, a filled field are one action each. No case needs a shell, a second
request or a note on paper. The seconds are the machine's, without a person's reading.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with RunningSite(tmp_path_factory.mktemp("day"), **AS_SHIPPED) as running:
        yield running


@pytest.fixture
def open_tab(browser, site):  # noqa: F811 - the fixture imported above
    """What a colleague did meanwhile is answered by 409: no error of the page's."""
    with tabs(browser, site.url, notes=["status of 409"]) as opened:
        yield opened


def table(title, columns, rows):
    numbers = ["---:" if isinstance(value, (int, float)) else "---" for value in rows[0]]
    cells = [[f"{value:.1f}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    return "\n".join([f"## {title}\n", *(f"| {' | '.join(line)} |" for line in (columns, numbers, *cells)), ""])


def test_two_days_are_carried_and_each_frequent_job_takes_as_few_actions_as_before(open_tab, site):
    page = open_tab(width=1280)
    often = do_often(page, site)
    first = work_through(page, site, desk_day.DAY, begin_day(site, FIRST_DAY), open_tab)
    second = work_through(page, site, desk_second_day.DAY, begin_day(site, SECOND_DAY), open_tab)
    case = ["who", "what is done", "actions", "seconds"]
    parts = [
        HEAD,
        table("What is done all day", ["what", "at most", "actions", "seconds"], often),
        table("The first day: at the request, unless it says otherwise", case, first),
        table("The second day: nasty ones", case, second),
    ]
    (ROOT / "docs" / "proofs" / "desk-day.md").write_text("\n".join(parts))
    assert [job for job, most, actions, _seconds in often if actions > most] == []
    assert (len(first), len(second)) == (24, 24)
