"""Where pages used to be."""

from django.core.validators import slug_re
from django.db import models

from clinic_site.content_revision import PublishedModel
from treatments.models.units import Treatment, Unit


class OldAddress(PublishedModel):
    """An address that a page had before; whoever still has it is led on."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Unit.Kind)
    slug = models.SlugField()
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="old_addresses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["treatment", "kind", "slug"], name="an_old_address_leads_to_one_page")
        ]

    def __str__(self):
        return self.slug

    @classmethod
    def unit_now(cls, kind, slug, treatment):
        """The page that was once at this slug, of that treatment's if it had one; None where none was."""
        if not slug_re.match(slug):  # PostgreSQL is asked for no null character
            return None
        old = cls.objects.filter(kind=kind, slug=slug).select_related("unit__treatment", "treatment")
        of_any = sorted(old.order_by("treatment"), key=lambda each: each.treatment.slug != treatment)
        return of_any[0].unit if of_any else None
