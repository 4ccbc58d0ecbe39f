"""All that happened to a request."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.states import State
from clinic_site.encryption import EncryptedJSONField


class EventQuerySet(models.QuerySet):
    def for_patient(self):
        """Without what staff note for each other."""
        return self.exclude(kind=Event.Kind.NOTE)


class Event(models.Model):
    """One line of a request's timeline. Lines are added, never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Request received")
        STEP = "step", _("State changed")
        NOTE = "note", _("Note")
        LINK_SENT_AGAIN = "link-again", _("Private link asked for again")

    class Actor(models.TextChoices):
        PATIENT = "patient", _("Patient")
        STAFF = "staff", _("Staff")
        SYSTEM = "system", _("System")

    request = models.ForeignKey("booking.ConsultationRequest", models.PROTECT, related_name="timeline")
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    actor = models.CharField(_("who"), max_length=8, choices=Actor)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    before = models.CharField(max_length=16, choices=State, blank=True)
    after = models.CharField(max_length=16, choices=State, blank=True)
    note = EncryptedJSONField(_("note"), default="", blank=True)

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
