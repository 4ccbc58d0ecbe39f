"""A whole treatment: what it still lacks, its beginning as one, and retirement for good, of it or of one page."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic_site.languages import ORIGINAL, language_name
from treatments.models import CopyEvent, Treatment, Unit, Version
from treatments.models.sections import REQUIRED
from treatments.publishing.going_live import call_off, publish, take_down
from treatments.publishing.signoff import Refused, record

ORDER = {Unit.Kind.TREATMENT: 0, Unit.Kind.SECTION: 1, Unit.Kind.BENEFIT: 2}
READY = {Version.State.APPROVED, Version.State.PLANNED, Version.State.LIVE}


@dataclass(frozen=True)
class Page:
    """A unit with its newest version in a language, and whether the treatment can begin without it."""

    unit: Unit
    newest: Version
    is_required: bool

    @property
    def is_ready(self):
        return self.newest.state in READY

    @property
    def language(self):
        """That of a translation, by its name; the original needs none."""
        return "" if self.newest.language == ORIGINAL else language_name(self.newest.language)


@dataclass(frozen=True)
class Whole:
    """A treatment's units in reading order. `is_offered`: patients read it already."""

    pages: list[Page]
    is_offered: bool

    @classmethod
    def of(cls, treatment):
        versions = Version.objects.newest().filter(unit__treatment=treatment, unit__retired_at=None)
        pages = [
            Page(version.unit.in_language(version.language), version, _is_required(version))
            for version in versions.select_related("unit__treatment")
        ]
        pages.sort(key=_in_order)
        return cls(pages, Treatment.objects.offered().filter(pk=treatment.pk).exists())

    @property
    def missing(self):
        """The required pages that nobody has signed."""
        return [page for page in self.pages if page.is_required and not page.is_ready]

    @property
    def ready(self):
        return [page for page in self.pages if page.newest.state == Version.State.APPROVED]


def _in_order(page):
    """The order of reading; a page's translations follow it."""
    unit, language = page.unit, page.newest.language
    return ORDER[Unit.Kind(unit.kind)], unit.position, unit.slug, language != ORIGINAL, language


def _is_required(version):
    """In the original: what is not translated is read in it."""
    is_basic = version.unit.kind == Unit.Kind.TREATMENT or version.unit.section_kind in REQUIRED
    return is_basic and version.language == ORIGINAL


@transaction.atomic
def begin(treatment, by, at=None):
    """
    Show a treatment to patients, now or at a time: all of it that is signed, at one moment.

    Returns the pages that go live. Raises Refused while facts or a required section are not signed.
    """
    treatment.units.lock()
    whole = Whole.of(treatment)
    if whole.is_offered:
        raise Refused(_("Patients read this treatment already. Publish its pages one by one."))
    if whole.missing:
        names = ", ".join(page.newest.title for page in whole.missing)
        raise Refused(_("Not signed yet: %(pages)s. The treatment goes live once they are.") % {"pages": names})
    facts_last = sorted(whole.ready, key=lambda page: page.unit.kind == Unit.Kind.TREATMENT)
    for page in facts_last:
        publish(page.newest, by, at)
    return facts_last


@transaction.atomic
def retire(unit, by, leads_to=None):
    """
    Take a page from patients for good, a treatment's facts with all its pages: its address says so from then on, or
    leads to another page.

    Raises Refused for what keeps patients safe without a clinician, and for a page without which no treatment is live.
    """
    treatment = unit.treatment
    Unit.objects.filter(Q(treatment=treatment) | Q(pk=leads_to and leads_to.pk)).lock()
    if Unit.objects.filter(pk=unit.pk).exclude(retired_at=None).exists():
        raise Refused(_("This page was retired already."))
    if unit.section_kind in REQUIRED and Treatment.objects.offered().filter(pk=treatment.pk).exists():
        raise Refused(
            _("A treatment is not read without this page. Retire the whole treatment, or take the page down.")
        )
    if leads_to and (leads_to.pk == unit.pk or (leads_to.treatment_id == unit.treatment_id and _is_whole(unit))):
        raise Refused(_("That page goes with it. Choose another one."))
    units = treatment.units.all() if _is_whole(unit) else [unit]
    now = timezone.now()
    shown = Version.objects.filter(unit__in=units).shown_or_planned(now).select_related("unit__treatment")
    for version in sorted(shown, key=lambda each: each.live_from, reverse=True):
        if version.state == Version.State.PLANNED:
            call_off(version, by)
        else:
            take_down(version, by)
    unit.retired_at, unit.leads_to = now, leads_to
    unit.save(update_fields=["retired_at", "leads_to"])
    return record(unit.newest_version(), CopyEvent.Kind.RETIRED, by, leads_to.get_absolute_url() if leads_to else "")


@transaction.atomic
def unretire(unit, by):
    """Let a retired page be published again; nothing goes live by it. Raises Refused where it was not retired."""
    unit.treatment.units.lock()
    if not Unit.objects.filter(pk=unit.pk).exclude(retired_at=None).exists():
        raise Refused(_("This page was not retired."))
    unit.retired_at = unit.leads_to = None
    unit.save(update_fields=["retired_at", "leads_to"])
    return record(unit.newest_version(), CopyEvent.Kind.UNRETIRED, by)


def _is_whole(unit):
    return unit.kind == Unit.Kind.TREATMENT
