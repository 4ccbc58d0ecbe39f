"""Treatments, and the units of their guides. A unit has an address and an order; its words are versions."""

import copy
from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel, PublishedQuerySet
from clinic_site.languages import ORIGINAL, addresses_in
from treatments.models.live import ANY, is_live_at
from treatments.models.sections import OFTEN, SAFETY, SectionKind


class TreatmentQuerySet(PublishedQuerySet):
    def offered(self, moment=None):
        """Treatments whose facts are live: the ones that patients read about and may ask for."""
        moment = moment or timezone.now()
        live = Unit.objects.filter(kind=Unit.Kind.TREATMENT, treatment=models.OuterRef("pk")).live_at(moment)
        return self.filter(models.Exists(live))


class Treatment(PublishedModel):
    """A treatment that the clinic explains."""

    slug = models.SlugField(_("address"), unique=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = TreatmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        ordering = ["position", "slug"]

    def __str__(self):
        return self.slug.replace("-", " ").capitalize()

    def get_absolute_url(self):
        return reverse("treatments:treatment", args=[self.slug])


class UnitQuerySet(PublishedQuerySet):
    def live_at(self, moment):
        """Units with words that a patient reads at that moment."""
        live = Unit.objects.filter(is_live_at(moment, of="versions__"))
        return self.filter(pk__in=live.values("pk"))

    def offered(self, moment):
        """Those that are live, of treatments that are."""
        return self.live_at(moment).filter(treatment__in=Treatment.objects.offered(moment))

    def lock(self):
        """
        Keep everybody else from a step on any of them until this transaction ends.

        Whoever writes to more than one, or to one and to what refers to it, locks them first and all at once. They are
        locked in the order of their keys, whatever order they are read in: in two orders two could wait for each other.
        """
        return list(self.select_for_update().order_by("pk").values_list("pk", flat=True))


class Unit(PublishedModel):
    """
    What is versioned and signed as one: a treatment's facts, a section, or a benefit.

    It is of all languages; `language` is the one in which staff work on it now, and is not stored.
    """

    class Kind(models.TextChoices):
        TREATMENT = "treatment", _("treatment facts")
        SECTION = "section", _("section")
        BENEFIT = "benefit", _("benefit")

    kind = models.CharField(max_length=12, choices=Kind, editable=False)
    section_kind = models.CharField(
        max_length=12, choices=SectionKind, default="", blank=True, editable=False, help_text="Of sections alone."
    )
    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="units", verbose_name=_("treatment"))
    slug = models.SlugField(_("address"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    copied = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Parts whose words were copied, and nobody has read yet."
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    leads_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Once it is retired.",
    )
    language = ORIGINAL

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["treatment", "kind", "position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "kind", "slug"],
                name="one_unit_at_an_address",
                violation_error_message=_("Another page already has this address. Choose a different one."),
            ),
            models.UniqueConstraint(
                fields=["treatment", "section_kind"],
                condition=~models.Q(section_kind__in=["", *OFTEN]),
                name="one_section_of_a_kind",
                violation_error_message=_("The guide has a section of this kind already."),
            ),
        ]

    def __str__(self):
        return self.slug.replace("-", " ").capitalize()

    def get_absolute_url(self):
        """Where patients read it: in the language of the page that leads there or, for work on another, in that."""
        if self.language == ORIGINAL:
            return self._address()
        with addresses_in(self.language):
            return self._address()

    def _address(self):
        if not self.has_own_address:
            return reverse("treatments:treatment", args=[self.treatment.slug])
        if self.kind == self.Kind.BENEFIT:
            return reverse("treatments:benefit", args=[self.treatment.slug, self.slug])
        return reverse("treatments:section", args=[self.treatment.slug, self.slug])

    def get_staff_url(self, page="change"):
        """Where staff work on it: its words, or another page or step of them by its name."""
        model = STAFF_NAMES[self.Kind(self.kind)]
        of_language = "" if self.language == ORIGINAL else f"-{self.language}"
        with addresses_in(ORIGINAL):
            return reverse(f"admin:treatments_{model}_{page}", args=[f"{self.pk}{of_language}"])

    def in_language(self, language):
        """The same unit, for work on its words in that language."""
        unit = copy.copy(self)
        unit.language = language
        return unit

    @property
    def words(self):
        """Its versions in the language in which staff work on it."""
        return self.versions.filter(language=self.language)

    @property
    def has_own_address(self):
        """Whether its slug stands in its address: not that of the facts, nor of a guide's first page."""
        return self.kind != self.Kind.TREATMENT and self.section_kind != SectionKind.OVERVIEW

    @property
    def needs_a_clinician(self):
        """Whether a clinician alone may take its words from patients: the facts, the risks, and who should wait."""
        return self.kind == self.Kind.TREATMENT or self.section_kind in SAFETY

    def languages_now(self):
        """The languages in which patients can read it now."""
        return set(self.versions.filter(is_live_at(timezone.now(), ANY)).values_list("language", flat=True))

    def newest_version(self):
        """The version that staff work on in its language, whether patients see it or not; None where there is none."""
        return self.words.select_related("written_by").order_by("-number").first()


STAFF_NAMES = {Unit.Kind.TREATMENT: "treatmentfacts", Unit.Kind.SECTION: "section", Unit.Kind.BENEFIT: "benefit"}


class UnitOfKindManager(models.Manager.from_queryset(UnitQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.kind_of_unit)


class OfKind:
    """A unit seen as what it is, so that staff, permissions and foreign keys can name it."""

    def save(self, *args, **kwargs):
        self.kind = self.kind_of_unit
        super().save(*args, **kwargs)


@dataclass(frozen=True)
class Names:
    """What staff call treatments and benefits, by their keys: a benefit with its treatment where there are several."""

    treatments: dict[int, str]
    benefits: dict[int, str]

    @classmethod
    def read(cls):
        kinds = [Unit.Kind.TREATMENT, Unit.Kind.BENEFIT]
        units = list(Unit.objects.filter(kind__in=kinds).select_related("treatment"))
        treatments = {unit.treatment_id: str(unit.treatment) for unit in units}
        benefits = [unit for unit in units if unit.kind == Unit.Kind.BENEFIT]
        if len(treatments) < 2:
            return cls(treatments, {benefit.pk: str(benefit) for benefit in benefits})
        return cls(treatments, {benefit.pk: f"{benefit.treatment}: {benefit}" for benefit in benefits})

    @property
    def has_many_treatments(self):
        return len(self.treatments) > 1


class TreatmentFacts(OfKind, Unit):
    kind_of_unit = Unit.Kind.TREATMENT
    objects = UnitOfKindManager()

    class Meta:
        proxy = True
        verbose_name = _("treatment facts")
        verbose_name_plural = _("treatment facts")


class Section(OfKind, Unit):
    """One page of a treatment's guide."""

    kind_of_unit = Unit.Kind.SECTION
    objects = UnitOfKindManager()

    class Meta:
        proxy = True
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def save(self, *args, **kwargs):
        self.section_kind = self.section_kind or SectionKind.of_slug(self.slug)
        super().save(*args, **kwargs)


class Benefit(OfKind, Unit):
    """One thing that a treatment may do, with its own page."""

    kind_of_unit = Unit.Kind.BENEFIT
    objects = UnitOfKindManager()

    class Meta:
        proxy = True
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
