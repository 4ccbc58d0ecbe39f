"""What is left out of the run on a second database, and what is not."""

import pytest

from tests.second_database import MOMENT, OF_THE_BROWSER, says_something_new
from tests.site import ROOT


def test_what_asks_for_a_database_says_something_new(request, db):
    assert says_something_new(request.node)


@pytest.mark.django_db
def test_what_is_marked_for_a_database_says_something_new(request):
    assert says_something_new(request.node)


def test_what_asks_for_none_says_nothing_new(request):
    assert not says_something_new(request.node)


@pytest.mark.clock
def test_of_three_moments_one_says_something_new(request, db):
    assert says_something_new(request.node) == (request.node.callspec.params["at_moment"] == MOMENT)


def test_each_file_of_the_browser_is_there():
    assert {file.stem for file in (ROOT / "tests" / "journeys").glob("test_*.py")} >= OF_THE_BROWSER
