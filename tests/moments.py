"""
Moments at which a suite is easily red: evenings, weekends, closed days, nights in which the clock jumps.

`--moment NAME` runs every chosen test at one of them. Without it, tests marked `clock` run at three of them; `timeless`
are those of their files that ask for no time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps

DETROIT, TOKYO = ZoneInfo("America/Detroit"), ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Moment:
    """A moment in clinic time, the zone of process and browser, and how many days of its week are closed."""

    at: datetime
    zone: ZoneInfo = DETROIT
    closed_days: int = 0

    def closed(self):
        monday = self.at.date() - timedelta(days=self.at.weekday())
        return [monday + timedelta(days=number) for number in range(self.closed_days)]


def clinic_time(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=DETROIT, fold=fold)


MOMENTS = {
    "holiday-evening": Moment(clinic_time("2026-11-26T18:00")),  # Thanksgiving
    "saturday": Moment(clinic_time("2026-12-05T12:00")),
    "sunday": Moment(clinic_time("2027-08-29T22:30")),  # eight days before Labor Day
    "spring-night": Moment(clinic_time("2027-03-14T01:40")),  # the clock leaves out an hour in twenty minutes
    "autumn-night": Moment(clinic_time("2026-11-01T01:30", fold=1)),  # the hour that comes twice, for the second time
    "year-end": Moment(clinic_time("2026-12-31T23:50")),
    "leap-day": Moment(clinic_time("2028-02-29T10:00")),
    "closing": Moment(clinic_time("2027-06-08T16:55")),  # a Tuesday on which the clinic closes at five
    "closed-week": Moment(clinic_time("2027-08-04T11:00"), closed_days=7),
    "monday-morning": Moment(clinic_time("2027-01-04T06:10")),  # before opening
    "tokyo": Moment(clinic_time("2027-04-20T21:30"), zone=TOKYO),  # where the 21st is half over
    "quarter-end": Moment(clinic_time("2027-09-30T21:00")),  # while it is October in UTC
}
IN_EACH_RUN = ["autumn-night", "closing", "tokyo"]


def pytest_addoption(parser):
    parser.addoption("--moment", choices=MOMENTS, help="run the tests at this moment (tests/moments.py)")


def pytest_generate_tests(metafunc):
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "clock" in marks and "timeless" not in marks and not metafunc.config.getoption("--moment"):
        metafunc.parametrize("at_moment", IN_EACH_RUN, indirect=True)


@pytest.fixture(autouse=True)
def at_moment(request):
    """The moment at which the test runs; None where it runs now."""
    name = getattr(request, "param", request.config.getoption("--moment"))
    if not name:
        yield None
        return
    moment = MOMENTS[name]
    with time_machine.travel(moment.at.astimezone(moment.zone)):  # which gives the process that zone, too
        if moment.closed() and _uses_the_database(request):
            request.getfixturevalue("_django_db_helper")
            close(moment.closed())
        yield moment


def close(days):
    closed_day = apps.get_model("clinic_site", "ClosedDay")  # no model can be imported as early as this module is
    closed_day.objects.bulk_create(closed_day(date=day, name="Works holiday") for day in days)


def _uses_the_database(request):
    return request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames)
