"""What a page of the guide is made of, read once and in one place."""

from functools import cached_property

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from clinic_site.languages import ORIGINAL
from treatments.guide.citations import Citations
from treatments.guide.down import addresses_down, is_among
from treatments.guide.gone import raise_if_retired, raise_if_retired_with_its_treatment
from treatments.guide.listed import Listing
from treatments.guide.terms import Terms
from treatments.models import OldAddress, SectionKind, Treatment, Unit, Version

WITH_CLAIMS = ["claims__sources", "claims__findings__source"]


class Guide:
    """
    One treatment's guide as it stands at one moment, in the language of the page: its facts, sections and benefits.

    With a draft, the guide as it would be if that version were live.
    """

    def __init__(self, treatment, moment=None, draft=None):
        self.treatment = treatment
        self.draft = draft
        self.moment = moment or timezone.now()
        self.language = draft.language if draft else get_language()

    @classmethod
    def of(cls, slug, section="", benefit=""):
        """
        The guide of the treatment at that address; 404 where patients have none to read.

        `section` or `benefit`: the slug of the page that was asked for, which may have been retired before its
        treatment.
        """
        try:
            return cls(Treatment.objects.offered().get(slug=slug))
        except Treatment.DoesNotExist:
            kind = Unit.Kind.BENEFIT if benefit else Unit.Kind.SECTION
            raise_if_retired_with_its_treatment(slug, kind, benefit or section)
            raise Http404(f"no live guide to {slug}") from None

    @cached_property
    def citations(self):
        return Citations()

    @cached_property
    def terms(self):
        return Terms()

    @cached_property
    def listing(self):
        """What its page of sources lists, of the sources and words that treatments share."""
        return Listing(self)

    @cached_property
    def facts(self):
        return self._first_or_newest(Unit.Kind.TREATMENT)

    @cached_property
    def sections(self):
        return self._read(Unit.Kind.SECTION)

    @cached_property
    def benefits(self):
        return self._read(Unit.Kind.BENEFIT, *WITH_CLAIMS)

    @cached_property
    def key_facts(self):
        return {fact.key: fact for fact in self.facts.keyfacts.all()}

    @cached_property
    def clinic_fields(self):
        return {field.key: field for field in self.facts.clinicfields.all()}

    @property
    def has_needles(self):
        """Whether its facts say how far needles reach: only then do words and drawings speak of them."""
        return "depth" in self.key_facts

    @property
    def has_numbing(self):
        """Whether the clinic numbs the skin for it."""
        return "numbing-product" in self.clinic_fields

    @property
    def has_prp(self):
        """Whether its option is part of the patient's own blood."""
        return "prp-kit" in self.clinic_fields

    def clinic_field(self, key):
        """What the clinic says under that key, or what stands there until it does."""
        return self.clinic_fields[key].words if key in self.clinic_fields else ""

    @property
    def open_questions(self):
        """What a patient asks at the consultation, because the clinic has not filled it in."""
        return [field.ask for field in self.clinic_fields.values() if field.ask and not field.value]

    @cached_property
    def down(self):
        """The addresses of all guides' pages that patients cannot read at this moment."""
        return addresses_down(self.moment, self.draft.unit_id if self.draft else None)

    def is_down(self, address):
        """Whether nothing is to be read at that address, so that no link may lead there."""
        return is_among(address, self.down)

    def section_of_kind(self, kind):
        """The live section of that kind, or None."""
        return next((section for section in self.sections if section.unit.section_kind == kind), None)

    def page_of_kind(self, kind):
        """The live section of that kind; 404 where there is none."""
        if section := self.section_of_kind(kind):
            return section
        raise Http404(f"no live section of the kind {kind}")

    def page_at(self, kind, slug):
        """
        The section or benefit that is at that slug, or once was; 404 where none is read, which says so of one that was
        retired for good.
        """
        pages = self.benefits if kind == Unit.Kind.BENEFIT else self.sections
        if here := next((page for page in pages if page.unit.slug == slug), None):
            return here
        of_treatment = {"treatment": self.treatment, "kind": kind}
        old = OldAddress.objects.filter(**of_treatment, slug=slug).values_list("unit__slug", flat=True).first()
        raise_if_retired(**of_treatment, slug=old or slug)
        if moved := next((page for page in pages if page.unit.slug == old), None):
            return moved
        raise Http404(f"no live page {slug}")

    @property
    def overview(self):
        """The guide's first page; of a guide that is only a draft yet, its newest words."""
        live = self.section_of_kind(SectionKind.OVERVIEW)
        return live or self._newest(Unit.Kind.SECTION, section_kind=SectionKind.OVERVIEW)

    def _first_or_newest(self, kind):
        live = self._read(kind, "keyfacts", "clinicfields")
        return live[0] if live or self.draft is None else self._newest(kind)

    def _newest(self, kind, **which):
        """For previews of a guide of which nothing is live yet."""
        which = {f"unit__{name}": value for name, value in which.items()}
        newest = Version.objects.newest().of_kind(kind).filter(unit__treatment=self.treatment, **which)
        by_language = {version.language: version for version in newest.select_related("unit__treatment")}
        return by_language.get(self.language) or by_language[ORIGINAL]

    @property
    def in_reading_order(self):
        """All pages as one reads them: the benefits follow the page that leads to them."""
        place = self._place_of_the_benefits + 1
        return [*self.sections[:place], *self.benefits, *self.sections[place:]]

    @property
    def _place_of_the_benefits(self):
        """That of the section which leads to them; of the last one, where none does."""
        kinds = [section.unit.section_kind for section in self.sections]
        return kinds.index(SectionKind.BENEFITS) if SectionKind.BENEFITS in kinds else len(kinds) - 1

    def _is_by_the_benefits(self, version):
        """Whether it is a benefit or stands next to them: other pages need not read them for their neighbors."""
        if version.unit.kind == Unit.Kind.BENEFIT:
            return True
        place = self._place_of_the_benefits
        return version in self.sections[place : place + 2]

    def neighbors(self, version):
        """The pages before and after this one in reading order, as far as there are any."""
        pages = self.in_reading_order if self._is_by_the_benefits(version) else self.sections
        if version not in pages:
            return None, None
        place = pages.index(version)
        before = pages[place - 1] if place else None
        after = pages[place + 1] if place + 1 < len(pages) else None
        return before, after

    def units_on(self, version):
        """
        The versions whose words a page shows: its own, the treatment's facts, and those that it sums up.

        The titles in menus stand on every page, and do not count.
        """
        is_benefit, kind = version.unit.kind == Unit.Kind.BENEFIT, version.unit.section_kind
        benefits = self.benefits if is_benefit or kind in (SectionKind.BENEFITS, SectionKind.OVERVIEW) else []
        sections = self.sections if kind == SectionKind.OVERVIEW else []
        return list(dict.fromkeys([version, self.facts, *benefits, *sections]))

    def _read(self, kind, *with_rows):
        """The live versions of a kind, with the draft in the place of its own."""
        live = Version.objects.read_at(self.moment, self.language).of_kind(kind)
        versions = list(live.filter(unit__treatment=self.treatment).in_reading_order().prefetch_related(*with_rows))
        draft = self.draft
        if draft is None or draft.unit.kind != kind:
            return versions
        others = [version for version in versions if version.unit_id != draft.unit_id]
        return sorted([*others, draft], key=lambda version: (version.unit.position, version.unit.slug))
