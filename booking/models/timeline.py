"""All that happened to a request."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.states import State
from clinic_site.encryption import EncryptedJSONField


class Outcome(models.TextChoices):
    """What came of a telephone call to a patient."""

    SPOKE = "spoke", _("Spoke")
    NO_ANSWER = "no-answer", _("No answer")
    VOICEMAIL = "voicemail", _("Left voicemail")
    WRONG_NUMBER = "wrong-number", _("Wrong number")


class EventQuerySet(models.QuerySet):
    def for_patient(self):
        """Without what concerns staff alone."""
        return self.filter(kind__in=Event.SHOWN_TO_PATIENT)

    def last_step(self):
        return self.filter(kind=Event.Kind.STEP).last()

    def last_change(self):
        """The newest line that says more than a note does: what can be undone stands there, or nowhere."""
        return self.filter(kind__in=Event.CHANGES).last()


class Event(models.Model):
    """One line of a request's timeline. Lines are added, never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Request received")
        STEP = "step", _("State changed")
        NOTE = "note", _("Note")
        UNDONE = "undone", _("Step undone")
        ADDED = "added", _("Patient added")
        ANSWER = "answer", _("Answer to the patient")
        CONTACT = "contact", _("How to reach the patient was changed")
        MOVED = "moved", _("Consultation moved")
        CONFIRMED = "confirmed", _("Patient confirmed")
        EARLIER = "earlier", _("Waits for an earlier time")
        NOT_EARLIER = "not-earlier", _("Waits for an earlier time no longer")
        KEPT = "kept", _("Kept the time that is booked")
        OTHER_TIME = "other-time", _("Patient asks for another time")
        CALL = "call", _("Telephone call")
        CALL_UNDONE = "call-undone", _("Call taken back: noted by mistake")
        TAKEN = "taken", _("Taken by")
        FLAGGED = "flagged", _("A clinician is asked")
        ADVICE = "advice", _("A clinician answers")
        ARRIVED = "arrived", _("Arrived")
        NOT_ARRIVED = "not-arrived", _("Arrival taken back")
        PROMISE_MOVED = "promise", _("Promise moved: the clinic is closed")
        LINK_SENT_AGAIN = "link-again", _("Private link asked for again")
        NEW_LINK = "new-link", _("New private link; the old one no longer works")
        SAME = "same", _("Judged to be the same person as")
        NOT_SAME = "not-same", _("Judged to be somebody else than")
        HELD = "held", _("Held back: looks like spam")
        RELEASED = "released", _("Released: not spam")
        SPAM = "spam", _("Confirmed as spam")
        REDACTED = "redacted", _("Personal data taken out")

    class Actor(models.TextChoices):
        PATIENT = "patient", _("Patient")
        STAFF = "staff", _("Staff")
        SYSTEM = "system", _("System")

    SHOWN_TO_PATIENT = [
        Kind.RECEIVED,
        Kind.STEP,
        Kind.UNDONE,
        Kind.ADDED,
        Kind.ANSWER,
        Kind.CONTACT,
        Kind.CALL,
        Kind.CALL_UNDONE,
        Kind.MOVED,
        Kind.CONFIRMED,
        Kind.EARLIER,
        Kind.NOT_EARLIER,
        Kind.KEPT,
        Kind.OTHER_TIME,
        Kind.PROMISE_MOVED,
        Kind.LINK_SENT_AGAIN,
        Kind.NEW_LINK,
    ]

    WORDS_FOR_BOTH = [Kind.ADDED, Kind.ANSWER, Kind.OTHER_TIME]  # what their notes say is between patient and desk

    CHANGES = [
        Kind.STEP,
        Kind.UNDONE,
        Kind.ANSWER,
        Kind.CALL,
        Kind.CALL_UNDONE,
        Kind.MOVED,
        Kind.CONFIRMED,
        Kind.OTHER_TIME,
        Kind.ARRIVED,
        Kind.NOT_ARRIVED,
    ]

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="timeline")
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    actor = models.CharField(_("who"), max_length=8, choices=Actor)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    outcome = models.CharField(_("outcome of the call"), max_length=12, choices=Outcome, blank=True)
    before = models.CharField(max_length=16, choices=State, blank=True)
    after = models.CharField(max_length=16, choices=State, blank=True)
    note = EncryptedJSONField(_("note"), default="", blank=True)
    was = models.JSONField(default=dict, editable=False)  # what a call changed, so that it can be taken back

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("timeline line")
        verbose_name_plural = _("timeline")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.get_kind_display()

    @property
    def who(self):
        """The person in words: a member of staff by name, the patient, or the system."""
        return str(self.staff) if self.staff else self.get_actor_display()
