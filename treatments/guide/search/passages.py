"""What a search looks through: each passage of the live guide and of the clinic's pages, with its own address."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic_site.hours import weekly_table
from clinic_site.languages import ORIGINAL
from clinic_site.models import Clinic, Notice
from clinic_site.pages.first_visit import FIRST_VISIT
from clinic_site.pages.markup import anchor_of, to_html, to_words
from treatments.models import (
    CareSign,
    Caution,
    Claim,
    Comparison,
    Passage,
    PreparationStep,
    Question,
    RecoveryDay,
    Risk,
    SectionKind,
    Step,
)
from treatments.prose import plain

NOTICE_PART = re.compile(r"^## +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Searched:
    """
    One passage: where it stands, what it says, and by which other words it is looked for.

    `part` is its heading on the page; the entry of a page as a whole has none. `named`: what menus call that page,
    where it is another name than its heading. `is_folded`: it lies under the page. `is_warning`: it says when to call,
    or who has to wait, and is never hidden by a word to which the guide has no answer.
    """

    page: str
    part: str
    url: str
    text: str
    also: str = ""
    named: str = ""
    is_folded: bool = False
    is_warning: bool = False
    language: str = ""  # where it is another one than the page's
    treatment: str = ""  # of which it is, where there are several
    language_of_treatment: str = ""

    @property
    def title(self):
        """The page and its part."""
        return f"{self.page}: {self.part}" if self.part else self.page

    @property
    def name(self):
        """Of the entry of a page as a whole, what menus call the page."""
        return "" if self.part else self.named or self.page


_registered: list[Callable[[], Iterable[Searched]]] = []


def register_searched(pages: Callable[[], Iterable[Searched]]) -> Callable[[], Iterable[Searched]]:
    """Register what an app above this one adds to the search: it is asked when the index is made."""
    _registered.append(pages)
    return pages


def all_passages(guides) -> list[Searched]:
    """
    Every passage that can be found, in reading order. Those that are not translated say so; of several treatments each
    says which it is of.
    """
    found = [passage for guide in guides for passage in _of_guide(guide, names_it=len(guides) > 1)]
    found += [*_said_in(ORIGINAL, _of_glossary(guides)), *_of_visit(), *_said_in(ORIGINAL, _of_notices())]
    return found + [passage for pages in _registered for passage in pages()]


def _of_guide(guide, names_it):
    """A treatment's pages. The name of one among several is among the words by which each passage is looked for."""
    name = guide.facts.title if names_it else ""
    found = []
    for version in [*guide.sections, *guide.benefits]:
        found += _said_in(version.language, _of_page(guide, version))
    found += _said_in(guide.facts.language, _of_open_questions(guide))
    found += _said_in(ORIGINAL, _of_choices(guide))
    if not name:
        return found
    of = {"treatment": name, "language_of_treatment": guide.facts.language}
    return [replace(each, also=f"{each.also} {name}", **of) for each in found]


def _said_in(language, passages):
    return passages if language == get_language() else [replace(each, language=language) for each in passages]


def _of_page(guide, version):
    """The page as a whole, then each of its rows that has a place of its own."""
    is_first = version.unit.section_kind == SectionKind.OVERVIEW  # the page at the treatment's own address
    also = f"{version.title}, {version.synonyms}, {guide.facts.synonyms if is_first else ''}"
    url = version.get_absolute_url()
    lead = plain(version.lead, guide.clinic_field) or version.summary
    yield Searched(version.heading, "", url, lead, f"{version.summary} {also}", version.title)
    for rows in (_claims, _steps, _comparisons, _before, _days, _signs, _risks, _cautions, _texts, _questions):
        for part, anchor, texts, is_folded in rows(version):
            text = " ".join(plain(text, guide.clinic_field) for text in texts if text)
            is_warning = rows in (_signs, _cautions)
            yield Searched(version.title, part, f"{url}#{anchor}", text, version.title, "", is_folded, is_warning)


def _claims(version):
    for row in Claim.objects.filter(version=version):
        yield _("what it may do, and how sure we are"), f"claim-{row.key}", [row.sentence], bool(row.layer)


def _steps(version):
    for row in Step.objects.filter(version=version):
        yield row.heading, f"step-{row.key}", [row.body, row.minutes_note, row.tell_us, row.ask_us], False


def _comparisons(version):
    for row in Comparison.objects.filter(version=version):
        yield (
            row.topic,
            f"comparison-{row.key}",
            [row.without, row.visits, row.days_off, row.marks, row.with_option],
            bool(row.layer),
        )


def _before(version):
    rows = PreparationStep.objects.filter(version=version)
    yield from _block(_("Before your visit"), "h-preparation", [row.text for row in rows])
    for row in rows:
        yield row.label, f"before-{row.key}", [row.text], False


