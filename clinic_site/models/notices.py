"""What the clinic says on its site: banners for some days, and pages of its own."""

from datetime import datetime

from django.db import models
from django.db.models import F, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel, PublishedQuerySet


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

    def undecided(self):
        """Neither on the site nor known to be needless."""
        return self.filter(shown=False, not_needed=False)


class Notice(PublishedModel):
    """A page of the clinic's own: privacy, accessibility, and the notices that the law asks of some clinics."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), help_text=_("Markdown."))
    shown = models.BooleanField(
        _("shown"), default=False, help_text=_("Until ticked, the page is not there and nothing links to it.")
    )
    not_needed = models.BooleanField(
        _("not needed"),
        default=False,
        help_text=_(
            "Tick this once the clinic has decided that it needs no such notice; until then it stands in the advice."
        ),
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shown=False) | Q(not_needed=False),
                name="a_shown_notice_is_needed",
                violation_error_message=_("Tick 'shown' or 'not needed', not both."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def decision(self):
        """What the clinic has decided, in a word."""
        return _("shown") if self.shown else _("not needed") if self.not_needed else _("to decide")

    def get_absolute_url(self):
        if self.slug in ("privacy", "accessibility"):
            return reverse(self.slug)
        return reverse("notice", args=[self.slug])
