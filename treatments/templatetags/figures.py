"""The arithmetic of the drawings, so that they follow the records that staff change."""

import re
from math import log1p, sqrt

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from treatments.guide.skin import TONES

register = template.Library()

DAYS_OF_HEALING = 365
DAYS_IN_A_MONTH = 30
TIME_SCALES = [(0, 1, _("Hours")), (1, 7, _("Days")), (7, 30, _("Weeks")), (30, DAYS_OF_HEALING, _("Months"))]
UNITS_PER_MM = 200  # in the drawn section of skin
# Where a tip ends in the section as it is drawn: an outer layer of 0.1 mm and a collagen layer of 1.5 mm.
LAYERS_REACHED = [
    (0.1, _("Outer layer"), _("The tip ends in the outer layer, as drawn.")),
    (
        0.6,
        _("Collagen layer, upper part"),
        _("The tip passes the outer layer and some of the collagen layer, as drawn."),
    ),
    (
        1.1,
        _("Collagen layer, middle"),
        _("The tip passes the outer layer and about half of the collagen layer, as drawn."),
    ),
    (
        1.6,
        _("Collagen layer, lower part"),
        _("The tip passes the outer layer and most of the collagen layer, as drawn."),
    ),
    (float("inf"), _("Fat"), _("The tip passes the whole collagen layer, as drawn, and ends in the fat.")),
]
DOTS_IN_A_ROW = 10
MARGIN_OF_BARS, END_OF_BARS = 8, 34  # left of a scale, and right of it for its last label
WIDE_ENOUGH = 400
DEVIATIONS = 1.96  # of 95 in 100
MOST_DOTS = 200  # more cannot be counted by eye


@register.filter
def timeline(steps):
    """The steps of a visit, each with the minute at which it begins; none is known after a step without minutes."""
    parts, minute = [], 0
    for step in steps:
        parts.append({"step": step, "begins": minute})
        minute = minute + step.minutes if minute is not None and step.minutes is not None else None
    return {"parts": parts, "minutes": minute}


