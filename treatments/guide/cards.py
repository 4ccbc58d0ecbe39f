"""
The picture that goes with a page where somebody shares its address: drawn from the records, in the site's colors.

The font is the headings' own (static/fonts/heading.woff2) with the letters of all Latin names, which a page can borrow
from the reader's system and a picture cannot.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from math import sin
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
FONT = Path(__file__).parent / "fonts" / "newsreader.ttf"
HEADING_TOP, HEADING_HEIGHT = 150, 235
HEADING_SIZES = [92, 80, 70, 60, 50, 40, 30]
LEADING = 1.12  # from line to line, in sizes of the letters
SKIN_TOP = 526
SHARPER = 2  # drawings are made larger and shrunk, which smooths their edges
SHADES = 128
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6});")


@dataclass(frozen=True)
class Card:
    """The words on a card; those of a benefit have its evidence grade, what that means, and the layers it fills."""

    clinic: str
    note: str
    heading: str
    below: str
    grade: str = ""
    layers: int = 0


def card_of_site(clinic, treatments=()):
    """For pages that have no card of their own; `treatments` are the names of those that the site explains."""
    return Card(clinic.name, _note(clinic), clinic.name, " · ".join([*treatments, clinic.place]))


def card_of_page(clinic, guide, version):
    """For a section or a benefit; the grade is that of the claim that stands first, as in lists of benefits."""
    place = _("%(name)s guide") % {"name": guide.facts.title}
    claim = version.claims.first() if version.unit.kind == version.unit.Kind.BENEFIT else None
    if claim is None:
        return Card(clinic.name, _note(clinic), version.heading, place)
    grade, meaning = str(claim.get_grade_display()), str(claim.grade_meaning)
    return Card(f"{clinic.name} · {guide.facts.title}", _note(clinic), version.heading, meaning, grade, claim.layers)


def _note(clinic):
    return _("Sample clinic") if clinic.is_sample else ""


@lru_cache(maxsize=64)
def draw(card: Card) -> bytes:
    """The card as a PNG. The same words give the same picture, so it is drawn once."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), colors()["paper"])
    _draw_skin(picture)
    if card.layers:
        _draw_badge(picture, card.layers)
    _write(ImageDraw.Draw(picture), card)
    file = BytesIO()
    picture.quantize(SHADES, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


@cache
def colors():
    """The site's light colors by their roles."""
    sheet = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    return dict(TOKEN.findall(sheet.partition("@media")[0]))


@cache
def font(size):
    return ImageFont.truetype(FONT, size)


def in_lines(text, size, width):
    """The text broken between words into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font(size).getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fitted(text):
    """The largest size in which a heading fits, and its lines, as even as they can be."""
    widest = WIDTH - 2 * MARGIN
    for size in HEADING_SIZES:
        lines = in_lines(text, size, widest)
        if len(lines) * size * LEADING <= HEADING_HEIGHT and font(size).getlength(max(lines, key=len)) <= widest:
            break
    narrower = (in_lines(text, size, width) for width in range(widest // 2, widest, 10))
    return size, next((even for even in narrower if len(even) == len(lines)), lines)


def on_one_line(text, size, width):
    """The font in which a text is at most so wide."""
    while size > 12 and font(size).getlength(text) > width:
        size -= 2
    return font(size)


def _write(pen, card):
    ink, quiet = colors()["ink"], colors()["quiet"]
    if card.clinic != card.heading:
        pen.text((MARGIN, 92), card.clinic, ink, on_one_line(card.clinic, 34, 800), anchor="ls")
    pen.text((WIDTH - MARGIN, 92), card.note, quiet, font(28), anchor="rs")
    size, lines = fitted(card.heading)
    for number, line in enumerate(lines):
        baseline = HEADING_TOP + size * (0.85 + number * LEADING)
        pen.text((MARGIN, baseline), line, ink, font(size), anchor="ls")
    left = MARGIN + 84 if card.grade else MARGIN
    pen.text((left, 438), card.grade, ink, font(38), anchor="ls")
    pen.text((left, 480), card.below, quiet, on_one_line(card.below, 30, WIDTH - MARGIN - left), anchor="ls")


def _draw_skin(picture):
    """The layers of the skin along the lower edge."""
    layer = Image.new("RGB", (WIDTH * SHARPER, (HEIGHT - SKIN_TOP) * SHARPER), colors()["paper"])
    pen = ImageDraw.Draw(layer)
    for role, top, swing in (("f-epi-line", 4, 2), ("f-epi", 8, 2), ("f-derm", 26, 7), ("f-fat", 74, 5)):
        pen.polygon(_below_wave(layer.size, top * SHARPER, swing * SHARPER, 95 * SHARPER), colors()[role])
    picture.paste(layer.resize((WIDTH, HEIGHT - SKIN_TOP), Image.Resampling.LANCZOS), (0, SKIN_TOP))


def _draw_badge(picture, layers):
    """The evidence badge of the pages: a small core of skin, of whose four layers so many are filled from below."""
    width, height, line = 60 * SHARPER, 100 * SHARPER, 3 * SHARPER
    case = Image.new("L", (width, height))
    ImageDraw.Draw(case).rounded_rectangle((line, line, width - line, height - line), 12 * SHARPER, 255)
    core = Image.new("RGB", (width, height), colors()["paper"])
    pen = ImageDraw.Draw(core)
    for number, role in reversed(list(enumerate(("f-fat", "f-fiber-2", "f-fiber-1", "f-epi")[:layers], start=1))):
        top = height - number * height // 4
        pen.polygon(_below_wave((width, height), top, 2 * SHARPER, 12 * SHARPER), colors()["paper"])
        pen.polygon(_below_wave((width, height), top + line, 2 * SHARPER, 12 * SHARPER), colors()[role])
    badge = Image.composite(core, Image.new("RGB", core.size, colors()["paper"]), case)
    outline = (line, line, width - line, height - line)
    ImageDraw.Draw(badge).rounded_rectangle(outline, 12 * SHARPER, outline=colors()["edge"], width=line)
    picture.paste(badge.resize((60, 100), Image.Resampling.LANCZOS), (MARGIN, 394))


def _below_wave(size, top, swing, length):
    """The corners of a shape that a wave bounds above."""
    width, bottom = size
    wave = [(x, top + swing * sin(x / length) + swing * 0.5 * sin(x / length * 2.3)) for x in range(0, width + 1, 4)]
    return [*wave, (width, bottom), (0, bottom)]
