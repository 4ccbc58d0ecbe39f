from decimal import Decimal

import pytest

from treatments.models import Finding, KeyFact, Step
from treatments.templatetags import figures


def settings(low, high):
    fact = KeyFact(low=low and Decimal(low), high=Decimal(high))
    return [(str(setting["mm"]), setting["tip"]) for setting in figures.settings_shown(fact)]


@pytest.mark.parametrize(
    ("minutes", "expected", "total"),
    [
        ((10, 45, 25), [0, 10, 55], 80),
        ((10, None, 25), [0, 10, None], None),
        ((None, 45), [0, None], None),
        ((0, 5), [0, 0], 5),
        ((), [], 0),
    ],
)
def test_each_step_begins_when_the_one_before_ends(minutes, expected, total):
    drawn = figures.timeline([Step(minutes=number) for number in minutes])
    assert ([part["begins"] for part in drawn["parts"]], drawn["minutes"]) == (expected, total)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("0.50", "1.50", [("0.50", 100), ("1.00", 200), ("1.50", 300)]),
        ("1.00", "1.00", [("1.00", 200)]),
        (None, "1.50", [("1.50", 300)]),
    ],
)
def test_up_to_three_needle_settings_are_drawn(low, high, expected):
    assert settings(low, high) == expected


@pytest.mark.parametrize(
    ("affected", "out_of", "stayed", "changed", "height"),
    [(47, 100, 53, 47, 100), (0, 10, 10, 0, 10), (10, 10, 0, 10, 10), (3, 11, 8, 3, 20), (1, 1, 0, 1, 10)],
)
def test_a_frequency_is_drawn_as_one_dot_a_person(affected, out_of, stayed, changed, height):
    drawn = figures.dots(Finding(affected=affected, out_of=out_of))
    assert (drawn["stayed"].count("M"), drawn["changed"].count("M"), drawn["height"]) == (stayed, changed, height)


def test_no_two_dots_lie_on_each_other():
    drawn = figures.dots(Finding(affected=47, out_of=100))
    spots = (drawn["stayed"] + drawn["changed"]).split("M")[1:]
    assert len(set(spots)) == 100


def test_a_frequency_is_drawn_while_it_can_be_counted_by_eye():
    rows = [Finding(affected=1, out_of=out_of, key=str(out_of)) for out_of in (10, 200, 201, None)]
    drawn = figures.as_drawn(rows)
    assert ([row.key for row in drawn["as_dots"]], [row.key for row in drawn["in_words"]]) == (
        ["10", "200"],
        ["201", "None"],
    )


def test_numbers_are_grouped_as_people_write_them():
    assert [figures.grouped(number) for number in (51, 1845, 1000000)] == ["51", "1,845", "1,000,000"]


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ({"studies": 58, "people": 1845}, "58 studies, 1,845 people"),
        ({"studies": 1, "people": 1, "sessions": 1}, "1 study, 1 person, 1 session"),
        ({"people": 41, "sessions": 3}, "41 people, 3 sessions"),
        ({"studies": 9}, "9 studies"),
    ],
)
def test_what_a_finding_rests_on_is_said_in_words(counted, words):
    assert figures.size_in_words(Finding(**counted)) == words


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [
        ("3", "6", [([1, 2, 3], False), ([4, 5, 6], True)]),
        ("3", "3", [([1, 2, 3], False)]),
        (None, "1", [([1], False)]),
        ("1", "2", [([1], False), ([2], True)]),
    ],
)
def test_the_sessions_that_only_some_studies_used_are_drawn_as_perhaps(low, high, drawn):
    parts = figures.parts_of_series(KeyFact(low=low and Decimal(low), high=Decimal(high)))
    assert [(list(part["numbers"]), part["perhaps"]) for part in parts] == drawn
