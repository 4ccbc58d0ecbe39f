"""The rows of a version: claims, steps, days, risks and the rest. Each belongs to one version and is copied with it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from treatments.models.claims import Claim, Finding
from treatments.models.pictures import Picture
from treatments.models.row import LayeredRow, Row
from treatments.prose import ProseField

LOW_TO_HIGH = _("'From' must not be larger than 'to'.")
PART_OF_WHOLE = _("The first number must not be larger than the second.")
LONGEST_STEP = 480  # minutes: no part of a visit lasts longer than a working day
FORWARD = _("The last day must not be before the first.")


class KeyFact(LayeredRow):
    """A number that a patient should take along: minutes, sessions, millimeters."""

    label = ProseField(_("says"))
    low = models.DecimalField(_("from"), max_digits=6, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(_("to"), max_digits=6, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=30, help_text=_("minutes, sessions, weeks, mm …"))
    confirm = models.BooleanField(
        _("to be confirmed"), default=False, help_text=_("Drawn striped and said to be for the clinic to confirm.")
    )

    class Meta(Row.Meta):
        verbose_name = _("key fact")
        verbose_name_plural = _("key facts")
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__lte=F("high")),
                name="a_key_fact_runs_from_low_to_high",
                violation_error_message=LOW_TO_HIGH,
            ),
        ]

    def clean(self):
        """The same as the constraint, without asking the database for each row of a page."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValidationError({"low": LOW_TO_HIGH})


class Step(Row):
    """One part of the visit, drawn to scale."""

    class Pace(models.TextChoices):
        TALK = "talk", _("talk")
        WAIT = "wait", _("wait for the cream")
        NEEDLES = "needles", _("needles")
        CARE = "care", _("care")

    heading = models.CharField(_("heading"), max_length=80)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_STEP)]
    )
    minutes_note = ProseField(_("minutes, in words"), blank=True)
    pace = models.CharField(_("kind"), max_length=8, choices=Pace)
    confirm = models.BooleanField(_("minutes to be confirmed"), default=False)
    body = ProseField(_("what happens"))
    tell_us = ProseField(_("tell us at once if"), blank=True)
    ask_us = ProseField(_("good questions"), blank=True)

    class Meta(Row.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, LONGEST_STEP)),
                name="a_step_lasts_a_part_of_a_day",
            ),
        ]


class Comparison(LayeredRow):
    """
    One row of 'with it, or without'; or, on a page of several choices, one of them: what it is for and what is known.

    What only a choice has may be empty: then no source says it.
    """

    topic = models.CharField(_("topic"), max_length=80)
    without = ProseField(_("without the option, or what it is for"))
    visits = ProseField(_("visits"), blank=True)
    days_off = ProseField(_("days off"), blank=True)
    marks = ProseField(_("risk of dark marks"), blank=True)
    with_option = ProseField(_("with the option, or how sure it is"))

    class Meta(Row.Meta):
        verbose_name = _("comparison row")
        verbose_name_plural = _("comparison rows")


class PreparationStep(Row):
    """What a patient does some days before the visit. Stands on the page and in the calendar file."""

    label = models.CharField(_("when"), max_length=60, help_text=_("As in: The day before"))
    days_before = models.PositiveSmallIntegerField(_("days before the visit"), help_text=_("0 is the day itself."))
    text = ProseField(_("what to do"))

    class Meta(Row.Meta):
        verbose_name = _("preparation step")
        verbose_name_plural = _("preparation steps")


class RecoveryDay(Row):
    """What a patient may see and should do in a stretch of days after the visit."""

    label = models.CharField(_("days"), max_length=60)
    first_day = models.PositiveSmallIntegerField(_("first day"), help_text=_("The visit is day 0."))
    last_day = models.PositiveSmallIntegerField(_("last day"))
    may_see = ProseField(_("may see"))
    may_do = ProseField(_("should do"))

    class Meta(Row.Meta):
        verbose_name = _("stretch of recovery")
        verbose_name_plural = _("recovery days")
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")),
                name="recovery_runs_forward",
                violation_error_message=FORWARD,
            ),
        ]

    def clean(self):
        """The same as the constraint, without asking the database for each row of a page."""
        if None not in (self.first_day, self.last_day) and self.first_day > self.last_day:
            raise ValidationError({"last_day": FORWARD})


class CareSign(Row):
    """A sign after which a patient calls us, is seen the same day, or calls 911."""

    class Level(models.TextChoices):
        CALL = "call", _("Call us")
        SAME_DAY = "same-day", _("Same day")
        EMERGENCY = "emergency", _("Call 911")

    level = models.CharField(_("what to do"), max_length=10, choices=Level)
    text = ProseField(_("sign"))

    class Meta(Row.Meta):
        verbose_name = _("warning sign")
        verbose_name_plural = _("warning signs")


