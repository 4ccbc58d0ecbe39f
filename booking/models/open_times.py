"""When a clinician can see patients. The row of a time is its own guard: one state, one request at most."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import links
from booking.models.bookable import WHY_NOT, fitting, why_not, with_hindrance
from booking.states import State as RequestState
from clinic_site.dates import midnight
from clinic_site.models import SelfPick


class ClinicianQuerySet(models.QuerySet):
    def in_calendar(self):
        """Who sees patients, and who no longer does but has patients still to come: nobody booked is hidden."""
        to_come = OpenTime.objects.filter(
            clinician=OuterRef("pk"), state__in=OpenTime.GIVEN, starts_at__gte=midnight(timezone.localdate())
        )
        return self.filter(Q(sees_patients=True) | Exists(to_come))


class Clinician(models.Model):
    """Somebody whose consultations are booked here."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    sees_patients = models.BooleanField(_("sees patients"), default=True)
    feed_generation = models.PositiveIntegerField(default=0, editable=False)
    feed_digest = models.CharField(  # noqa: DJ001 - unique, and not there until a feed is asked for
        max_length=64, unique=True, null=True, editable=False
    )

    objects = ClinicianQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinician")
        verbose_name_plural = _("clinicians")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def feed_url(self):
        """The address of this clinician's calendar feed; empty where there is none, or none can be written any more."""
        if self.feed_digest is None or self.feed_is_lost:
            return ""
        token = links.token_with_digest(self.feed_key, self.feed_digest)
        return settings.SITE_URL + reverse("booking:feed", args=[token])

    @property
    def feed_is_lost(self):
        """Whether the SECRET_KEY that made the feed's address is gone."""
        return self.feed_digest is not None and links.is_lost(self.feed_key, self.feed_digest)

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


def lock_clinicians(clinicians):
    """Keep others from changing what these clinicians have to give, until the end of the transaction; in one order."""
    pks = [clinician.pk for clinician in clinicians]
    list(Clinician.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))


class OpenTimeQuerySet(models.QuerySet):
    def bookable(self, held_for=None):
        """
        Times that can be offered, picked, accepted, moved to or booked at this moment: one rule for every way in.

        They are open, or held for that request, and meet each condition of bookable.py.
        """
        to_give = Q(state=OpenTime.State.OPEN)
        if held_for is not None:
            to_give |= Q(state=OpenTime.State.HELD, request=held_for)
        return fitting(self.filter(to_give))

    def why_not(self, pk):
        """Why this time cannot be given to anybody, as the end of a sentence; empty where it fits."""
        return why_not(self.filter(pk=pk))

    def with_hindrance(self):
        """The times, each with what hinders anybody from coming then as `hindrance`; empty where nothing does."""
        return with_hindrance(self)

    def ahead(self):
        """Times to come that patients have or could have."""
        return fitting(self.filter(state__in=[OpenTime.State.OPEN, *OpenTime.GIVEN]))

    def given(self):
        """Times to come that are held or booked."""
        return self.filter(state__in=OpenTime.GIVEN, starts_at__gt=timezone.now())

    def cannot_stand(self):
        """Times to come that are held or booked although nobody can come then: a person has to settle each."""
        return with_hindrance(self.given()).exclude(hindrance="")

    def to_pick(self, clinic, promise, number=None):
        """
        The next times from which a patient may pick, in one query.

        None where the clinic has them call, none that are nearer than the notice for changes and, where the desk has
        to confirm what was picked, none that begin before its promised answer or on a day that is half held.
        """
        if clinic.self_pick == SelfPick.NONE:
            return self.none()
        times = self.bookable().filter(starts_at__gt=timezone.now() + timedelta(hours=clinic.notice_hours))
        if clinic.self_pick == SelfPick.HELD:
            times = times.filter(starts_at__gte=promise).exclude(day__in=OpenTime.objects.half_held_days())
        return times.select_related("clinician").order_by("starts_at", "clinician")[:number]

    def to_move_to(self, clinic):
        """Times to which a patient may move what is booked for them; none where the clinic has them call."""
        if clinic.self_pick == SelfPick.NONE:
            return self.none()
        return self.bookable().filter(starts_at__gt=timezone.now() + timedelta(hours=clinic.notice_hours))

    def picked(self):
        """Times that are held since patients picked them, until the desk confirms them."""
        return self.filter(state=OpenTime.State.HELD, request__state__in=OpenTime.UNDECIDED)

    def unconfirmed(self):
        """Times to come that patients picked and the desk has yet to confirm."""
        return self.picked().filter(starts_at__gt=timezone.now())

    def half_held_days(self):
        """Days to come of whose times half, rounded up, are unconfirmed: no more of them can be picked."""
        picked = Q(state=OpenTime.State.HELD, request__state__in=OpenTime.UNDECIDED)
        states = [OpenTime.State.OPEN, *OpenTime.GIVEN]
        ahead = self.filter(starts_at__gt=timezone.now(), state__in=states, day__in=self.unconfirmed().values("day"))
        days = ahead.order_by().values("day")
        counted = days.annotate(number=Count("pk"), twice_picked=2 * Count("pk", filter=picked))
        return counted.filter(twice_picked__gte=F("number")).values("day")

    def assign(self, pk, consultation_request, state, held_from=""):
        """
        Give a bookable time to a request, held or booked; False where it cannot be given any more.

        The clinician's row is locked before the rule is asked, so that what they have to give does not change until
        the end of the transaction. Then one statement compares and sets, so of any number of takers one wins. It
        compares columns of the row alone: a join would become a subquery, which PostgreSQL does not look at again
        after it has waited for another taker.
        """
        lock_clinicians(Clinician.objects.filter(times=pk))
        if not self.bookable().filter(pk=pk).exists():
            return False
        still_open = self.filter(pk=pk, state=OpenTime.State.OPEN)
        return bool(still_open.update(state=state, request=consultation_request, held_from=held_from))

    def book_held(self, pk, consultation_request):
        """Book a time that is held for this request, by the same rule; False where it is not, or cannot be given."""
        lock_clinicians(Clinician.objects.filter(times=pk))
        if not self.bookable(held_for=consultation_request).filter(pk=pk).exists():
            return False
        held = self.filter(pk=pk, state=OpenTime.State.HELD, request=consultation_request)
        return bool(held.update(state=OpenTime.State.BOOKED, held_from=""))

    def free_again(self, state="open"):
        """Take times back from the requests that have them: open again, or blocked."""
        return self.filter(state__in=OpenTime.GIVEN).update(state=state, request=None, held_from="")

    def in_the_way_of(self, clinician, starts_at, ends_at):
        """Times of that clinician that overlap with this stretch; one that begins as it ends is in nobody's way."""
        others = self.filter(clinician=clinician, starts_at__lt=ends_at, ends_at__gt=starts_at)
        return others.exclude(state=OpenTime.State.WITHDRAWN).order_by("starts_at")

    def on_day(self, day):
        """The times that begin on that day of the clinic."""
        return self.filter(starts_at__gte=midnight(day), starts_at__lt=midnight(day + timedelta(days=1)))

    def update(self, **values):
        """Change these rows. Beginning and end are given together, as day and clock go with them."""
        if {"starts_at", "ends_at"} & values.keys():
            values |= on_the_clock(values["starts_at"], values["ends_at"])
        return super().update(**values)

    def bulk_create(self, times, *args, **kwargs):
        """Add these times, each with its day and clock."""
        for time in times:
            time.keep_its_clock()
        return super().bulk_create(times, *args, **kwargs)


