"""Invented people look like a clinic's: families, long names, two alphabets, and nobody's number or address."""

import re
from collections import Counter

from booking.samples.people_on_screens import sample_person

FORTY = [sample_person(number) for number in range(1, 41)]


def test_the_same_number_is_always_the_same_person():
    assert [sample_person(number) for number in range(1, 41)] == FORTY


def test_each_address_is_of_one_person_and_neither_it_nor_a_number_belongs_to_anybody():
    thousand = [sample_person(number) for number in range(1, 1001)]
    assert len({person.email for person in thousand}) == 1000
    assert all(re.fullmatch(r"[\w.'-]+@patient\.example", person.email) for person in thousand)
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", person.phone) for person in thousand)


def test_among_forty_are_families_of_four_with_one_number_long_names_and_arabic_ones():
    households = Counter((person.phone, person.name.split()[-1]) for person in FORTY)
    assert sorted(households.values())[-2:] == [4, 4]
    assert sum(len(person.name) > 40 for person in FORTY) == 4
    assert sum(person.language == "ar" for person in FORTY) == 4
    assert max(len(person.email) for person in FORTY) > 45
