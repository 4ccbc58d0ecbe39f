"""What kinds of sections a guide has. Addresses and drawings follow the kind; the slug is only where a page is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SectionKind(models.TextChoices):
    """What a section is for, in the order in which a guide is read."""

    OVERVIEW = "overview", _("overview")
    SUITABILITY = "suitability", _("suitability")
    BEFORE = "before", _("before the visit")
    PROCEDURE = "procedure", _("the procedure")
    OPTION = "option", _("an option beside it")
    BENEFITS = "benefits", _("benefits")
    RECOVERY = "recovery", _("recovery")
    RISKS = "risks", _("risks")
    COST = "cost", _("cost")
    ALTERNATIVES = "alternatives", _("other choices")
    QUESTIONS = "questions", _("questions")
    SOURCES = "sources", _("sources")
    OTHER = "other", _("another page")

    @classmethod
    def of_slug(cls, slug):
        """The kind of the section that ships at that address."""
        return SHIPPED.get(slug) or (cls(slug) if slug in cls.values else cls.OTHER)


SHIPPED = {"numbing": SectionKind.BEFORE, "prp": SectionKind.OPTION}
REQUIRED = (SectionKind.OVERVIEW, SectionKind.SUITABILITY, SectionKind.RISKS, SectionKind.SOURCES)
OFTEN = (SectionKind.OPTION, SectionKind.OTHER)  # a treatment may have several of these, and one of each other kind
SAFETY = (SectionKind.RISKS, SectionKind.SUITABILITY)  # a clinician alone takes these from patients
