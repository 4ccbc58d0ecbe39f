"""Has a clinician signed what patients read, and read it again when that was due?"""

from django.utils import timezone
from django.utils.translation import ngettext

from clinic_site.health.checks import Level, health_check
from treatments.models import Version
from treatments.models.live import ANY


@health_check("sign-off", Level.ADVICE)
def copy_is_unsigned():
    number = Version.objects.live_at(timezone.now(), ANY).filter(signed_at=None).count()
    if not number:
        return ""
    said = ngettext("{number} page part is live and unsigned", "{number} page parts are live and unsigned", number)
    return f"{said.format(number=number)}: have a clinician sign them in admin, under Copy."


@health_check("reviews", Level.ADVICE)
def reviews_are_overdue():
    overdue = Version.objects.live_at(timezone.now(), ANY).filter(review_due__lt=timezone.localdate()).count()
    if not overdue:
        return ""
    said = ngettext("{number} page part is past its review", "{number} page parts are past their review", overdue)
    return f"{said.format(number=overdue)}: have a clinician read and sign them anew in admin, under Copy."