def _days(version):
    rows = RecoveryDay.objects.filter(version=version)
    yield from _block(_("What you may see, what to do"), "h-days", [row.may_see for row in rows])
    for row in rows:
        yield row.label, f"recovery-{row.key}", [row.may_see, row.may_do], False


def _signs(version):
    rows = CareSign.objects.filter(version=version)
    yield from _block(_("When to call"), "h-care", [row.text for row in rows])
    yield from _grouped(rows, "level", "care", _("when to call"))


def _block(heading, anchor, texts):
    """The rows of a kind together, under their own heading on the page."""
    if texts:
        yield heading, anchor, texts, False


def _risks(version):
    return _grouped(Risk.objects.filter(version=version, layer=""), "frequency", "risks", "")


def _grouped(rows, name, anchor, before):
    """One passage for all rows of a group, which stand under one heading."""
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(getattr(row, name), []).append(row)
    for value, members in groups.items():
        heading = getattr(members[0], f"get_{name}_display")()
        part = f"{before}, {heading}" if before else str(heading)
        yield part, f"{anchor}-{value}", [row.text for row in members], False


def _cautions(version):
    for row in Caution.objects.filter(version=version):
        yield row.situation, f"caution-{row.key}", [row.explanation], False


def _texts(version):
    for row in Passage.objects.filter(version=version):
        yield row.heading, row.key, [row.body, row.aside], bool(row.layer)


def _questions(version):
    for row in Question.objects.filter(version=version):
        yield row.question, f"question-{row.key}", [row.answer], bool(row.layer)


def _of_open_questions(guide):
    """What to ask at the consultation, which stands at the end of the page of costs while there is anything to ask."""
    section = guide.section_of_kind(SectionKind.COST)
    if section and guide.open_questions:
        url = f"{section.get_absolute_url()}#ask-list"
        yield Searched(section.title, _("Ask at your consultation"), url, " ".join(guide.open_questions))


def _of_choices(guide):
    """The page that ends in one about the reader; what they answer there is never in the index."""
    if not guide.facts.choices.exists():
        return
    yield Searched(
        _("Your choices on one page"),
        "",
        reverse("treatments:for-you", args=[guide.treatment.slug]),
        _("A few taps, and your choices stand side by side, to keep, print or bring along."),
        _("for you, compare my options, decision aid, help me decide"),
    )


def _of_glossary(guides):
    """Each word once, on the first page of sources that lists it."""
    found = set()
    for guide in guides:
        section = guide.section_of_kind(SectionKind.SOURCES)
        words = guide.listing.of(guide.terms.live) if len(guides) > 1 else guide.terms.live
        for term in words if section else ():
            if term not in found:
                found.add(term)
                url = f"{section.get_absolute_url()}#word-{term.slug}"
                yield Searched(_("Plain words"), term.term, url, f"{term.meaning}", term.also, is_folded=True)


def _of_visit():
    """The clinic's own page, by its parts."""
    clinic, url = Clinic.profile(), reverse("visit")
    page = _("Visit us")
    where = f"{clinic.name}, {clinic.street}, {clinic.city_line}"
    yield Searched(page, "", url, where, _("address, location, directions, map, where are you, city"))
    hours = "; ".join(f"{days}: {stretches}" for days, stretches in _hours_in_words())
    yield Searched(page, _("Opening hours"), f"{url}#h-hours", hours, _("open, closed, weekend, Saturday, evening"))
    phones = _("By day %(day)s, after hours %(night)s.") % {
        "day": clinic.phone_day.as_national,
        "night": clinic.phone_after_hours.as_national,
    }
    yield Searched(page, _("Telephone"), f"{url}#telephone", phones, _("phone, number, call, contact"))
    for part, anchor, text in (
        (_("Getting here"), "getting-here", clinic.getting_here),
        (_("Parking"), "parking", clinic.parking),
        (_("Access"), "access", clinic.access),
    ):
        if text:
            yield Searched(page, part, f"{url}#{anchor}", text)
    yield Searched(page, _("Coming for the first time?"), f"{url}#h-first", str(FIRST_VISIT), _("new patient"))


def _hours_in_words():
    for row in weekly_table():
        first, last = row["first"], row["last"]
        days = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
        stretches = [f"{time_format(opens)}–{time_format(closes)}" for opens, closes in row["stretches"]]
        yield days, ", ".join(stretches) or _("closed")


def _of_notices():
    """Each part of a notice that is shown; what stands before the first heading belongs to the page."""
    for notice in Notice.objects.shown():
        url = notice.get_absolute_url()
        before, *parts = NOTICE_PART.split(notice.body)
        yield Searched(notice.title, "", url, _words(before))
        for heading, body in zip(parts[::2], parts[1::2], strict=True):
            yield Searched(notice.title, heading, f"{url}#{anchor_of(heading)}", _words(body))


def _words(markdown):
    return re.sub(r"\s+", " ", to_words(str(to_html(markdown)))).strip()