@register.simple_tag
def healing_line(width, settles, judged):
    """
    Where the days of healing stand on a line of that width.

    The line is a year long and stretched, so that the first week can be read.
    """

    def along(day):
        return round(width * log1p(float(day)) / log1p(DAYS_OF_HEALING))

    begins, ends = along(judged.low * DAYS_IN_A_MONTH), along(judged.high * DAYS_IN_A_MONTH)
    scales = [(along(first), along(last), name) for first, last, name in TIME_SCALES]
    return {
        "scales": [{"begins": first, "middle": (first + last) // 2, "name": name} for first, last, name in scales],
        "settled": along(settles.high),
        "judged": begins,
        "judged_for": ends - begins,
        "ticks": [along(settles.high), begins, ends],
    }


@register.filter
def settings_shown(depth):
    """Up to three needle settings of a key fact in millimeters, and what each reaches: least, middle and most."""
    least, most = depth.low or depth.high, depth.high
    return [_setting(mm) for mm in sorted({least, (least + most) / 2, most})]


def _setting(mm):
    layer, meaning = next((layer, meaning) for ends, layer, meaning in LAYERS_REACHED if mm <= ends)
    return {"mm": mm, "tip": round(mm * UNITS_PER_MM), "layer": layer, "meaning": meaning}


@register.filter
def dots(finding):
    """A finding such as '47 of 100' as two SVG paths of dots, ten in a row: what changed, and what stayed."""
    step = 100 // DOTS_IN_A_ROW
    spots = [
        f"M{step // 2 + step * (n % DOTS_IN_A_ROW)} {step // 2 + step * (n // DOTS_IN_A_ROW)}h0"
        for n in range(finding.out_of)
    ]
    rows = -(-finding.out_of // DOTS_IN_A_ROW)
    changed, stayed = spots[: finding.affected], spots[finding.affected :]
    return {"changed": "".join(changed), "stayed": "".join(stayed), "height": step * rows}


@register.filter
def as_drawn(findings):
    """The findings behind a claim by how they are drawn: dots for '47 of 100', and words with a bar for its people."""
    as_dots = [row for row in findings if row.out_of and row.out_of <= MOST_DOTS]
    return {"as_dots": as_dots, "in_words": [row for row in findings if row not in as_dots]}


@register.simple_tag
def count_bars(counts, width):
    """
    Counts of people such as '7 of 32' on one scale of people out of 100, across a drawing of that width.

    Each has where its share stands and what the true share could be (95 percent interval, Wilson 1927), so few people
    were counted. The scale is cut where nothing more is drawn, at 50 or more.
    """
    shares = [(count, *wilson(count.affected, count.out_of)) for count in counts]
    highest = max((high for _count, _low, high in shares), default=0)
    ends = max(50, min(100, 10 * (int(highest * 10) + 1)))

    right = width - END_OF_BARS

    def along(percent):
        return round(MARGIN_OF_BARS + (right - MARGIN_OF_BARS) * percent / ends, 1)

    is_narrow = width < WIDE_ENOUGH  # then people and who they are stand in two lines
    step = 54 if is_narrow else 38
    axis = step * len(shares) + 6
    rows = [
        {
            "count": count,
            "top": step * place + 16,
            "second": step * place + (33 if is_narrow else 16),
            "bar": step * place + (46 if is_narrow else 30),
            "seen": along(100 * count.affected / count.out_of),
            "low": along(100 * low),
            "high": along(100 * high),
            "low_of_100": round(100 * low),
            "high_of_100": round(100 * high),
        }
        for place, (count, low, high) in enumerate(shares)
    ]
    ticks = [(percent, along(percent)) for percent in range(0, ends + 1, 10)]
    heights = {"axis": axis, "below": axis + 18, "height": axis + 22}
    return {"rows": rows, "ticks": ticks, "right": right, "is_narrow": is_narrow, **heights}


def wilson(affected, out_of):
    """Between which shares the true one lies, with 95 percent certainty (Wilson 1927)."""
    share, spread = affected / out_of, DEVIATIONS**2 / out_of
    middle = (share + spread / 2) / (1 + spread)
    half = DEVIATIONS * sqrt(share * (1 - share) / out_of + spread / (4 * out_of)) / (1 + spread)
    return max(0, middle - half), min(1, middle + half)


@register.simple_tag
def skin_tones():
    """How each skin tone looks, lightest first."""
    return TONES


@register.filter
def parts_of_series(sessions):
    """The sessions that every study used, and those that only some did: the numbers of each, as a series is drawn."""
    least, most = int(sessions.low or sessions.high), int(sessions.high)
    parts = [(range(1, least + 1), False), (range(least + 1, most + 1), True)]
    return [{"numbers": numbers, "perhaps": perhaps} for numbers, perhaps in parts if numbers]


@register.filter
def series_total(price, sessions):
    """
    What a series adds up to, from two fields of the clinic: '$250 to $400' and '3 to 4' make (750, 1600).

    None unless each gives one number, or a range.
    """
    prices, times = (_range_in(field.value if field else "") for field in (price, sessions))
    return (prices[0] * times[0], prices[1] * times[1]) if prices and times else None


def _range_in(text):
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]
    return (min(numbers), max(numbers)) if 1 <= len(numbers) <= 2 else None


@register.filter
def grouped(number):
    """A number as people write it: 1,845."""
    return number_format(number, force_grouping=True)


@register.filter
def size_in_words(finding):
    """What a finding rests on, as people say it: 3 studies, 1,845 people, 2 sessions."""
    counted = [
        (finding.studies, ngettext("%(shown)s study", "%(shown)s studies", finding.studies or 0)),
        (finding.people, ngettext("%(shown)s person", "%(shown)s people", finding.people or 0)),
        (finding.sessions, ngettext("%(shown)s session", "%(shown)s sessions", finding.sessions or 0)),
    ]
    return ", ".join(words % {"shown": grouped(number)} for number, words in counted if number)
