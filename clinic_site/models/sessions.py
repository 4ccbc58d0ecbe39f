"""Who is signed in, and where."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StaffSessionQuerySet(models.QuerySet):
    def open(self):
        """Those that have not ended."""
        return self.filter(expire_date__gt=timezone.now())

    def ended(self):
        return self.filter(expire_date__lte=timezone.now())


class StaffSession(models.Model):
    """
    A browser of somebody who is signed in, or who is on the way in: then it has no member yet.

    The key is a digest of what the browser holds, so nobody gets in with what stands in the table.
    """

    session_key = models.CharField(_("digest of the key"), max_length=64, primary_key=True)
    session_data = models.TextField(_("data"))
    expire_date = models.DateTimeField(_("ends"), db_index=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions", verbose_name=_("member of staff")
    )
    device = models.CharField(_("device"), max_length=80, blank=True)
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    is_locked = models.BooleanField(_("locked"), default=False)

    objects = StaffSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-seen_at"]

    def __str__(self):
        return self.device or str(_("Unknown device"))

    @property
    def has_been_idle(self):
        """Whether nobody was seen for so long that the desk is locked."""
        return timezone.now() - self.seen_at > settings.DESK_LOCKS_AFTER
