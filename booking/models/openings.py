"""When a clinician can see patients. The row of a time is its own guard: one state, one request at most."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import links
from clinic_site.models import SelfPick


class Clinician(models.Model):
    """Somebody whose consultations are booked here."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    sees_patients = models.BooleanField(_("sees patients"), default=True)
    feed_generation = models.PositiveIntegerField(default=0, editable=False)
    feed_digest = models.CharField(  # noqa: DJ001 - unique, and not there until a feed is asked for
        max_length=64, unique=True, null=True, editable=False
    )

    class Meta:
        verbose_name = _("clinician")
        verbose_name_plural = _("clinicians")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def feed_url(self):
        """The address of this clinician's calendar feed; empty where there is none."""
        if self.feed_digest is None:
            return ""
        token = links.token_with_digest(self.feed_key, self.feed_digest)
        return settings.SITE_URL + reverse("booking:feed", args=[token])

    @property
    def feed_key(self):
        return links.clinician_feed(self.pk, self.feed_generation)

    def make_feed(self):
        """Make a new address for the feed; one that was made before no longer works."""
        self.feed_generation += 1
        self.feed_digest = links.digest_of(links.token_for(self.feed_key, settings.SECRET_KEY))
        self.save(update_fields=["feed_generation", "feed_digest"])

    def end_feed(self):
        """End the feed: its address no longer works."""
        self.feed_digest = None
        self.save(update_fields=["feed_digest"])


class OpenTimeQuerySet(models.QuerySet):
    def free(self, moment=None):
        """Times that can still be given."""
        return self.filter(
            state=OpenTime.State.OPEN, starts_at__gt=moment or timezone.now(), clinician__sees_patients=True
        )

    def ahead(self):
        """Times to come that patients have or could have."""
        given_or_free = [OpenTime.State.OPEN, *OpenTime.GIVEN]
        return self.filter(state__in=given_or_free, starts_at__gt=timezone.now(), clinician__sees_patients=True)

    def to_pick(self, clinic, number=None):
        """
        The next times from which a patient may pick, in one query.

        None where the clinic has her call, and none that are nearer than the notice for changes.
        """
        if clinic.self_pick == SelfPick.NONE:
            return self.none()
        times = self.free(timezone.now() + timedelta(hours=clinic.notice_hours))
        return times.select_related("clinician").order_by("starts_at", "clinician")[:number]

    def take(self, pk, request, state):
        """
        Give a free time to a request, held or booked; False where it is free no longer.

        One statement compares and sets, so of any number of takers one wins. It compares columns of the row alone: a
        join would become a subquery, which PostgreSQL does not look at again after it has waited for another taker.
        """
        if not self.free().filter(pk=pk).exists():
            return False
        still_open = self.filter(pk=pk, state=OpenTime.State.OPEN)
        return bool(still_open.update(state=state, request=request))

    def book_held(self, pk, request):
        """Book a time that is held for this request; False where it is not."""
        return bool(self.filter(pk=pk, state=OpenTime.State.HELD, request=request).update(state=OpenTime.State.BOOKED))

    def free_again(self, state="open"):
        """Take times back from the requests that have them: open again, or blocked."""
        return self.filter(state__in=OpenTime.GIVEN).update(state=state, request=None)

    def on_day(self, day):
        """The times that begin on that day of the clinic."""
        zone = ZoneInfo(settings.TIME_ZONE)
        begins = datetime.combine(day, time.min, tzinfo=zone)
        return self.filter(
            starts_at__gte=begins, starts_at__lt=datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        )


class OpenTime(models.Model):
    """A published time for one consultation with one clinician."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        BLOCKED = "blocked", _("Blocked")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    GIVEN = [State.HELD, State.BOOKED]

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="times", verbose_name=_("clinician"))
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    with_interpreter = models.BooleanField(_("with an interpreter"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    request = models.ForeignKey(
        "booking.ConsultationRequest", models.PROTECT, null=True, blank=True, related_name="times"
    )
    reason = models.CharField(
        _("why it is blocked"), max_length=80, blank=True, help_text=_("Staff alone see it. Name no patient.")
    )

    objects = OpenTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("open time")
        verbose_name_plural = _("open times")
        ordering = ["starts_at", "clinician"]
        indexes = [models.Index(fields=["state", "starts_at"], name="open_times_to_come")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "starts_at"],
                name="a_clinician_has_one_time_at_a_start",
                violation_error_message=_("This clinician already has a time that starts then."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "booked"], request__isnull=False)
                | Q(state__in=["open", "blocked", "withdrawn"], request__isnull=True),
                name="a_given_time_names_its_request",
            ),
        ]

    def __str__(self):
        local = timezone.localtime(self.starts_at)
        return f"{local:%Y-%m-%d %H:%M}, {self.clinician}"

    def set_aside(self, state, reason=""):
        """Block, withdraw or open again; False where it is held or booked, or somebody was faster."""
        aside = OpenTime.objects.filter(pk=self.pk, request=None)
        return bool(aside.update(state=state, reason=reason if state == OpenTime.State.BLOCKED else ""))

    @property
    def ends_at(self):
        return self.starts_at + timedelta(minutes=self.minutes)
