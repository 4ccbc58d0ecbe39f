"""A change of when patients can come, made as its page makes it: looked at first, then done."""

from functools import partial

from booking.schedule.changes import carry_out, close_day, whom_it_touches
from booking.schedule.settling import Choice


def change(make, staff, what="", words="", to=None):
    """
    Make a change; do `what` with everybody whom it touches, or with nothing said what is proposed for each.

    Returns what was looked at.
    """
    effect = whom_it_touches(make)
    choices = {each.key: Choice(what, to) if what else each.proposed for each in effect.touched}
    carry_out(make, effect, choices, staff, words)
    return effect


def close(day, staff, what="cancel", words="", name="Snow", banner=""):
    """Close a day."""
    return change(partial(close_day, day, name, banner), staff, what, words)
