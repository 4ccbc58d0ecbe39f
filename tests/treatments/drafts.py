"""Drafts with a row of every kind: good ones, and ones that break a rule."""

from datetime import date

from tests.factories import copy_of, make_benefit, make_row, make_upload
from tests.treatments.editing import REQUIRED, seen
from treatments.models import (
    Benefit,
    Claim,
    ClaimSource,
    Passage,
    RecoveryDay,
    Version,
)
from treatments.models.rows import ROW_MODELS
from treatments.pictures import keep_picture
from treatments.publishing.signoff import sign
from treatments.words.checking import References, remarks_on
from treatments.words.wording import Wording


def make_draft(kind=Benefit):
    """A good draft of a unit of that kind, with a row of every sort."""
    if kind is Benefit:
        version = make_benefit(slug="softer", shipped="").newest_version()
    else:
        version = copy_of(kind.objects.first().newest_version())
    version.passages.all().delete()
    for model in ROW_MODELS:
        model.objects.filter(version=version).delete()
        sources, fields = (["S2", "S36"] if model is Claim else []), ({"last_day": 3} if model is RecoveryDay else {})
        make_row(model, version, "one", sources, position=5, **fields)
    version.pictures.update(image=keep_picture(make_upload()))
    for position, key in enumerate(["limits", *REQUIRED], start=1):
        make_row(Passage, version, key, position=position * 10)
    return version


def signed(version, clinician, months=12):
    """A draft that this clinician signed as they read it, though nobody sent it."""
    sign(version, clinician, seen(version), months, unsent=True)
    version.refresh_from_db()
    return version


def remarks(version):
    """What the rules of copy say of a stored version."""
    return remarks_on(Wording.of(version), version.unit, References.load())


# What breaks each rule, done to a good draft.
SPOILED = {
    "a claim without a source": lambda version: ClaimSource.objects.filter(claim__version=version).delete(),
    "a claim without a grade": lambda version: version.claims.update(grade=""),
    "a claim without a use status": lambda version: version.claims.update(use=""),
    "no claim": lambda version: (version.findings.all().delete(), version.claims.all().delete()),
    "empty risks": lambda version: version.passages.filter(key="risks").update(body=" "),
    "no risks": lambda version: version.passages.filter(key="risks").delete(),
    "no limits": lambda version: version.passages.filter(key="limits").delete(),
    "nobody who should not": lambda version: version.passages.filter(key="who-should-not").delete(),
    "nothing on when to call": lambda version: version.passages.filter(key="when-to-call").delete(),
    "no alternatives": lambda version: version.passages.filter(key="alternatives").delete(),
    "a promise": lambda version: version.passages.filter(key="limits").update(body="It removes scars for good."),
    "a promise in a summary": lambda version: Version.objects.filter(pk=version.pk).update(summary="Painless."),
    "a source that is none": lambda version: version.passages.filter(key="limits").update(body="It may help [S999]."),
    "a picture without words": lambda version: version.pictures.update(text=" "),
    "no picture": lambda version: version.pictures.update(image=""),
    "a picture that is not there": lambda version: version.pictures.update(image=f"{'b' * 32}-20x10.webp"),
    "a picture that nobody agreed to": lambda version: version.pictures.update(consent=""),
    "a picture whose consent ran out": lambda version: version.pictures.update(consent_until=date(2026, 1, 1)),
    "a caption that promises": lambda version: version.pictures.update(caption="It removes every scar."),
    "brackets that cite nothing": lambda version: version.passages.filter(key="limits").update(body="Yes [S1 S2]."),
}
