"""What the treatment does, how far each claim can be trusted, and the studies behind it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel
from treatments.models.reference import Source
from treatments.models.row import LayeredRow, Row
from treatments.prose import ProseField

BOTH_NUMBERS = _("Give both numbers, the first not larger than the second.")


class Claim(LayeredRow):
    """One sentence that says what the treatment does, with how far it can be trusted."""

    class Grade(models.TextChoices):
        STRONG = "strong", _("Strong evidence")
        FAIR = "fair", _("Fair evidence")
        LIMITED = "limited", _("Limited evidence")
        UNCLEAR = "unclear", _("Unclear evidence")

    class Use(models.TextChoices):
        AUTHORIZED = "authorized", _("FDA-authorized use")
        OFF_LABEL = "off-label", _("Off-label use")
        EXPERIENCE = "experience", _("Clinic experience")

    GRADE_MEANINGS = {
        Grade.STRONG: _("Large, well-run trials agree."),
        Grade.FAIR: _("Many trials agree, most are small."),
        Grade.LIMITED: _("A few small studies, or no comparison group."),
        Grade.UNCLEAR: _("Results conflict, or very little was studied."),
    }

    sentence = ProseField(_("claim"))
    grade = models.CharField(_("evidence grade"), max_length=12, choices=Grade, blank=True)
    use = models.CharField(_("use status"), max_length=12, choices=Use, blank=True)
    use_note = models.CharField(_("use status, in words"), max_length=160, blank=True)
    sources = models.ManyToManyField(Source, through="ClaimSource", verbose_name=_("sources"))

    class Meta(Row.Meta):
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    @property
    def grade_meaning(self):
        return self.GRADE_MEANINGS.get(self.grade, "")

    @property
    def layers(self):
        """How many of four layers the badge fills."""
        return 4 - self.Grade.values.index(self.grade) if self.grade else 0


class ClaimSource(PublishedModel):
    claim = models.ForeignKey(Claim, models.CASCADE, related_name="cited")
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["claim", "source"], name="a_claim_names_a_source_once")]

    def __str__(self):
        return self.source.key


class Finding(Row):
    """One study's figures behind a claim."""

    class Design(models.TextChoices):
        REVIEW = "review", _("review of studies")
        RANDOMIZED = "randomized", _("randomized trial")
        TRIAL = "trial", _("single trial")
        OBSERVATIONAL = "observational", _("not a randomized study")
        CASES = "case-reports", _("case reports")
        EXPERT = "expert", _("expert opinion")
        REGULATOR = "regulator", _("regulator or label")

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="findings", verbose_name=_("claim"))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))
    design = models.CharField(_("kind of study"), max_length=14, choices=Design)
    studies = models.PositiveIntegerField(_("studies"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    sessions = models.PositiveSmallIntegerField(_("sessions"), null=True, blank=True)
    affected = models.PositiveIntegerField(_("changed"), null=True, blank=True, help_text=_("The 47 of '47 of 100'."))
    out_of = models.PositiveIntegerField(_("out of"), null=True, blank=True)
    result = ProseField(_("result"))
    shown = models.BooleanField(
        _("in sight"),
        default=False,
        help_text=_("The one finding that matters most for its claim. The others stand in the fold “The studies”."),
    )

    class Meta(Row.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(affected__isnull=True, out_of__isnull=True)
                | Q(affected__isnull=False, out_of__isnull=False, affected__lte=F("out_of")),
                name="a_frequency_has_both_numbers",
                violation_error_message=BOTH_NUMBERS,
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(shown=True),
                name="one_finding_of_a_claim_is_in_sight",
                violation_error_message=_(
                    "Another finding of this claim is in sight already. Choose the one that matters."
                ),
            ),
        ]

    def clean(self):
        """The same as the constraint, without asking the database for each row of a page."""
        both_or_none = (self.affected is None) == (self.out_of is None)
        if not both_or_none or (self.affected or 0) > (self.out_of or 0):
            raise ValidationError({"affected": BOTH_NUMBERS})
