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
    """What a colleague did meanwhile is answered by 409, a number that is here already by 422: no errors."""
    with tabs(browser, site.url, notes=["status of 409", "status of 422"]) as opened:
        yield opened


CASES = ["who", "what is done", "actions", "seconds"]
DOCUMENT = ROOT / "docs" / "proofs" / "desk-day.md"
TITLES = ["What is done all day", "The first day", "The second day: nasty ones"]


def write(title, columns, rows):
    """Put that table into the document, beside what the other tests wrote into it."""
    numbers = ["---:" if isinstance(value, (int, float)) else "---" for value in rows[0]]
    cells = [[f"{value:.1f}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    _head, *parts = DOCUMENT.read_text().split("\n## ")
    there = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in parts}
    there[title] = "\n".join(f"| {' | '.join(line)} |" for line in (columns, numbers, *cells))
    tables = [f"## {title}\n\n{there[title]}\n" for title in TITLES if title in there]
    DOCUMENT.write_text("\n".join([HEAD, *tables]))


def test_each_frequent_job_takes_as_few_actions_as_before(open_tab, site):
    rows = do_often(open_tab(width=1280), site)
    write(TITLES[0], ["what", "at most", "actions", "seconds"], rows)
    assert [job for job, most, actions, _seconds in rows if actions > most] == []


def test_a_day_of_24_cases_is_carried(open_tab, site):
    rows = work_through(open_tab(width=1280), site, desk_day.DAY, begin_day(site, FIRST_DAY), open_tab)
    write(TITLES[1], CASES, rows)
    assert len(rows) == 24


def test_another_day_of_24_nasty_ones_is_carried(open_tab, site):
    rows = work_through(open_tab(width=1280), site, desk_second_day.DAY, begin_day(site, SECOND_DAY), open_tab)
    write(TITLES[2], CASES, rows)
    assert len(rows) == 24
