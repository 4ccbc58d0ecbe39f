"""Pictures of a page: each with what it shows in words, and with the consent of who is in it."""

from datetime import datetime, timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedQuerySet
from clinic_site.dates import midnight
from clinic_site.languages import ORIGINAL, addresses_in
from treatments.models.row import Row
from treatments.prose import ProseField

NAME = r"[0-9a-f]{32}-\d{1,4}x\d{1,4}\.webp"  # a digest of the picture and its size in pixels (pictures.py)


class PictureQuerySet(PublishedQuerySet):
    def shown_on(self, day):
        """Those whose consent has not run out; no job has to take the others away."""
        return self.filter(Q(consent_until=None) | Q(consent_until__gte=day)).exclude(image="")


class Picture(Row):
    """A picture on the page of a version. The file never changes: another picture has another name."""

    image = models.CharField(_("picture"), max_length=60, blank=True, validators=[RegexValidator(rf"^{NAME}\Z")])
    text = models.CharField(
        _("what it shows, in words"), max_length=300, blank=True, help_text=_("For those who cannot see it.")
    )
    decorative = models.BooleanField(
        _("decorative: says nothing that the words do not"), default=False, help_text=_("Then it needs no words.")
    )
    caption = ProseField(_("caption"), blank=True)
    consent = models.CharField(
        _("who agreed to it"),
        max_length=200,
        blank=True,
        help_text=_("Where the signed form is kept, or: nobody can be seen. Patients do not see this."),
    )
    consent_until = models.DateField(
        _("consent until"), null=True, blank=True, help_text=_("After that day the page drops it by itself.")
    )

    objects = PictureQuerySet.as_manager()

    class Meta(Row.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def url(self):
        with addresses_in(ORIGINAL):  # a file is of no language
            return reverse("treatments:picture", args=[self.image])

    @property
    def size(self):
        """Width and height in pixels, which its name says."""
        width, _x, height = self.image.rpartition("-")[2].removesuffix(".webp").partition("x")
        return int(width), int(height)


def next_change_of_pictures(after: datetime) -> datetime | None:
    """The earliest moment after the given one at which a consent ends: the midnight after its last day."""
    today = timezone.localdate(after)
    last = Picture.objects.filter(consent_until__gte=today).aggregate(last=Min("consent_until"))["last"]
    return midnight(last + timedelta(days=1)) if last else None
