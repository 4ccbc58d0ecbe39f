"""Reviews: when a clinician should read live words again. Only a sign-off sets the day (decision 13)."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from treatments.models import REVIEW_SOON, Version
from treatments.publishing.telling import clinicians


def due_for_review(today):
    """Live versions whose review is overdue or due within a month, the oldest first."""
    due = Version.objects.due_for_review(timezone.now(), today + REVIEW_SOON)
    return due.select_related("unit__treatment", "signed_by").order_by("review_due", "pk")


def mail_reviews() -> int:
    """
    Write to the owner, and to those who sign, of what has come due since the last mail.

    Each version is named once for each sign-off. Returns how many were named. What cannot be sent is tried again the
    next time.
    """
    due = list(due_for_review(timezone.localdate()).filter(review_mailed_at=None))
    if not due or not settings.OWNER_EMAIL:
        return 0
    subject = ngettext("%(number)d page is due for review", "%(number)d pages are due for review", len(due))
    for address in sorted({settings.OWNER_EMAIL, *(one.email for one in clinicians())}):
        send_mail(subject % {"number": len(due)}, _mail_text(due), None, [address])
    Version.objects.filter(pk__in=[version.pk for version in due]).update(review_mailed_at=timezone.now())
    return len(due)


def _mail_text(due):
    lines = [
        _("%(title)s: review due on %(day)s, signed off by %(who)s. Read and sign it: %(address)s")
        % {
            "title": version.title,
            "day": date_format(version.review_due, "F j, Y"),
            "who": version.signed_by.shown_name,
            "address": f"{settings.SITE_URL}{version.get_staff_url('read')}?version={version.pk}",
        }
        for version in due
    ]
    opening = _("A clinician should read these pages again and sign them off, changed or not:")
    where = f"{settings.SITE_URL}{reverse('admin:index')}"
    return "\n".join([opening, "", *lines, "", _("The content report is here: %(address)s") % {"address": where}])
