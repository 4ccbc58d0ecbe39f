"""
What is worked out from the shipped guide, once for each process: the search, the report, the form, what each page says.

It is made on the fresh installation at the moment at which the guide went live, by nothing but what the site itself
calls, and holds while a test has changed no content.
"""

from dataclasses import replace
from datetime import timedelta

import time_machine
from django.db.models import Max
from django.test import Client

from booking.patient.published import published
from clinic_site.pages import context
from treatments.guide import down
from treatments.guide.search.finding import indexes
from treatments.models import Unit, Version
from treatments.publishing import content_report
from treatments.words import disagreeing

KEPT = (indexes, content_report.cache, published, context.cache, down.kept)
_shipped = {}
_wordings = {}


def make():
    """Work it out, on the fresh installation."""
    keep_nothing()
    went_live = Version.objects.aggregate(last=Max("live_from"))["last"]
    with time_machine.travel(went_live + timedelta(seconds=1)):
        for address in ("/", "/search/?q=scar", "/consultation/"):
            assert Client().get(address).status_code == 200
        content_report.reading_grades()
        content_report.claims_by_grade()
        disagreeing.said_elsewhere(Unit.objects.first())
    _wordings.update(disagreeing.kept)
    _shipped.update({kept: dict(kept._kept) for kept in KEPT})


def keep():
    """Have kept what was made, and nothing else."""
    keep_nothing()
    disagreeing.kept.update(_wordings)
    for kept, things in _shipped.items():
        kept._kept.update(things)
    for key, (*when, read) in published._kept.items():  # whose parts are written as forms are shown
        published._kept[key] = (*when, replace(read, parts={}))


def keep_nothing():
    disagreeing.kept.clear()
    for kept in KEPT:
        kept.forget()


def forget():
    _shipped.clear()
    _wordings.clear()
