"""Mail that is owed. The row is the truth: it is written with what caused it, and whoever sends it leases it first."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.states import State
from clinic_site.security.encryption import BoundModel, EncryptedJSONField

LEASE = timedelta(minutes=2)  # longer than one try can take; a killed worker's mail waits this long
# Minutes from one try to the next: ten tries over about four and a half hours, then a person has to look.
PAUSES = [1, 2, 4, 8, 15, 30, 60, 60, 90]


class Trouble(models.TextChoices):
    """Why a mail did not leave, in words for staff."""

    NO_SUCH_ADDRESS = "no-such-address", _("the address does not exist")
    REFUSED = "refused", _("their mail server does not take our email")
    NOT_NOW = "not-now", _("their mail server takes no email just now")
    NOT_REACHED = "not-reached", _("the mail server was not reached")
    SIGN_IN = "sign-in", _("our mail server does not accept us; its settings need a look")
    OURS = "ours", _("something went wrong on our side")


FOR_GOOD = [Trouble.NO_SUCH_ADDRESS, Trouble.REFUSED]  # another try would be refused as well


class OutboxMailQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at=None, dropped_at=None, given_up_at=None)

    def to_patients(self):
        return self.exclude(kind__in=OutboxMail.TO_STAFF)

    def due(self, moment=None):
        """Mail that may be sent now: nobody else is at it, and its next try has come."""
        moment = moment or timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lte=moment)
        return self.waiting().filter(free, due_at__lte=moment)

    def failed(self):
        """Mail that is not tried any more: a person has to look."""
        return self.filter(sent_at=None, dropped_at=None, given_up_at__isnull=False)

    def to_look_after(self):
        """
        Failed mail about which something can be done: none that was told by voice since, and none that was refused for
        good and stands among the calls.
        """
        calls = self.model._meta.get_field("to_calls").related_model.objects.filter(mail=OuterRef("pk"))
        refused = Q(Exists(calls), trouble__in=FOR_GOOD)
        failed = self.failed().exclude(kind=OutboxMail.Kind.OLD_ADDRESS)  # which may be why they gave another
        return failed.exclude(refused).exclude(Exists(calls.filter(done_at__isnull=False)))

    def lease(self, pk):
        """Take one mail for sending, by one worker at a time; None where there is nothing to do."""
        now = timezone.now()
        taken = self.due(now).filter(pk=pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        return self.select_related("request").get(pk=pk) if taken else None


class OutboxMail(BoundModel):
    """One mail, stored before it is sent. It holds what it is about, not its text: that is rendered when it leaves."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("We have your request")
        IN_CONVERSATION = "in-conversation", _("We have read your request")
        ANSWERED = "answered", _("We have answered you")
        OFFERED = "offered", _("We have times for you")
        BOOKED = "booked", _("Your consultation is booked")
        MOVED = "moved", _("Your consultation is moved")
        CANCELLED = "cancelled", _("Your consultation is canceled")
        TIMES_GONE = "times-gone", _("What we held is gone")
        EARLIER = "earlier", _("An earlier time is free")
        REMINDER = "reminder", _("Your consultation is coming up")
        MISSED = "missed", _("We missed you")
        WITHDRAWN = "withdrawn", _("You withdrew your request")
        DECLINED = "declined", _("We cannot take your request")
        UNREACHABLE = "unreachable", _("We could not reach you")
        CLOSED = "closed", _("Your request is closed")
        LINK_AGAIN = "link-again", _("Your link again")
        NEW_ADDRESS = "new-address", _("We write to this address from now on")
        OLD_ADDRESS = "old-address", _("We no longer write to this address")
        ASK_CLINICIAN = "ask-clinician", _("Question to the clinicians")
        URGENT = "urgent", _("Alert to the clinicians")
        TELL_THE_DESK = "tell-the-desk", _("Notice to the front desk")
        NEWS_FOR_THE_DESK = "news-for-the-desk", _("Notice of news to the front desk")

    TO_THE_DESK = [Kind.TELL_THE_DESK, Kind.NEWS_FOR_THE_DESK]
    TO_CLINICIANS = [Kind.ASK_CLINICIAN, Kind.URGENT]
    TO_STAFF = [*TO_THE_DESK, *TO_CLINICIANS]
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
    # What nobody is called about where there is no email: the patient has just read or done it, cannot be reached by
    # telephone, or was never promised it.
    NOT_BY_VOICE = [Kind.RECEIVED, Kind.WITHDRAWN, Kind.UNREACHABLE, Kind.REMINDER]
    NOT_BY_VOICE_AFTER_MAIL = [Kind.WITHDRAWN, Kind.UNREACHABLE, Kind.OLD_ADDRESS]

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=Kind)
    message_id = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=120, choices=Trouble, blank=True)
    # Where it goes if that is not the patient's address of the moment; forgotten once it has left.
    old_address = EncryptedJSONField(null=True, editable=False)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None, dropped_at=None), name="outbox_waiting")]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_to_the_desk(self):
        return self.kind in self.TO_THE_DESK

    @property
    def is_to_clinicians(self):
        return self.kind in self.TO_CLINICIANS

    @property
    def address(self):
        """The patient's address to which it goes."""
        return self.old_address or self.request.email

    @property
    def is_overtaken(self):
        """Whether it would say what is no longer so, or has nobody left to go to."""
        gone = self.request.redacted_at is not None or self.request.is_quarantined
        return gone or not is_still_true(self.kind, self.request)

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
            if self.trouble in FOR_GOOD:
                return _("not taken: %(why)s") % {"why": self.trouble_words}
            return _("failed ten times: a person has to look")
        if self.attempts:
            return _("not sent yet, tried %(times)s times") % {"times": self.attempts}
        return _("waiting")

    @property
    def has_failed(self):
        return self.given_up_at is not None and not self.sent_at and not self.dropped_at

    @property
    def trouble_words(self):
        """Why it did not leave. Older rows hold the kind of an error, which says nothing to staff."""
        if not self.trouble:
            return ""
        return Trouble(self.trouble).label if self.trouble in Trouble.values else Trouble.OURS.label

    def mark_sent(self):
        self.sent_at, self.leased_until, self.trouble, self.old_address = timezone.now(), None, "", None
        self.save(update_fields=["sent_at", "leased_until", "trouble", "old_address"])

    def mark_dropped(self):
        self.dropped_at, self.leased_until, self.old_address = timezone.now(), None, None
        self.save(update_fields=["dropped_at", "leased_until", "old_address"])

    def postpone(self, moment):
        """Put it off, without counting a try."""
        self.attempts, self.due_at, self.leased_until = self.attempts - 1, moment, None
        self.save(update_fields=["attempts", "due_at", "leased_until"])

    def record_trouble(self, trouble):
        """
        Set the next try; none after the tenth, and none where it was refused for good.

        The kind of trouble alone is kept: the text of an error can hold an address.
        """
        now = timezone.now()
        if trouble in FOR_GOOD or self.attempts > len(PAUSES):
            self.given_up_at = now
        else:
            self.due_at = now + timedelta(minutes=PAUSES[self.attempts - 1])
        self.leased_until, self.trouble = None, trouble
        self.save(update_fields=["due_at", "leased_until", "given_up_at", "trouble"])


def is_still_true(kind, consultation_request) -> bool:
    """Whether what a mail or a call of that kind says is still so."""
    for state, about_it in OutboxMail.ABOUT_A_STATE.items():
        if about_it == kind:
            return consultation_request.state == state
    if kind in OutboxMail.TO_CLINICIANS:
        is_urgent = kind == OutboxMail.Kind.URGENT
        return (consultation_request.urgent_at if is_urgent else consultation_request.flagged_at) is not None
    if kind in OutboxMail.ABOUT_A_BOOKED_TIME and consultation_request.state != State.BOOKED:
        return False
    if kind == OutboxMail.Kind.EARLIER:
        return consultation_request.offers.waiting().exists()
    return kind != OutboxMail.Kind.REMINDER or consultation_request.consultation.is_near
