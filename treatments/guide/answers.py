"""What a reader may answer on the page For you. Each answer may be left out, and none is kept."""

from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _


class Skin(models.TextChoices):
    """A skin tone. None is the usual one: each is drawn, and a reader chooses."""

    LIGHT = "light", _("Light")
    OLIVE = "olive", _("Olive")
    BROWN = "brown", _("Brown")
    BLACK = "black", _("Black")


class Matter(models.TextChoices):
    """What matters to a reader, in the words in which the clinic reads it."""

    RESULT = "result", _("the result")
    DAYS = "days", _("days off")
    MARKS = "marks", _("the risk of dark marks")
    PAIN = "pain", _("pain")
    COST = "cost", _("cost")


class Option(models.TextChoices):
    """Whether the treatment's option, such as PRP, is wanted."""

    WITHOUT = "without", _("Without it")
    WITH = "with", _("With it")
    UNSURE = "unsure", _("Not sure")


@dataclass(frozen=True)
class Answers:
    """The answers of one reader. `date_passed` is whether they named a day that is over, or none that there is."""

    benefit: str = ""
    skin: str = ""
    prp: str = ""
    matters: list[str] = field(default_factory=list)
    ready_by: date | None = None
    date_passed: bool = False

    @classmethod
    def of(cls, sent, today: date):
        """What a browser sent, as far as it was asked for: anything else counts as left out."""
        typed = sent.get("date", "").strip()
        day = _date_or_none(typed)
        return cls(
            benefit=sent.get("benefit", ""),
            skin=_one_of(Skin, sent.get("skin")),
            prp=_one_of(Option, sent.get("prp")),
            matters=[matter for matter in Matter.values if matter in sent.getlist("matters")],
            ready_by=day if day and day >= today else None,
            date_passed=bool(typed) and (day is None or day < today),
        )


def _one_of(choices, value):
    return value if value in choices.values else ""


def _date_or_none(text) -> date | None:
    """A date that somebody now alive could plan for."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day.year <= 2100 else None