def on_the_clock(starts_at: datetime, ends_at: datetime):
    """Where a time stands in a day of the clinic; it ends at no clock of that day where it ends on another."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return {
        "day": begins.date(),
        "weekday": begins.weekday(),
        "begins_by_clock": begins.time(),
        "ends_by_clock": ends.time() if ends.date() == begins.date() else None,
    }


class OpenTime(models.Model):
    """A published time for one consultation with one clinician."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        BLOCKED = "blocked", _("Blocked")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    GIVEN = [State.HELD, State.BOOKED]
    UNDECIDED = [RequestState.RECEIVED, RequestState.IN_CONVERSATION]  # where a request has a time that it picked
    CLOSED = [State.BLOCKED, State.WITHDRAWN]

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="times", verbose_name=_("clinician"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))

    # Of the two moments above, for the rule of what is bookable: `on_the_clock` works them out whenever those are set.
    day = models.DateField(editable=False)
    weekday = models.PositiveSmallIntegerField(editable=False)
    begins_by_clock = models.TimeField(editable=False)
    ends_by_clock = models.TimeField(null=True, editable=False)

    with_interpreter = models.BooleanField(_("with an interpreter"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    request = models.ForeignKey(
        "booking.ConsultationRequest", models.PROTECT, null=True, blank=True, related_name="times"
    )
    reason = models.CharField(
        _("why it is blocked"), max_length=80, blank=True, help_text=_("Staff alone see it. Name no patient.")
    )

    # Where the patient asked from who picked it, as a digest of that place and the day; only until that is settled.
    held_from = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = OpenTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("open time")
        verbose_name_plural = _("open times")
        ordering = ["starts_at", "clinician"]
        # That no two times of a clinician overlap, withdrawn ones apart, is held by the database: overlap_guard.py.
        indexes = [
            models.Index(fields=["state", "starts_at"], name="open_times_to_come"),
            models.Index(fields=["clinician", "starts_at"], name="open_times_of_a_clinician"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="a_time_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "booked"], request__isnull=False)
                | Q(state__in=["open", "blocked", "withdrawn"], request__isnull=True),
                name="a_given_time_names_its_request",
            ),
            models.CheckConstraint(
                condition=Q(held_from="") | Q(state="held"), name="only_a_held_time_says_where_it_is_held_from"
            ),
        ]

    def __str__(self):
        local = timezone.localtime(self.starts_at)
        return f"{local:%Y-%m-%d %H:%M}, {self.clinician}"

    def save(self, *args, **kwargs):
        self.keep_its_clock()
        super().save(*args, **kwargs)

    def keep_its_clock(self):
        """Set day and clock from beginning and end."""
        for name, value in on_the_clock(self.starts_at, self.ends_at).items():
            setattr(self, name, value)

    def set_state_unless_given(self, state, reason=""):
        """Block, withdraw or open again; False where it is held or booked, or somebody was faster."""
        aside = OpenTime.objects.filter(pk=self.pk, request=None)
        return bool(aside.update(state=state, reason=reason if state == OpenTime.State.BLOCKED else ""))

    @property
    def why_not(self):
        """Why nobody can come, as the end of a sentence; of a time that was read with its hindrance."""
        return WHY_NOT.get(self.hindrance, "")

    @property
    def minutes(self):
        """How long it is."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60)
