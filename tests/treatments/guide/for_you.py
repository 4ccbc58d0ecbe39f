"""The page For you as a reader gets it, for what they answered."""

from itertools import combinations, product

from tests.clinic_site.addresses import BENEFITS, FOR_YOU
from treatments.guide.answers import Matter, Option, Skin

LATER, OVER = "2077-03-01", "2024-02-29"

MATTERS = [list(some) for size in range(len(Matter) + 1) for some in combinations(Matter.values, size)]
WITHOUT_MATTERS = list(product(["", *BENEFITS], ["", *Skin.values], ["", *Option.values], ["", LATER, OVER]))


def sent(benefit, skin, prp, date, matters=()):
    """What a browser sends: an answer that is left out is missing or empty."""
    given = {"benefit": benefit, "skin": skin, "prp": prp, "date": date, "matters": list(matters)}
    return {name: value for name, value in given.items() if value}


def every_combination():
    return [sent(*answers, matters) for answers in WITHOUT_MATTERS for matters in MATTERS]


def some_combinations():
    """Every benefit, skin and PRP with each other; every subset of what matters and every date among them."""
    rows = [row for number, row in enumerate(WITHOUT_MATTERS) if number // 3 % 3 == number % 3]
    return [sent(*row, MATTERS[number % len(MATTERS)]) for number, row in enumerate(rows)]


def choices_for(client, answers):
    return client.post(FOR_YOU, answers)
