"""What a patient may wish for when they ask: how a time is found, the half-days that suit them, and what they need."""

from django.db import models
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

FRIDAY, SATURDAY, DAYS = 4, 5, 7  # as weekday() counts


class TimeBy(models.TextChoices):
    """How a time is found."""

    PICK = "pick", _("Chooses a time")
    CALL = "call", _("Wants to be called")
    WINDOWS = "windows", _("Names half-days")


class Need(models.TextChoices):
    """What the clinic makes ready for a patient."""

    WHEELCHAIR = "wheelchair", _("I use a wheelchair or cannot climb stairs")
    HEARING = "hearing", _("I have hearing loss")
    SIGHT = "sight", _("I have low vision")


NEEDS_IN_A_WORD = {Need.WHEELCHAIR: _("wheelchair"), Need.HEARING: _("hearing"), Need.SIGHT: _("sight")}


class Window(models.TextChoices):
    """When a patient could often come. The half-days of one weekday are named last."""

    WEEKDAY_AM = "weekday-am", _("Weekday mornings")
    WEEKDAY_PM = "weekday-pm", _("Weekday afternoons")
    FRIDAY_AM = "friday-am", _("Friday mornings")
    ANY = "any", _("Any time")
    MON_AM = "mon-am", _("Monday mornings")
    MON_PM = "mon-pm", _("Monday afternoons")
    TUE_AM = "tue-am", _("Tuesday mornings")
    TUE_PM = "tue-pm", _("Tuesday afternoons")
    WED_AM = "wed-am", _("Wednesday mornings")
    WED_PM = "wed-pm", _("Wednesday afternoons")
    THU_AM = "thu-am", _("Thursday mornings")
    THU_PM = "thu-pm", _("Thursday afternoons")
    FRI_AM = "fri-am", _("Friday mornings")
    FRI_PM = "fri-pm", _("Friday afternoons")
    SAT_AM = "sat-am", _("Saturday mornings")
    SAT_PM = "sat-pm", _("Saturday afternoons")
    SUN_AM = "sun-am", _("Sunday mornings")
    SUN_PM = "sun-pm", _("Sunday afternoons")

    @property
    def is_morning(self):
        return self.value.endswith("am")

    @property
    def in_a_word(self):
        """As a row of a list has room for it: Mon AM."""
        if self not in HALF_DAYS:
            return self.label
        half = _("AM") if self.is_morning else _("PM")
        return f"{WEEKDAYS_ABBR[HALF_DAYS.index(self) // 2]} {half}"


HALF_DAYS = list(Window)[4:]  # from Monday morning to Sunday afternoon

_covered = {
    Window.WEEKDAY_AM: {(day, True) for day in range(SATURDAY)},
    Window.WEEKDAY_PM: {(day, False) for day in range(SATURDAY)},
    Window.FRIDAY_AM: {(FRIDAY, True)},
    Window.ANY: {(day, morning) for day in range(DAYS) for morning in (True, False)},
} | {window: {(number // 2, number % 2 == 0)} for number, window in enumerate(HALF_DAYS)}


def half_day(weekday: int, is_morning: bool) -> Window:
    """The half of one weekday; Monday is 0."""
    return HALF_DAYS[2 * weekday + (not is_morning)]


def suit(windows, weekday: int, is_morning: bool) -> bool:
    """Whether that half-day is among those that were named; whoever named none could always come."""
    covered = half_days_of(windows)
    return not covered or (weekday, is_morning) in covered


def half_days_in_full(windows) -> set[str]:
    """The windows with each of their half-days, but those of any time: what is ticked where half-days are chosen."""
    return {*windows} | {half_day(*half) for half in half_days_of({*windows} - {Window.ANY})}


def half_days_of(windows) -> set[tuple[int, bool]]:
    """The half-days that were named, as (weekday, whether it is the morning); none where none was."""
    return set().union(*(_covered[Window(value)] for value in windows if value in Window.values))
