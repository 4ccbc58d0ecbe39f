"""Valid objects with which tests begin. Each takes the fields that matter to a test and makes up the rest."""

from datetime import UTC, time, timedelta
from io import BytesIO
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.timezone import localdate
from PIL import Image

from booking.models import Clinician, ConsultationRequest, OpenTime
from booking.patient.form_token import new_form_token
from booking.services import submit
from clinic_site.dates import midnight
from clinic_site.models import ClosedDay, OpeningHours
from clinic_site.staff.roles import add_staff_member
from treatments.models import (
    Benefit,
    ClaimSource,
    Finding,
    Passage,
    Source,
    Treatment,
    TreatmentFacts,
    Version,
)
from treatments.publishing.drafts import store_after
from treatments.words.wording import Wording

_numbers = count(1)


def make_staff(role, **fields):
    member = add_staff_member(f"{role}-{next(_numbers)}", role, password="a long password")
    for name, value in fields.items():
        setattr(member, name, value)
    member.save()
    return member


def form_data(**answers):
    """What a browser sends for the shortest good request; None leaves an answer out."""
    data = {
        "name": "Amira Haddad",
        "contact_by": "email",
        "email": "amira@patient.example",
        "consent": "on",
        "form_token": new_form_token(opened=timezone.now() - timedelta(minutes=1)),
    } | answers
    return {name: value for name, value in data.items() if value is not None}


def make_request(**fields):
    """A request as `submit` keeps it."""
    defaults = {
        "name": "Amira Haddad",
        "contact_by": "email",
        "email": "amira@patient.example",
        "form_key": f"key {next(_numbers)}",
    }
    return submit(ConsultationRequest(**(defaults | fields)))


def open_around_the_clock():
    """Have no night, weekend or holiday decide what can be booked; closed days that a test enters later stay."""
    if OpeningHours.objects.filter(opens=time.min, closes=time.max).count() == len(OpeningHours.Weekday):
        return
    OpeningHours.objects.all().delete()
    ClosedDay.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=day, opens=time.min, closes=time.max) for day in OpeningHours.Weekday
    )


def make_time(hours, clinician="Dr. Example", **fields):
    """
    A free time that begins that many hours from now, or at midnight where it would not end before; the clinic is open
    around the clock then.
    """
    open_around_the_clock()
    someone, _made = Clinician.objects.get_or_create(name=clinician)
    starts_at = fields.pop("starts_at", timezone.now() + timedelta(hours=hours))
    length = timedelta(minutes=fields.pop("minutes", 20))
    if localdate(starts_at + length) != localdate(starts_at):
        starts_at = midnight(localdate(starts_at + length)).astimezone(UTC)  # as the database gives it back
    return OpenTime.objects.create(clinician=someone, starts_at=starts_at, ends_at=starts_at + length, **fields)


def shift_time(time, starts_at):
    """Have a time begin at that moment, and last as long as before."""
    ends_at = starts_at + timedelta(minutes=time.minutes)
    OpenTime.objects.filter(pk=time.pk).update(starts_at=starts_at, ends_at=ends_at)


def make_treatment(slug="peeling", live=True):
    """A second treatment beside the shipped one, with live facts."""
    treatment = Treatment.objects.create(slug=slug, position=9)
    facts = TreatmentFacts.objects.create(treatment=treatment, slug=slug)
    version = make_version(facts, title=slug.capitalize())
    if live:
        version.go_live()
    return treatment


def make_benefit(treatment=None, slug="smoother", **fields):
    """A benefit with one draft version; `.go_live()` of that shows it."""
    treatment = treatment or Treatment.objects.get(slug="microneedling")
    benefit = Benefit.objects.create(treatment=treatment, slug=slug, position=99)
    make_version(benefit, **fields)
    return benefit


def make_version(unit, **fields):
    defaults = {
        "number": unit.versions.count() + 1,
        "title": "Smoother skin",
        "heading": "Smoother skin",
        "summary": "May help.",
        "written_at": timezone.now(),
        "shipped": "by a test",  # so that it may go live without a sign-off
    }
    version = Version.objects.create(unit=unit, **(defaults | fields))
    Passage.objects.create(version=version, key="limits", heading="Limits", body="It may do little.")
    return version


def copy_of(version, by=None):
    """The same words as the unit's next version."""
    newest = version.unit.versions.filter(language=version.language).order_by("-number").first()
    return store_after(newest, Wording.of(version), by)


def make_copy(version, written_by=None, **words):
    """The next version, with the same rows and these words, that may go live without a sign-off."""
    copied = copy_of(version, written_by)
    Version.objects.filter(pk=copied.pk).update(**({"signed_digest": "by a test", "digest": ""} | words))
    copied.refresh_from_db()
    return copied


# What a row of each kind needs beside its version, key and order.
ROW_FIELDS = {
    "keyfact": {"label": "for a face", "low": "0.50", "high": "1.50", "unit": "mm", "confirm": True},
    "claim": {"sentence": "It may help [S2].", "grade": "fair", "use": "off-label", "use_note": "on the body"},
    "finding": {"design": "randomized", "studies": 3, "people": 60, "affected": 4, "out_of": 10, "result": "Better."},
    "step": {"heading": "Numbing", "minutes": 30, "pace": "wait", "body": "Cream.", "tell_us": "It burns."},
    "comparison": {
        **{"topic": "Pain", "without": "Some.", "with_option": "Less."},
        **{"visits": "Two.", "days_off": "Three.", "marks": "A few."},
    },
    "preparationstep": {"label": "The day before", "days_before": 1, "text": "Keep out of the sun."},
    "recoveryday": {"label": "Day 0", "first_day": 0, "last_day": 0, "may_see": "Red.", "may_do": "Rest."},
    "caresign": {"level": "emergency", "text": "Trouble breathing."},
    "risk": {"frequency": "rare", "text": "A scar."},
    "caution": {"situation": "Acne", "question": "Acne?", "tone": "wait", "explanation": "Later.", "in_form": True},
    "passage": {"heading": "Words", "body": "Plain words [S2]."},
    "question": {"question": "Does it hurt?", "answer": "Some."},
    "picture": {"image": f"{'a' * 32}-20x10.webp", "text": "A cheek.", "caption": "Ours.", "consent": "Form 7"},
    "choice": {
        **{"name": "Leave it", "kind": "without", "speaks_for": "No visits.", "speaks_against": "It stays."},
        **{"visits": "None.", "graded_by": "lines"},
    },
    "count": {"label": "Scars [S146]", "affected": 0, "out_of": 60},
    "clinicfield": {"label": "Price", "value": "90 dollars", "meanwhile": "Ask us."},
}


def make_upload(size=(60, 40), kind="PNG", **saved):
    """A drawn picture as a browser sends it."""
    written = BytesIO()
    Image.new("RGB", size, "#a4533a").save(written, kind, **saved)
    return SimpleUploadedFile("cheek.png", written.getvalue())


def make_row(model, version, key="one", sources=(), **fields):
    """A row of that kind; a claim cites these sources, a finding stands behind the version's first claim."""
    if model is Finding:
        fields = {"claim": version.claims.first(), "source": Source.objects.get(key="S2")} | fields
    row = model.objects.create(version=version, key=key, **(ROW_FIELDS[model._meta.model_name] | fields))
    for source in sources:
        ClaimSource.objects.create(claim=row, source=Source.objects.get(key=source))
    return row
