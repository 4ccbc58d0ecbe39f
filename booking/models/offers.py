"""Times that are held for a patient until they accept one, say that none fits, or the offer lapses."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.models.open_times import OpenTime
from booking.models.to_calls import ToCall
from clinic_site.security.encryption import BoundModel, EncryptedJSONField


class OfferQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Offer.State.WAITING)

    def lapsed(self):
        """Offers whose time has run out without an answer."""
        return self.waiting().filter(lapses_at__lte=timezone.now())


class Offer(BoundModel):
    """One to three times, held for one request."""

    MOST_TIMES = 3

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the patient")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("None fits")
        LAPSED = "lapsed", _("Lapsed")
        TAKEN_BACK = "taken-back", _("Taken back")

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="offers")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    lapses_at = models.DateTimeField(_("lapses"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    times = models.ManyToManyField("booking.OpenTime", related_name="offers", verbose_name=_("times"))
    note = EncryptedJSONField(_("words to the patient"), default="", blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["lapses_at"], condition=Q(state="waiting"), name="offers_to_lapse")]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="waiting"), name="a_request_has_one_waiting_offer"
            ),
            models.CheckConstraint(
                condition=Q(lapses_at__gt=models.F("made_at")), name="an_offer_lapses_after_it_is_made"
            ),
        ]

    def __str__(self):
        return self.get_state_display()

    def held_times(self):
        """The times that are held for this request: it has one waiting offer at most, so they are of this one."""
        return OpenTime.objects.filter(state=OpenTime.State.HELD, request=self.request_id)

    def lapse_before(self, time):
        """Lapse before this time begins, too."""
        self.lapses_at = min(self.lapses_at, time.starts_at)
        self.save(update_fields=["lapses_at"])

    def end(self, state):
        """Bring a waiting offer to an end; False where somebody was faster."""
        ended = bool(Offer.objects.waiting().filter(pk=self.pk).update(state=state))
        if ended:
            self.state = state
            ToCall.objects.drop_overtaken(self.request)
        return ended
