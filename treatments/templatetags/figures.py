"""The arithmetic of the drawings, so that they follow the records that staff change."""

from math import log1p

from django import template

register = template.Library()

DAYS_OF_HEALING = 365
UNITS_PER_MM = 200  # in the drawn section of skin
DOTS_IN_A_ROW = 10


@register.filter
def timeline(steps):
    """The steps of a visit, each with the minute at which it begins; none is known after a step without minutes."""
    parts, minute = [], 0
    for step in steps:
        parts.append({"step": step, "begins": minute})
        minute = minute + step.minutes if minute is not None and step.minutes is not None else None
    return {"parts": parts, "minutes": minute}


@register.filter
def along(days, width):
    """Where a day stands on a line of that width: one year, stretched so that the first week can be read."""
    return round(int(width) * log1p(float(days)) / log1p(DAYS_OF_HEALING))


@register.filter
def settings_shown(depth):
    """Up to three needle settings of a key fact in millimeters: the least, the middle and the most."""
    least, most = depth.low or depth.high, depth.high
    millimeters = sorted({least, (least + most) / 2, most})
    return [{"mm": mm, "tip": round(mm * UNITS_PER_MM)} for mm in millimeters]


@register.filter
def dots(finding):
    """A finding such as '47 of 100' as two SVG paths of dots, ten in a row: what stayed, and what changed."""
    step = 100 // DOTS_IN_A_ROW
    spots = [
        f"M{step // 2 + step * (n % DOTS_IN_A_ROW)} {step // 2 + step * (n // DOTS_IN_A_ROW)}h0"
        for n in range(finding.out_of)
    ]
    left = finding.out_of - finding.affected
    rows = -(-finding.out_of // DOTS_IN_A_ROW)
    return {"stayed": "".join(spots[:left]), "changed": "".join(spots[left:]), "height": step * rows}


@register.filter
def largest(rows, name):
    """The largest number that these rows have under that name, or 0."""
    return max((getattr(row, name) or 0 for row in rows), default=0)
