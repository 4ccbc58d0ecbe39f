"""Versions of the scars page as they are published, planned and taken down: what these tests begin with."""

from datetime import UTC, datetime, timedelta

from tests.factories import make_staff
from tests.treatments.editing import seen
from treatments.models import Benefit, Version
from treatments.publishing.drafts import save_draft
from treatments.publishing.signoff import sign
from treatments.words.wording import Wording

NB = "\N{NO-BREAK SPACE}"
NOON = datetime(2030, 5, 1, 16, tzinfo=UTC)  # noon in Michigan
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)
TWO_YEARS = 732 * DAY
SCARS = "/treatments/microneedling/benefits/scars/"


def approved(lead="Softer."):
    """The next version of the scars page with another lead, signed."""
    wording = Wording.of(Benefit.objects.get(slug="scars").newest_version())
    wording.version.lead = lead
    version = save_draft(wording.version.unit, wording, wording.version, make_staff("marketing"))
    clinician = make_staff("clinician")
    sign(version, clinician, seen(version), 12, unsent=True)
    return Version.objects.get(pk=version.pk)


def fresh(version):
    return Version.objects.get(pk=version.pk)
