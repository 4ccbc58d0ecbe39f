"""What a page of the guide is made of, read once and in one place."""

from functools import cached_property

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from treatments.citations import Citations
from treatments.glossary import Glossary
from treatments.models import Treatment, Unit, Version

WITH_CLAIMS = ["claims__sources", "claims__findings__source"]


class Guide:
    """
    One treatment's guide as it stands at one moment: its facts, its sections and its benefits.

    With a draft, the guide as it would be if that version were live.
    """

    def __init__(self, treatment, moment=None, draft=None):
        self.treatment = treatment
        self.draft = draft
        self.moment = moment or timezone.now()
        self.citations = Citations()
        self.glossary = Glossary()

    @classmethod
    def of(cls, slug):
        """The guide of the treatment at that address; 404 where patients have none to read."""
        try:
            return cls(Treatment.objects.offered().get(slug=slug))
        except Treatment.DoesNotExist:
            raise Http404(f"no live guide to {slug}") from None

    @cached_property
    def facts(self):
        return self._read(Unit.Kind.TREATMENT)[0]

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

    def clinic_field(self, key):
        """What the clinic says under that key, or what stands there until it does."""
        return self.clinic_fields[key].words if key in self.clinic_fields else ""

    def section(self, slug):
        return self._one_of(self.sections, slug)

    def benefit(self, slug):
        return self._one_of(self.benefits, slug)

    def neighbors(self, version):
        """The sections before and after this one, as far as there are any."""
        place = self.sections.index(version)
        before = self.sections[place - 1] if place else None
        after = self.sections[place + 1] if place + 1 < len(self.sections) else None
        return before, after

    def units_on(self, version):
        """The versions whose words a page shows: its own, the treatment's facts, and each benefit if it names them."""
        shows_benefits = version.unit.slug in ("benefits", "overview") and version.unit.kind == Unit.Kind.SECTION
        return list(dict.fromkeys([version, self.facts, *(self.benefits if shows_benefits else [])]))

    def _read(self, kind, *with_rows):
        """The live versions of a kind, with the draft in the place of its own."""
        live = Version.objects.live_at(self.moment, get_language()).of_kind(kind)
        versions = list(live.filter(unit__treatment=self.treatment).in_reading_order().prefetch_related(*with_rows))
        draft = self.draft
        if draft is None or draft.unit.kind != kind:
            return versions
        others = [version for version in versions if version.unit_id != draft.unit_id]
        return sorted([*others, draft], key=lambda version: (version.unit.position, version.unit.slug))

    def _one_of(self, versions, slug):
        for version in versions:
            if version.unit.slug == slug:
                return version
        raise Http404(f"no live page {slug}")
