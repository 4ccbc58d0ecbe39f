"""Who works at the clinic: those who sign in, and those whom patients may meet."""

from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic_site.content_revision import PublishedModel

NOTED_EVERY = timedelta(minutes=3)


class StaffMember(AbstractUser):
    """Somebody who signs in: front desk, marketing, clinician or manager. Patients have no accounts."""

    uses_keys = models.BooleanField(
        _("single letters are keys"),
        default=True,
        help_text=_("Off: only Tab, Enter and the keys of the browser do anything (WCAG 2.2, 2.1.4)."),
    )
    links_made = models.PositiveIntegerField(
        _("enrolment links made"), default=0, help_text=_("A new link ends the ones before it."), editable=False
    )

    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)

    def __str__(self):
        return self.shown_name

    @property
    def last_seen(self):
        """When they were last at work here, to a few minutes; None where they never were."""
        return max(filter(None, [self.seen_at, self.last_login]), default=None)

    def note_seen(self, now):
        """Keep that they are at work, beyond the end of their session; not more often than it is worth."""
        if self.last_seen is None or now - self.last_seen > NOTED_EVERY:
            self.seen_at = now
            self.save(update_fields=["seen_at"])

    @property
    def shown_name(self):
        """What colleagues read of them: their full name, or the one they sign in with where there is none."""
        return self.get_full_name() or self.get_username()


class TeamMember(PublishedModel):
    """A real person whom patients may meet. Nobody is invented: the team page is not there until one is entered."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=120, help_text=_("Such as 'Dermatologist'."))
    credentials = models.CharField(
        _("credentials"), max_length=200, blank=True, help_text=_("Board certification, as it can be proved.")
    )
    license_number = models.CharField(
        _("Michigan license"), max_length=40, blank=True, help_text=_("Patients can look it up with the state.")
    )
    about = models.TextField(_("about"), blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name