class Risk(LayeredRow):
    """What can go wrong. The groups sort what reports describe; no source gives a rate, so none is called rare."""

    class Frequency(models.TextChoices):
        COMMON = "common", _("Common")
        ALSO_REPORTED = "less-common", _("Also reported")
        LASTING = "rare", _("Serious or lasting")

    frequency = models.CharField(_("group"), max_length=12, choices=Frequency)
    text = ProseField(_("risk"))

    class Meta(Row.Meta):
        verbose_name = _("risk")
        verbose_name_plural = _("risks")


class Caution(Row):
    """A situation in which a patient should wait, or tell us first. It informs; it never decides."""

    class Tone(models.TextChoices):
        TELL_US = "tell-us", _("Tell us first")
        WAIT = "wait", _("Wait, or choose something else")

    situation = models.CharField(_("situation"), max_length=120)
    question = models.CharField(_("question of the self-check"), max_length=160)
    tone = models.CharField(_("what it means"), max_length=8, choices=Tone)
    explanation = ProseField(_("why"))
    in_form = models.BooleanField(
        _("also asked in the request form"), default=False, help_text=_("Optional there, and its answer is encrypted.")
    )

    class Meta(Row.Meta):
        verbose_name = _("caution")
        verbose_name_plural = _("cautions")


class Passage(LayeredRow):
    """A heading and its text."""

    heading = models.CharField(_("heading"), max_length=120)
    body = ProseField(_("text"))
    aside = ProseField(
        _("note beside it"),
        blank=True,
        help_text=_("A few lines that stand in the margin, or after the text on a phone."),
    )
    elsewhere = models.CharField(
        _("said in full at"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^/(?!/)", _("Write an address of this site: it begins with one slash."))],
        help_text=_("The address of the page that has all of it, as in /treatments/microneedling/risks/."),
    )
    elsewhere_text = models.CharField(
        _("words of that link"),
        max_length=80,
        blank=True,
        help_text=_("Named after what is there, as in: All the risks, and when to call"),
    )

    class Meta(Row.Meta):
        verbose_name = _("passage")
        verbose_name_plural = _("passages")


class Question(LayeredRow):
    """A frequent question, with its answer."""

    question = models.CharField(_("question"), max_length=160)
    answer = ProseField(_("answer"))

    class Meta(Row.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class ClinicField(Row):
    """What only the clinic can say: a price, a product, a rule of its own."""

    label = models.CharField(_("what the clinic has to say"), max_length=160)
    value = models.CharField(
        _("the clinic's words"), max_length=400, blank=True, help_text=_("While empty, pages say the text beside it.")
    )
    meanwhile = models.CharField(_("until then, pages say"), max_length=400)
    ask = models.CharField(
        _("until then, patients ask"),
        max_length=160,
        blank=True,
        help_text=_("Stands in the list “Ask at your consultation” while the field is empty."),
    )

    class Meta(Row.Meta):
        verbose_name = _("clinic field")
        verbose_name_plural = _("clinic fields")

    @property
    def words(self):
        return self.value or self.meanwhile


class Choice(Row):
    """One of the ways to go for a concern, doing nothing among them: a column of the page For you."""

    class Kind(models.TextChoices):
        WITHOUT = "without", _("without this treatment")
        TREATMENT = "treatment", _("this treatment")
        OPTION = "option", _("this treatment with its option")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    speaks_for = ProseField(_("what speaks for it"))
    speaks_against = ProseField(_("what speaks against it"))
    visits = ProseField(_("visits and cost"))
    graded_by = models.SlugField(
        _("graded by the claim"),
        max_length=60,
        blank=True,
        help_text=_(
            "The key of the claim, here or on another page, whose evidence grade and use status stand with it."
        ),
    )

    class Meta(Row.Meta):
        verbose_name = _("choice")
        verbose_name_plural = _("choices")


class Count(Row):
    """How many people of one study had an effect. Drawn on one scale of 100 with what the true figure could be."""

    label = ProseField(_("who was counted"))
    affected = models.PositiveIntegerField(_("had it"), help_text=_("The 7 of '7 of 32'."))
    out_of = models.PositiveIntegerField(_("out of"), validators=[MinValueValidator(1)])

    class Meta(Row.Meta):
        verbose_name = _("count of people")
        verbose_name_plural = _("counts of people")
        constraints = [
            *Row.Meta.constraints,
            models.CheckConstraint(
                condition=Q(out_of__gte=1, affected__lte=F("out_of")),
                name="a_count_is_part_of_its_whole",
                violation_error_message=PART_OF_WHOLE,
            ),
        ]

    def clean(self):
        """The same as the constraint, without asking the database for each row of a page."""
        if None not in (self.affected, self.out_of) and self.affected > self.out_of:
            raise ValidationError({"affected": PART_OF_WHOLE})


# In the order in which they are stored: a finding points to a claim.
ROW_MODELS = [
    KeyFact,
    Claim,
    Finding,
    Step,
    Comparison,
    PreparationStep,
    RecoveryDay,
    CareSign,
    Risk,
    Caution,
    Passage,
    Question,
    ClinicField,
    Choice,
    Count,
    Picture,
]
