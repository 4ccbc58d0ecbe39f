"""Invented people for a bulk of samples: names that repeat as names do, and ways to reach them that lead to nobody."""

from itertools import accumulate
from random import Random
from typing import NamedTuple

_FIRST = (
    "Mary James Maria Michael Jennifer Robert Linda John Fatima David Patricia Mohammed Elizabeth William Susan Ali "
    "Jessica Richard Sarah Joseph Karen Thomas Nancy Christopher Layla Charles Lisa Daniel Margaret Matthew Sandra "
    "Anthony Ashley Mark Dorothy Donald Kimberly Steven Emily Andrew Donna Paul Michelle Joshua Carol Kenneth Amanda "
    "Kevin Melissa Brian Deborah George Stephanie Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna "
    "Brenda Pamela Emma Nicole Helen Samantha Katherine Christine Rachel Carolyn Janet Maryam Heather Diane Julie "
    "Joyce Victoria Kelly Christina Joan Evelyn Lauren Judith Olivia Martha Cheryl Zainab Andrea Megan Hannah Alice "
    "Gloria Teresa José Noor Zoë Renée Mei-Li Agnieszka Siobhán Łucja Yousif Chloé Björn Ines Quynh Xavier Ulyana"
)
_LAST = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Kowalski Rodriguez Martinez Hernandez Yousif Lopez "
    "Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark "
    "Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker "
    "Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes "
    "Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos "
    "Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo "
    "Sanders Patel Myers Long Ross Foster Jimenez Denha Hermiz Shammas Kassab Nowak Wójcik O’Brien Müller Çelik "
    "Hakimi Rahman Petrov Ivanova Okafor Adeyemi Tanaka Sørensen Novák Đorđević Haddad Nasser Mansour Zielinski"
)
FIRST_NAMES, SURNAMES = _FIRST.split(), _LAST.split()  # the most frequent stand first
TWO_SURNAMES = 0.15  # of all: the rare names
ASKS_AGAIN = 0.04  # with the address and number of somebody before
LAST_ASKED = 500  # of whom somebody asks again
AREA_OF_NOBODY = 555  # an area code that nobody has
LINES = 10_000_000  # of an area code


class Person(NamedTuple):
    """Somebody who is invented. The email or the telephone number can be empty, never both."""

    name: str
    email: str
    phone: str


class People:
    """Whoever asks, one after the other."""

    def __init__(self, random: Random):
        self._random = random
        self._first, self._last = _as_often_as_names(FIRST_NAMES), _as_often_as_names(SURNAMES)
        self._asked: list[Person] = []

    def somebody(self, number: int) -> Person:
        """The next person; the number is theirs alone."""
        random = self._random
        if self._asked and random.random() < ASKS_AGAIN:
            return random.choice(self._asked)
        person = self._new(number)
        if len(self._asked) < LAST_ASKED:
            self._asked.append(person)
        else:
            self._asked[number % LAST_ASKED] = person
        return person

    def _new(self, number):
        random = self._random
        first, last = self._one_of(FIRST_NAMES, self._first), self._one_of(SURNAMES, self._last)
        if random.random() < TWO_SURNAMES:
            last = f"{last}-{random.choice(SURNAMES)}"
        letters = "".join(letter for letter in f"{first}{last}".lower() if letter.isascii() and letter.isalpha())
        email = f"{letters}{number}@patient.example" if random.random() < 0.8 else ""
        phone = f"+1{AREA_OF_NOBODY}{number % LINES:07}" if not email or random.random() < 0.6 else ""
        return Person(f"{first} {last}", email, phone)

    def _one_of(self, names, weights):
        return self._random.choices(names, cum_weights=weights)[0]


def _as_often_as_names(names):
    """How often each of them comes, added up: the second half as often as the first, and so on."""
    return list(accumulate(1 / (rank + 5) for rank in range(len(names))))
