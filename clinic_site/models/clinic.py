"""The clinic: who it is, and how it answers."""

from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic_site.content_revision import PublishedModel

OPEN_MAP = "https://www.openstreetmap.org/search?query="


class SelfPick(models.TextChoices):
    """What a patient may do with the open times while they ask for a consultation."""

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

    languages = models.JSONField(
        _("other languages"),
        default=list,
        blank=True,
        help_text=_(
            "Beside English. Pages in them have addresses of their own, such as /ar/. What is not translated yet is "
            "shown there in English, and says so; buttons and labels are English until the site itself is translated."
        ),
    )

    last_known = None  # the profile as this process read it last, for a page while the database is away

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

    def clean(self):
        """Each language is one that the site knows, once."""
        known = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        if not isinstance(self.languages, list) or any(code not in known for code in self.languages):
            raise ValidationError({"languages": _("Choose among the languages that the site knows.")})
        self.languages = [code for code in known if code in self.languages]

    def save(self, *args, **kwargs):
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def town(self):
        """The place without its state: Sterling Heights."""
        return self.place.partition(",")[0].strip()

    @property
    def map_url(self):
        """A page that shows the clinic on a map: the manager's, or what an open map finds at the address."""
        return self.map_link or f"{OPEN_MAP}{quote(f'{self.street}, {self.city_line}')}"

    @classmethod
    def profile(cls):
        """The clinic's record, or its sample values where nobody has entered it yet."""
        Clinic.last_known = cls.objects.first() or cls()
        return Clinic.last_known
