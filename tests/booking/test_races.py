"""The same time is never given twice, and no hold is left behind. `make prove` plays more rounds."""

import pytest

from tests.booking.races import RACES, WON, left_behind

pytestmark = pytest.mark.usefixtures("committed")

ROUNDS = 5


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_exactly_one_wins_and_the_others_are_told(race):
    for _round in range(ROUNDS):
        outcomes = race()
        assert outcomes.count(WON) == 1
        assert all(outcome.endswith((".", "us.")) for outcome in outcomes if outcome != WON)
        assert left_behind() == []
