"""
Making a page from nothing, or as a copy of another: a unit with its first draft. The way from there is that of any
draft (decision 31).
"""

import re
from functools import wraps
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic_site.languages import ORIGINAL
from treatments import prose
from treatments.copy_check.reading import sentences
from treatments.models import (
    Benefit,
    CareSign,
    Caution,
    CopyEvent,
    OldAddress,
    Passage,
    PreparationStep,
    Question,
    RecoveryDay,
    Section,
    SectionKind,
    Step,
    Treatment,
    TreatmentFacts,
    Unit,
    Version,
)
from treatments.models.sections import OFTEN, REQUIRED
from treatments.publishing.ordering import STEP, TAKEN
from treatments.publishing.signoff import Refused, record
from treatments.words.copied import digest_of_words, mark_of
from treatments.words.digest import digest_of
from treatments.words.fields import fields_of
from treatments.words.wording import Wording, store_rows

# What is words alone. Claims, findings, counts, numbers and what the clinic says of itself are never copied.
COPIED_ROWS = [CareSign, Caution, Passage, PreparationStep, Question, RecoveryDay, Step]
COPIED_TEXTS = ["lead", "summary"]  # of the version: a page has its own name
NUMBERS = {"minutes", "days_before", "first_day", "last_day"}  # of rows that must have some
LINKS = {"elsewhere", "elsewhere_text"}  # to other pages of the treatment
LINK = re.compile(r"\[([^\]]+)\]\(/treatments/[^)]*\)")
HAS_A_NUMBER = re.compile(r"\d")
TITLES = {
    SectionKind.OVERVIEW: _lazy("Overview"),
    SectionKind.SUITABILITY: _lazy("Is it for me?"),
    SectionKind.BEFORE: _lazy("Before your visit"),
    SectionKind.PROCEDURE: _lazy("Your visit"),
    SectionKind.OPTION: _lazy("An option"),
    SectionKind.BENEFITS: _lazy("Benefits"),
    SectionKind.RECOVERY: _lazy("Recovery"),
    SectionKind.RISKS: _lazy("Risks"),
    SectionKind.COST: _lazy("Cost"),
    SectionKind.ALTERNATIVES: _lazy("Other choices"),
    SectionKind.QUESTIONS: _lazy("Questions"),
    SectionKind.SOURCES: _lazy("Sources"),
    SectionKind.OTHER: _lazy("Another page"),
}


def refuses_what_is_taken(make):
    """
    Make a page whole or not at all. Two who make one page at the same moment both find its address free: the database
    takes the first, and the second is refused in words.
    """

    @wraps(make)
    def make_whole(*args, **kwargs):
        try:
            with transaction.atomic():
                return make(*args, **kwargs)
        except IntegrityError as taken:
            raise Refused(
                _("Somebody made this page at the same moment. Open theirs, or choose another address.")
            ) from taken

    return make_whole


@refuses_what_is_taken
def make_benefit(treatment, title, slug, by, copy_of=None) -> Benefit:
    """A benefit with its first draft. Raises Refused where its address is taken."""
    return _made(Benefit(treatment=treatment, slug=slug), title, by, copy_of)


@refuses_what_is_taken
def make_section(treatment, kind, title, slug, by, copy_of=None) -> Section:
    """A section of that kind with its first draft. Raises Refused where the guide has one, or its address is taken."""
    kind = SectionKind(kind)
    if kind not in OFTEN and Section.objects.filter(treatment=treatment, section_kind=kind).exists():
        raise Refused(_("The guide has a page of this kind already. Change that one, or make another kind."))
    if slug in TAKEN:
        raise Refused(_("Another page already has this address. Choose a different one."))
    return _made(Section(treatment=treatment, slug=slug, section_kind=kind), title, by, copy_of)


