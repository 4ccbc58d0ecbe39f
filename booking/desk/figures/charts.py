"""Shapes of the figures' drawings: numbers in, places on a sheet of 330 by 160 out."""

from dataclasses import dataclass
from textwrap import wrap

WIDTH, HEIGHT = 330, 160
LABELS = 124  # width of the names beside horizontal bars
LETTERS_A_LINE = 21  # that fit there
LINE_HEIGHT = 10
ROOM_FOR_NUMBER = 34
TOP, BASE, LEFT = 20, 138, 30  # of vertical bars and lines
MOST_BARS = 5


@dataclass(frozen=True)
class Part:
    """A stretch of a bar. `role` says what it stands for, and so its color."""

    x: float
    y: float
    width: float
    height: float
    role: str


@dataclass(frozen=True)
class Bar:
    """A bar with its name and number, and where these are written."""

    name: str
    number: int
    parts: list[Part]
    name_x: float
    name_y: float
    number_x: float
    number_y: float
    name_lines: tuple[tuple[str, float], ...] = ()
    is_named: bool = True  # whether name and number are written
    is_numbered: bool = True


@dataclass(frozen=True)
class Tick:
    y: float
    words: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    name: str
    words: str
    shown: bool


def horizontal_bars(rows, most_bars=MOST_BARS) -> list[Bar]:
    """Bars of rows (name, [(number, role), …]), one below the other; five fit where their names are long."""
    rows = rows[:most_bars]
    most = max((sum(number for number, _role in parts) for _name, parts in rows), default=0) or 1
    pitch = min(34, 152 / max(len(rows), 1))
    thick = pitch * 0.7
    per_one = (WIDTH - LABELS - 6 - ROOM_FOR_NUMBER) / most
    bars = []
    for place, (name, parts) in enumerate(rows):
        y, x, drawn = 4 + place * pitch, LABELS + 6.0, []
        for number, role in parts:
            drawn.append(Part(round(x, 1), round(y, 1), round(number * per_one, 1), round(thick, 1), role))
            x += number * per_one
        total, middle = sum(number for number, _role in parts), round(y + thick / 2 + 4, 1)
        bars.append(Bar(name, total, drawn, LABELS, middle, round(x + 5, 1), middle, in_lines(name, middle)))
    return bars


def vertical_bars(rows) -> tuple[list[Bar], list[Tick]]:
    """Columns of rows (name, [(number, role), …]) on a scale from nothing, and the scale; roles stack from below."""
    top = top_of_scale(max((sum(number for number, _role in parts) for _name, parts in rows), default=0))
    pitch = (WIDTH - LEFT) / max(len(rows), 1)
    thick, per_one = pitch * 0.75, (BASE - TOP) / top
    most = max((sum(number for number, _role in parts) for _name, parts in rows), default=0)
    bars, most_shown = [], False
    for place, (name, parts) in enumerate(rows):
        x, y, drawn = LEFT + place * pitch + pitch / 8, float(BASE), []
        for number, role in parts:
            y -= number * per_one
            drawn.append(Part(round(x, 1), round(y, 1), round(thick, 1), round(number * per_one, 1), role))
        total = sum(number for number, _role in parts)
        is_first_most = total == most and not most_shown
        most_shown |= is_first_most
        middle = round(x + thick / 2, 1)
        is_named = _is_named(place, len(rows))
        bars.append(
            Bar(name, total, drawn, middle, BASE + 14, middle, round(y - 4, 1), (), is_named, is_named or is_first_most)
        )
    return bars, [Tick(round(BASE - part * (BASE - TOP) / 2, 1), str(top * part // 2)) for part in range(3)]


def line_chart(rows) -> tuple[list[Dot], list[Tick], str]:
    """Dots of rows (name, number of 100 or None), joined by a line; the scale begins below the lowest, in tens."""
    known = [number for _name, number in rows if number is not None]
    floor = max(0, min(known, default=100) // 10 * 10 - 10)
    pitch = (WIDTH - LEFT) / max(len(rows), 1)
    per_one = (BASE - TOP) / (100 - floor)
    lowest = min(known, default=None)
    dots = []
    for place, (name, number) in enumerate(rows):
        if number is not None:
            x, y = LEFT + (place + 0.5) * pitch, BASE - (number - floor) * per_one
            shown = number == lowest or place == len(rows) - 1
            dots.append(Dot(round(x, 1), round(y, 1), name if _is_named(place, len(rows)) else "", str(number), shown))
    ticks = [
        Tick(round(BASE - part * (BASE - TOP) / 2, 1), str(floor + (100 - floor) * part // 2)) for part in range(3)
    ]
    return dots, ticks, " ".join(f"{dot.x},{dot.y}" for dot in dots)


def top_of_scale(most: int) -> int:
    """The next even round number that holds the most: 2, 4, 10, 20, 40, 100…"""
    top = 1
    while True:
        for round_number in (2, 4, 10):
            if most <= top * round_number:
                return top * round_number
        top *= 10


def in_lines(name, middle):
    """A name, whole, in lines of what fits beside a bar, each with its place: about the bar's middle."""
    lines = wrap(name, LETTERS_A_LINE) or [""]
    first = middle - LINE_HEIGHT * (len(lines) - 1) / 2
    return tuple((line, round(first + number * LINE_HEIGHT, 1)) for number, line in enumerate(lines))


def _is_named(place, number):
    """The first, the middle and the last have room for their names."""
    return place in (0, (number - 1) // 2, number - 1)
