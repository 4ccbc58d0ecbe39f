"""The clinic itself: who it is, when it is open, who works there, and the notices on its site."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic_site.published import ContentRevision, PublishedModel, PublishedQuerySet

__all__ = [
    "Banner",
    "Clinic",
    "ClosedDay",
    "ContentRevision",
    "FieldKeyCheck",
    "Notice",
    "OpeningHours",
    "StaffMember",
    "TeamMember",
    "WorkerBeat",
]


class StaffMember(AbstractUser):
    """Somebody who signs in: front desk, marketing, clinician or manager. Patients have no accounts."""

    uses_keys = models.BooleanField(
        _("single letters are keys"),
        default=True,
        help_text=_("Off: only Tab, Enter and the keys of the browser do anything (WCAG 2.2, 2.1.4)."),
    )


class SelfPick(models.TextChoices):
    """What a patient may do with the open times while she asks for a consultation."""

    NONE = "none", _("Not shown: the desk offers times")
    HELD = "held", _("Held at once, booked when the desk confirms")
    BOOKED = "booked", _("Booked at once")


class Clinic(PublishedModel):
    """The clinic's profile: one record, which every page uses."""

    name = models.CharField(_("name"), max_length=80, default="Sample Dermatology")
    place = models.CharField(_("place"), max_length=80, default="Sterling Heights, Michigan")
    is_sample = models.BooleanField(
        _("these are sample values"),
        default=True,
        help_text=_("While ticked, every page says that the clinic's details are samples. Untick once they are yours."),
    )
    street = models.CharField(_("street"), max_length=120, default="100 Sample Road")
    city_line = models.CharField(_("city, state and ZIP code"), max_length=120, default="Sterling Heights, MI 48310")
    phone_day = PhoneNumberField(_("daytime telephone"), default="+15865550142")
    phone_after_hours = PhoneNumberField(
        _("after-hours telephone"), default="+15865550143", help_text=_("Stands beside the signs that cannot wait.")
    )
    desk_email = models.EmailField(
        _("front desk's email"),
        default="desk@clinic.example",
        help_text=_("Mail to patients comes from here, and a notice of each new request goes here."),
    )
    getting_here = models.TextField(
        _("getting here"), blank=True, help_text=_("Which door, which bus. Shown on 'Visit us', as the next three are.")
    )
    parking = models.TextField(_("parking"), blank=True)
    access = models.TextField(
        _("access"), blank=True, help_text=_("Steps, lift, doors, toilets, hearing, service dogs.")
    )
    map_link = models.URLField(_("address of a map"), blank=True, help_text=_("A page that shows the clinic on a map."))
    who_pays = models.CharField(
        _("who pays for this site"), max_length=200, default="This site is written and paid for by the clinic."
    )
    answer_within = models.PositiveSmallIntegerField(
        _("answer a request within"),
        default=480,
        help_text=_("Minutes of opening time. Each patient is promised an answer by the moment this comes to."),
    )
    consultation_minutes = models.PositiveSmallIntegerField(
        _("length of a consultation"),
        default=20,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("Minutes. Used for the open times that are published from now on."),
    )
    offers_hold_for = models.PositiveSmallIntegerField(
        _("offers are held for"),
        default=960,
        validators=[MinValueValidator(30)],
        help_text=_("Minutes of opening time. Afterwards the times are free again and the desk is asked to call."),
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice for changes"),
        default=24,
        validators=[MaxValueValidator(336)],
        help_text=_("Hours before a consultation. Later than that, patients change or withdraw it by telephone."),
    )
    self_pick = models.CharField(
        _("open times in the form"),
        max_length=6,
        choices=SelfPick,
        default="held",
        help_text=_("What happens when a patient picks an open time while asking."),
    )
    form_takes_concern = models.BooleanField(
        _("the form has a box for the patient's own words"), default=True, help_text=_("What is written is encrypted.")
    )
    form_asks_safety = models.BooleanField(
        _("the form asks the safety questions"),
        default=True,
        help_text=_("Always optional for the patient. Answers are encrypted."),
    )

    class Meta:
        verbose_name = _("clinic profile")
        verbose_name_plural = _("clinic profile")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="there_is_one_clinic_profile",
                violation_error_message=_("There is one profile already. Change that one."),
            ),
            models.CheckConstraint(condition=Q(self_pick__in=SelfPick.values), name="a_known_way_to_pick_a_time"),
            models.CheckConstraint(
                condition=Q(answer_within__gte=30),
                name="a_promise_leaves_time_to_answer",
                violation_error_message=_("Leave the desk at least 30 minutes of opening time."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @classmethod
    def profile(cls):
        """The clinic's record, or its sample values where nobody has entered it yet."""
        return cls.objects.first() or cls()


class OpeningHours(PublishedModel):
    """One stretch of a weekday on which the desk is there. A lunch break is the gap between two."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="hours_end_after_they_begin",
                violation_error_message=_("The closing time must be later than the opening time."),
            ),
            models.UniqueConstraint(
                fields=["weekday", "opens"],
                name="one_opening_at_a_time",
                violation_error_message=_("This weekday already has hours that begin then."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self):
        others = OpeningHours.objects.filter(weekday=self.weekday).exclude(pk=self.pk)
        if self.opens and self.closes and others.filter(opens__lt=self.closes, closes__gt=self.opens).exists():
            raise ValidationError(_("These hours overlap with others of the same weekday. Mend one of them."))


class ClosedDayQuerySet(PublishedQuerySet):
    def upcoming(self, today):
        return self.filter(date__gte=today).order_by("date")


class ClosedDay(PublishedModel):
    """A holiday or another day without a desk. Promises to patients skip it."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=80, help_text=_("Patients see it, such as 'Thanksgiving Day'."))

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {self.name}"


class BannerQuerySet(PublishedQuerySet):
    def showing(self, moment):
        return self.filter(shown_from__lte=moment, shown_until__gt=moment)


class Banner(PublishedModel):
    """A short word on top of every page for some hours or days: closed today, telephone out of order."""

    text = models.CharField(_("text"), max_length=200, help_text=_("Such as 'We are closed today because of snow.'"))
    shown_from = models.DateTimeField(_("shown from"), default=timezone.now)
    shown_until = models.DateTimeField(_("shown until"), help_text=_("It goes by itself, at that moment."))

    objects = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        ordering = ["shown_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_until__gt=F("shown_from")),
                name="a_banner_ends_after_it_begins",
                violation_error_message=_("'Shown until' must be later than 'shown from'."),
            ),
        ]

    def __str__(self):
        return self.text


def next_change_of_banners(after: datetime) -> datetime | None:
    """The earliest moment after the given one at which a banner comes or goes."""
    moments = Banner.objects.aggregate(
        comes=Min("shown_from", filter=Q(shown_from__gt=after)),
        goes=Min("shown_until", filter=Q(shown_until__gt=after)),
    )
    return min(filter(None, moments.values()), default=None)


class NoticeQuerySet(PublishedQuerySet):
    def shown(self):
        return self.filter(shown=True)


class Notice(PublishedModel):
    """A page of the clinic's own: privacy, accessibility, and the notices that the law asks of some clinics."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), help_text=_("Markdown."))
    shown = models.BooleanField(
        _("shown"), default=False, help_text=_("Until ticked, the page is not there and nothing links to it.")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        if self.slug in ("privacy", "accessibility"):
            return reverse(self.slug)
        return reverse("notice", args=[self.slug])


class TeamMember(PublishedModel):
    """A real person whom patients may meet. Nobody is invented: the team page is not there until one is entered."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=120, help_text=_("Such as 'Dermatologist'."))
    credentials = models.CharField(
        _("credentials"), max_length=200, blank=True, help_text=_("Board certification, as it can be proved.")
    )
    license_number = models.CharField(
        _("Michigan license"), max_length=40, blank=True, help_text=_("Patients can look it up with the state.")
    )
    about = models.TextField(_("about"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class FieldKeyCheck(models.Model):
    """One encrypted word that shows at each start whether the field keys are the ones of this database."""

    token = models.TextField()

    def __str__(self):
        return "field key check"


class WorkerBeat(models.Model):
    """When the worker last said that it is alive. One row."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at}"

    @classmethod
    def beat(cls):
        cls.objects.update_or_create(pk=1, defaults={"at": timezone.now()})

    @classmethod
    def is_recent(cls):
        return cls.objects.filter(at__gt=timezone.now() - timedelta(minutes=3)).exists()
