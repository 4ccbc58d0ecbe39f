"""
What a patient has to be told by voice, because there is no email or it failed: owed like a promise, ticked when done.
"""

from datetime import timedelta

from django.db import models
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from booking.models.outbox import OutboxMail, Trouble, is_still_true
from clinic_site.hours import last_open_moment, reply_by

AHEAD = timedelta(hours=1)  # a patient is told so long before the time that it is about: before they leave home


# What is gone stays gone: a patient who was not told of the first is told of both.
ABOUT_WHAT_IS_GONE = [OutboxMail.Kind.CANCELLED, OutboxMail.Kind.TIMES_GONE]


class ToCallQuerySet(models.QuerySet):
    def open(self):
        """What nobody has told yet, and is still to be told."""
        return self.filter(done_at=None, dropped_at=None)

    def owe(self, consultation_request, kind, why, before=None, times=(), mail=None):
        """
        Owe a patient this by voice; called within the transaction that causes it.

        Due by the promise that they have, in any case before the moment `before` at which it is too late. What was owed
        of the same kind is told in the same sentence.
        """
        now, times = timezone.now(), list(times)
        promise = min(filter(None, [reply_by(now), consultation_request.promised_by]))
        due_at = call_due(now, promise, before)
        for earlier in self.open().filter(request=consultation_request, kind=kind):
            times = [*earlier.moments, *times] if kind in ABOUT_WHAT_IS_GONE else times
            due_at = min(due_at, earlier.due_at)
            before = min(filter(None, [before, earlier.before]), default=None)
            earlier.drop()
        to_call = self.create(
            request=consultation_request,
            kind=kind,
            why=why,
            due_at=due_at,
            before=before,
            mail=mail,
            times=sorted({time.isoformat() for time in times}),
        )
        settle_calls(consultation_request)
        return to_call

    def drop_overtaken(self, consultation_request):
        """What is no longer so is told to nobody."""
        dropped = [
            to_call.drop()
            for to_call in self.open().filter(request=consultation_request)
            if not is_still_true(to_call.kind, consultation_request)
        ]
        if dropped:
            settle_calls(consultation_request)


def call_due(now, promise, before=None):
    """
    By when a call is made: by the promise and, where there is a moment at which it is too late, an hour ahead of that.

    In the desk's hours, where any are left until then; else in half of the time that is left.
    """
    if before is None:
        return promise
    if before <= now:
        return now
    latest = last_open_moment(now, before - AHEAD) or max(before - AHEAD, now + (before - now) / 2)
    return min(promise, latest)


def settle_calls(consultation_request):
    """Keep with the request by when its patient is to be called: it orders the worklist."""
    due = consultation_request.to_calls.open().aggregate(due=Min("due_at"))["due"]
    type(consultation_request).objects.filter(pk=consultation_request.pk).update(call_by=due)
    consultation_request.call_by = due


class ToCall(models.Model):
    """One thing that a patient is to be told on the telephone. It holds what it is about, as a mail does."""

    class Why(models.TextChoices):
        NO_EMAIL = "no-email", _("no email")
        NO_SUCH_ADDRESS = Trouble.NO_SUCH_ADDRESS.value, _("the email address does not exist")
        REFUSED = Trouble.REFUSED.value, _("their mail server does not take our email")
        FAILED = "failed", _("our email did not get through in ten tries")

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="to_calls")
    kind = models.CharField(_("what to tell"), max_length=20, choices=OutboxMail.Kind)
    why = models.CharField(_("why by voice"), max_length=16, choices=Why)
    mail = models.ForeignKey(OutboxMail, models.PROTECT, null=True, blank=True, related_name="to_calls")
    times = models.JSONField(default=list, help_text=_("The times that it is about, as moments in ISO 8601."))
    before = models.DateTimeField(_("too late from"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(_("call by"))
    tries = models.PositiveSmallIntegerField(_("calls without an answer"), default=0)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    done_at = models.DateTimeField(_("told"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("overtaken"), null=True, blank=True)

    objects = ToCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call that is owed")
        verbose_name_plural = _("calls that are owed")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["request"], condition=Q(done_at=None, dropped_at=None), name="calls_owed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "kind"],
                condition=Q(done_at=None, dropped_at=None),
                name="a_patient_is_called_once_about_a_thing",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name="a_call_is_made_or_overtaken"),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def moments(self):
        """The times that it is about."""
        return [parse_datetime(moment) for moment in self.times]

    @property
    def is_by_voice_after_mail(self):
        """Whether it was to go by mail first."""
        return self.why != self.Why.NO_EMAIL

    def drop(self):
        """It is overtaken, or comes back in another one."""
        self.dropped_at = timezone.now()
        self.save(update_fields=["dropped_at"])
        return self

    def tick(self):
        """The patient was told."""
        self.done_at = timezone.now()
        self.save(update_fields=["done_at"])

    def put_off(self, moment):
        """Nobody was reached: it is due again then, but never when it is too late."""
        now = timezone.now()
        self.due_at = call_due(now, moment, self.before)
        self.tries, self.tried_at = self.tries + 1, now
        self.save(update_fields=["due_at", "tries", "tried_at"])
