"""Readers never see two versions of a page mixed, however often it changes while they read."""

from threading import Event

from tests.booking.schedule.races import at_once
from tests.clinic_site.pages.reader import Reader
from tests.factories import make_copy
from treatments.models import Benefit

SCARS = "/treatments/microneedling/benefits/scars/"


def test_a_page_is_never_two_versions_mixed(committed):
    """Two readers fetch while the page flips 200 times: each answer is one version, whole."""
    first = Benefit.objects.get(slug="scars").newest_version()
    marks = ["Words of the one.", "Words of the other."]
    answers, done = [], Event()

    def flip():
        try:
            for number in range(200):
                version = make_copy(first, lead=marks[number % 2], summary=marks[number % 2])
                version.passages.update(body=marks[number % 2])
                version.claims.update(sentence=marks[number % 2])
                version.go_live()
        finally:
            done.set()

    def read():
        reader = Reader()
        while not done.is_set():
            answers.append(reader.get(SCARS).text)

    at_once(flip, read, read)
    seen = {tuple(text.count(mark) for mark in marks) for text in answers}
    whole = Reader().get(SCARS).text.count(marks[1])
    assert whole > 10 and {(whole, 0), (0, whole)} <= seen <= {(whole, 0), (0, whole), (0, 0)}
