"""All that happened to a request."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from booking.states import EventKind, State
from clinic_site.security.encryption import BoundModel, EncryptedJSONField


class Outcome(models.TextChoices):
    """What came of a telephone call to a patient."""

    SPOKE = "spoke", _("Spoke")
    NO_ANSWER = "no-answer", _("No answer")
    VOICEMAIL = "voicemail", _("Left voicemail")
    WRONG_NUMBER = "wrong-number", _("Wrong number")


class EventQuerySet(models.QuerySet):
    def last_change(self):
        """The newest line that says more than a note does: what can be undone stands there, or nowhere."""
        return self.filter(kind__in=Event.CHANGES).last()


class Event(BoundModel):
    """One line of a request's timeline. Lines are added, never changed."""

    Kind = EventKind

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
        Kind.PICKED,
        Kind.MOVED,
        Kind.CONFIRMED,
        Kind.EARLIER,
        Kind.NOT_EARLIER,
        Kind.EARLIER_HELD,
        Kind.TAKEN_BACK,
        Kind.KEPT,
        Kind.OTHER_TIME,
        Kind.PROMISE_MOVED,
        Kind.URGENT,
        Kind.LINK_SENT_AGAIN,
        Kind.NEW_LINK,
    ]

    # What their notes say is between patient and desk; of other lines, what the patient wrote.
    WORDS_FOR_BOTH = [Kind.ADDED, Kind.ANSWER, Kind.OTHER_TIME, Kind.CONTACT]
    WORDS_OF_PATIENT = [Kind.STEP, Kind.KEPT]

    CHANGES = [
        Kind.STEP,
        Kind.UNDONE,
        Kind.ANSWER,
        Kind.CALL,
        Kind.CALL_UNDONE,
        Kind.PICKED,
        Kind.MOVED,
        Kind.CONFIRMED,
        Kind.OTHER_TIME,
        Kind.EARLIER_HELD,
        Kind.TAKEN_BACK,
        Kind.KEPT,
        Kind.NOT_TOLD,
        Kind.ARRIVED,
        Kind.NOT_ARRIVED,
    ]

    # Why a word is owed to the patient: the last of these.
    ASK_FOR_A_WORD = [Kind.RECEIVED, Kind.ADDED, Kind.OTHER_TIME, Kind.PICKED, Kind.TAKEN_BACK, Kind.STEP, Kind.UNDONE]

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="timeline")
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    actor = models.CharField(_("who"), max_length=8, choices=Actor)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    outcome = models.CharField(_("outcome of the call"), max_length=12, choices=Outcome, blank=True)
    before = models.CharField(max_length=16, choices=State, blank=True)
    after = models.CharField(max_length=16, choices=State, blank=True)
    note = EncryptedJSONField(_("note"), default="", blank=True)
    times = models.JSONField(default=list, editable=False)  # the times that it is about, as moments in ISO 8601
    was = models.JSONField(default=dict, editable=False)  # what it changed, as it was, so that it can be taken back

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

    @property
    def moments(self):
        """The times that it is about; of a move, from when to when."""
        return [parse_datetime(moment) for moment in self.times]

    @property
    def is_for_patient(self):
        """Whether it is more than what concerns staff alone."""
        return self.kind in self.SHOWN_TO_PATIENT

    @property
    def words_for_patient(self):
        """What stands on the patient's page beside the line: what they wrote, or what the desk answered."""
        theirs = self.kind in self.WORDS_OF_PATIENT and self.actor == self.Actor.PATIENT
        return self.note if theirs or self.kind in self.WORDS_FOR_BOTH else ""

    @property
    def what(self):
        """What happened and, of a call, what came of it."""
        return f"{self.get_kind_display()}: {self.get_outcome_display()}" if self.outcome else self.get_kind_display()
