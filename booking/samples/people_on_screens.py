"""Invented people for the few samples that screens are tried with: names as a clinic in Michigan hears them."""

from dataclasses import dataclass
from itertools import product

GIVEN_NAMES = [
    *["Olivia", "Marcus", "Danielle", "Anthony", "Priya", "Kevin", "Ewa", "Jerome", "Nadine", "Thomas", "Mei-Ling"],
    *["Stephanie", "Andre", "Katarzyna", "Luis", "Rasha", "Brandon", "Ilona", "Deborah", "Sargon", "Theresa"],
    *["Wendell", "Anna-Sophia"],
]
FAMILY_NAMES = [
    *["Kowalski", "Johnson", "Denha", "Nguyen", "Petrovska", "Washington", "O'Sullivan", "Garcia", "Yousif", "Miller"],
    *["Kaur", "Gjokaj", "Robinson", "Van den Berg", "Shamoun", "Hernandez", "Bianchi", "Patel", "Novak"],
]
# From 42 letters on, as forms and panels have to hold them.
LONG_NAMES = [
    "Alexandria Josephine Featherstonehaugh-Wojciechowska",
    "Konstantinos Papadopoulos-Konstantinidis III",
    "Maria Fernanda de los Angeles Gutierrez Villanueva",
    "Bartholomew Montgomery-Fitzgerald-Oyelaran",
]
ARABIC_NAMES = [
    "مريم عبد الرحمن الجميلي",
    "يوسف الخزاعي",
    "زينب حسن العبيدي",
    "عبد الكريم يوسف الصالح",
    "هدى ناصر",
]
AREA_CODES = [586, 248, 313, 947, 734]  # each with the hundred numbers, 555-0100 to 555-0199, that belong to nobody
OUT_OF = 20  # people: the pattern of families, languages and long names repeats after so many
FAMILY_OF_FOUR = range(4, 8)  # of each twenty
WITH_LONG_NAME = [9, 18]
ARABIC_SPEAKING = [0, 11]

WHOLE_NAMES = [f"{given} {family}" for family, given in product(FAMILY_NAMES, GIVEN_NAMES)]
STEP = 59  # from one name to the next, so that neighbors share neither part; with no factor in common with their number


@dataclass(frozen=True)
class SamplePerson:
    """Somebody who does not exist, and how they are reached: a number and an address that belong to nobody."""

    name: str
    email: str
    phone: str
    language: str


def sample_person(number: int) -> SamplePerson:
    """The invented person of that number, from 1 on; always the same one."""
    place, round_ = number % OUT_OF, number // OUT_OF
    if place in WITH_LONG_NAME:
        return _person(number, LONG_NAMES[(2 * round_ + WITH_LONG_NAME.index(place)) % len(LONG_NAMES)])
    if place in ARABIC_SPEAKING:
        name = ARABIC_NAMES[(2 * round_ + ARABIC_SPEAKING.index(place)) % len(ARABIC_NAMES)]
        return _person(number, name, language="ar", mailbox=f"patient.from.sterling.heights.{number}")
    if place in FAMILY_OF_FOUR:
        head = round_ * OUT_OF + FAMILY_OF_FOUR[0]
        family = FAMILY_NAMES[round_ % len(FAMILY_NAMES)]
        return _person(number, f"{GIVEN_NAMES[number % len(GIVEN_NAMES)]} {family}", household=head)
    return _person(number, WHOLE_NAMES[number * STEP % len(WHOLE_NAMES)])


def _person(number, name, language="en", mailbox="", household=None):
    """A family has one number, that of who is its `household`, and each of them a mailbox of their own."""
    mailbox = mailbox or "".join(letter if letter.isalpha() else "." for letter in name.lower())
    line = number if household is None else household
    return SamplePerson(
        name=name,
        email=f"{mailbox}.{number}@patient.example",
        phone=f"+1{AREA_CODES[line // 100 % len(AREA_CODES)]}5550{100 + line % 100}",
        language=language,
    )
