"""Has a clinician signed what patients read?"""

from django.utils import timezone
from django.utils.translation import ngettext

from clinic_site.health.checks import Level, health_check
from treatments.models import Version


@health_check("sign-off", Level.ADVICE)
def copy_is_unsigned():
    number = Version.objects.live_at(timezone.now()).filter(signed_at=None).count()
    if not number:
        return ""
    said = ngettext("{number} page part is live and unsigned", "{number} page parts are live and unsigned", number)
    return f"{said.format(number=number)}: have a clinician sign them in admin, under Copy."
