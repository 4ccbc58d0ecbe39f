"""Mail that is owed. The row is the truth: it is written with what caused it, and whoever sends it leases it first."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.states import State

LEASE = timedelta(minutes=2)  # longer than one try can take; a killed worker's mail waits this long
# Minutes from one try to the next: ten tries over about four and a half hours, then a person has to look.
PAUSES = [1, 2, 4, 8, 15, 30, 60, 60, 90]


class OutboxMailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at=None, dropped_at=None, attempts__lte=len(PAUSES))

    def due(self, moment=None):
        """Mail that may be sent now: nobody else is at it, and its next try has come."""
        moment = moment or timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lte=moment)
        return self.waiting().filter(free, due_at__lte=moment)

    def failed(self):
        """Mail that was tried ten times: a person has to look."""
        return self.filter(sent_at=None, dropped_at=None, attempts__gt=len(PAUSES))

    def lease(self, pk):
        """Take one mail for sending, by one worker at a time; None where there is nothing to do."""
        now = timezone.now()
        taken = self.due(now).filter(pk=pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        return self.select_related("request").get(pk=pk) if taken else None


class OutboxMail(models.Model):
    """One mail, stored before it is sent. It holds what it is about, not its text: that is rendered when it leaves."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Your request is here")
        IN_CONVERSATION = "in-conversation", _("We are in touch")
        ANSWERED = "answered", _("We have answered you")
        OFFERED = "offered", _("We have times for you")
        BOOKED = "booked", _("Your consultation is booked")
        MOVED = "moved", _("Your consultation is moved")
        CANCELLED = "cancelled", _("Your consultation is cancelled")
        TIMES_GONE = "times-gone", _("The times are gone")
        EARLIER = "earlier", _("An earlier time is free")
        REMINDER = "reminder", _("Your consultation is near")
        MISSED = "missed", _("We missed you")
        WITHDRAWN = "withdrawn", _("You withdrew your request")
        DECLINED = "declined", _("We cannot take your request")
        UNREACHABLE = "unreachable", _("We could not reach you")
        CLOSED = "closed", _("Your request is closed")
        LINK_AGAIN = "link-again", _("Your link again")
        TELL_THE_DESK = "tell-the-desk", _("Notice to the front desk")
        NEWS_FOR_THE_DESK = "news-for-the-desk", _("Notice of news to the front desk")

    TO_THE_DESK = [Kind.TELL_THE_DESK, Kind.NEWS_FOR_THE_DESK]
    # Mail about a state is worth sending only while the request is still in it.
    ABOUT_A_STATE = {
        State.IN_CONVERSATION: Kind.IN_CONVERSATION,
        State.OFFERED: Kind.OFFERED,
        State.BOOKED: Kind.BOOKED,
        State.MISSED: Kind.MISSED,
        State.WITHDRAWN: Kind.WITHDRAWN,
        State.DECLINED: Kind.DECLINED,
        State.UNREACHABLE: Kind.UNREACHABLE,
        State.CLOSED: Kind.CLOSED,
    }

    ABOUT_A_BOOKED_TIME = [Kind.MOVED, Kind.EARLIER, Kind.REMINDER]

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=Kind)
    message_id = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=120, blank=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None, dropped_at=None), name="outbox_waiting")]

    def __str__(self):
        return self.get_kind_display()

    @classmethod
    def owe(cls, kind, request, rests=timedelta(0)):
        """Store a mail in the transaction that causes it, and have it sent once that is committed and it has rested."""
        mail = cls.objects.create(
            kind=kind,
            request=request,
            message_id=f"<{uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
            due_at=timezone.now() + rests,
        )
        if not rests:
            transaction.on_commit(lambda: _carry(mail.pk), robust=True)
        return mail

    @property
    def is_to_the_desk(self):
        return self.kind in self.TO_THE_DESK

    @property
    def is_overtaken(self):
        """Whether it would say what is no longer so, or has nobody left to go to."""
        return self.request.redacted_at is not None or self.request.is_quarantined or not self._is_still_true()

    def _is_still_true(self):
        for state, kind in self.ABOUT_A_STATE.items():
            if kind == self.kind:
                return self.request.state == state
        if self.kind in self.ABOUT_A_BOOKED_TIME and self.request.state != State.BOOKED:
            return False
        if self.kind == self.Kind.EARLIER:
            return self.request.offers.waiting().exists()
        return self.kind != self.Kind.REMINDER or self.request.consultation.is_near

    @property
    def consultation_attached(self):
        """The consultation whose calendar file comes with this mail, to enter, move or take out its entry; or None."""
        if self.kind in (self.Kind.BOOKED, self.Kind.MOVED):
            return self.request.consultation
        if self.kind in (self.Kind.CANCELLED, self.Kind.WITHDRAWN):
            return self.request.consultations.filter(state="cancelled").select_related("time").last()
        return None

    @property
    def fate(self):
        """What became of it, in words for staff."""
        if self.sent_at:
            return _("sent")
        if self.dropped_at:
            return _("not sent: overtaken")
        if self.has_failed:
            return _("failed ten times: a person has to look")
        if self.attempts:
            return _("not sent yet, tried %(times)s times") % {"times": self.attempts}
        return _("waiting")

    @property
    def has_failed(self):
        return not self.sent_at and not self.dropped_at and self.attempts > len(PAUSES)

    def try_again(self):
        """Give a mail that failed ten times ten more, the first at once."""
        self.attempts, self.due_at, self.leased_until = 0, timezone.now(), None
        self.save(update_fields=["attempts", "due_at", "leased_until"])
        transaction.on_commit(lambda: _carry(self.pk), robust=True)

    def note_sent(self):
        self.sent_at, self.leased_until, self.trouble = timezone.now(), None, ""
        self.save(update_fields=["sent_at", "leased_until", "trouble"])

    def note_dropped(self):
        self.dropped_at, self.leased_until = timezone.now(), None
        self.save(update_fields=["dropped_at", "leased_until"])

    def rest_until(self, moment):
        """Put it off, without counting a try."""
        self.attempts, self.due_at, self.leased_until = self.attempts - 1, moment, None
        self.save(update_fields=["attempts", "due_at", "leased_until"])

    def note_trouble(self, error):
        """Set the next try. Only the kind of error is kept: its text can hold an address."""
        pause = PAUSES[min(self.attempts, len(PAUSES)) - 1]
        self.due_at, self.leased_until = timezone.now() + timedelta(minutes=pause), None
        self.trouble = type(error).__name__
        self.save(update_fields=["due_at", "leased_until", "trouble"])


def _carry(pk):
    from booking.tasks import send_mail

    send_mail(pk)