@refuses_what_is_taken
def make_treatment(title, slug, summary, kinds, by, frame_of=None) -> TreatmentFacts:
    """
    A treatment that nobody sees yet: its facts, and a section of each kind, the required ones always.

    `frame_of` is a treatment whose sections lend their headings and the words that are true of any. Raises Refused
    where its address is taken.
    """
    if Treatment.objects.filter(slug=slug).exists():
        raise Refused(_("Another treatment has this address. Choose a different one."))
    last = Treatment.objects.aggregate(Max("position"))["position__max"] or 0
    treatment = Treatment.objects.create(slug=slug, position=last + STEP)
    facts = _made(TreatmentFacts(treatment=treatment, slug=slug), title, by, summary=summary)
    lent = {section.section_kind: section for section in Section.objects.filter(treatment=frame_of)} if frame_of else {}
    for kind in SectionKind:
        if kind in REQUIRED or kind in kinds:
            make_section(treatment, kind, str(TITLES[kind]), _free_slug(treatment, kind), by, lent.get(kind))
    return facts


def read_copied_words(unit, by):
    """
    Say that somebody has read the words that were copied; from now on they are this page's own, in every language.

    Raises Refused for a translation, which shows a part of them at most.
    """
    if unit.language != ORIGINAL:
        raise Refused(_("These words were copied before they were translated. Read them on the English page."))
    unit.copied = {}
    unit.save(update_fields=["copied"])
    return record(unit.newest_version(), CopyEvent.Kind.COMMENT, by, _("Has read the copied words."))


def _made(unit, title, by, copy_of=None, summary=""):
    here = Unit.objects.filter(treatment=unit.treatment, kind=unit.kind_of_unit)
    _refuse_taken(unit, here)
    unit.position = (here.aggregate(Max("position"))["position__max"] or 0) + STEP
    unit.save()
    version = Version(
        unit_id=unit.pk,
        language=ORIGINAL,
        number=1,
        title=title,
        heading=title,
        summary=summary,
        written_by=by,
        author=by.get_full_name(),
    )
    wording = _words_of(copy_of, unit, version) if copy_of else Wording(version, {}, {})
    version.digest = digest_of(wording)
    version.save()
    store_rows(wording, version, {})
    unit.copied = {mark_of(field): digest_of_words(field.value) for field in _copied_fields(wording, copy_of)}
    unit.save(update_fields=["copied"])
    record(version, CopyEvent.Kind.MADE, by)
    return unit


def _refuse_taken(unit, here):
    if here.filter(slug=unit.slug).exists():
        raise Refused(_("Another page already has this address. Choose a different one."))
    if OldAddress.objects.filter(treatment=unit.treatment, kind=unit.kind_of_unit, slug=unit.slug).exists():
        raise Refused(_("Another page had this address, and links still lead there. Choose a different one."))


def _copied_fields(wording, copy_of):
    if copy_of is None:
        return []
    texts = [field for field in fields_of(wording) if field.is_prose and field.value]
    return [field for field in texts if field.record is not wording.version or field.name in COPIED_TEXTS]


def _words_of(copy_of, unit, version):
    """The words of another unit's newest version, without what has to be shown anew for this one."""
    lent = Wording.of(copy_of.newest_version())
    is_of_same_treatment = copy_of.treatment_id == unit.treatment_id
    rows = {model: lent.rows_of(model) for model in COPIED_ROWS if lent.rows_of(model)}
    for name in COPIED_TEXTS:
        setattr(version, name, _without_numbers(getattr(lent.version, name), is_of_same_treatment))
    copied = Wording(version, rows, {})
    for field in fields_of(copied):
        if field.name in LINKS and not is_of_same_treatment:
            setattr(field.record, field.name, "")
        elif field.record is not version and field.is_text and field.name not in LINKS:
            setattr(field.record, field.name, _without_numbers(field.value, is_of_same_treatment))
        elif field.name in NUMBERS:
            setattr(field.record, field.name, None if field.name == "minutes" else 0)
    return copied


def _without_numbers(text, is_of_same_treatment):
    """A text without the sentences that give a number; of another treatment's without its sources and links, too."""
    kept = []
    for paragraph in text.split("\n"):
        whole = paragraph if is_of_same_treatment else LINK.sub(r"\1", prose.CITATION.sub("", paragraph))
        said = [each for each in sentences(whole) if not HAS_A_NUMBER.search(prose.CITATION.sub("", each))]
        kept.append(" ".join(said))
    return "\n".join(kept).strip()


def _free_slug(treatment, kind):
    slug = "before-your-visit" if kind == SectionKind.BEFORE else str(kind.value)
    taken = set(Section.objects.filter(treatment=treatment).values_list("slug", flat=True))
    numbered = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
    return next(each for each in numbered if each not in taken)
