"""
The content report: what stops a page, what will soon, and what patients read.

What depends on live words alone is worked out once for each content revision.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from clinic_site.content_revision import KeptUntilChanged
from clinic_site.dates import midnight
from treatments.copy_check.reading import HARDEST_GRADE
from treatments.models import Claim, ClinicField, CopyEvent, Picture, Treatment, Unit, Version
from treatments.models.live import ANY
from treatments.words.checking import References, grade_of, remarks_on
from treatments.words.disagreeing import disagreements, said_live
from treatments.words.length import is_too_long, words_in_sight
from treatments.words.remarks import stops_of
from treatments.words.wording import wordings_of

cache = KeptUntilChanged(most=4)

LAST_SAID = 20  # lines

# The drawings: sheets of 400 wide, a line for each page.
WIDTH, NAMES, LINE, TOP = 400, 130, 17, 6
LOWEST, HIGHEST = 3, 11
BLOCK, GAP, CLAIM_LINE = 18, 3, 24
SHORT_GRADES = {
    Claim.Grade.STRONG: _lazy("Strong"),
    Claim.Grade.FAIR: _lazy("Fair"),
    Claim.Grade.LIMITED: _lazy("Limited"),
    Claim.Grade.UNCLEAR: _lazy("Unclear"),
}


@dataclass(frozen=True)
class GradeDot:
    version: Version
    grade: float
    words: int  # in sight
    x: float
    y: float

    @property
    def is_hard(self):
        return round(self.grade, 1) > HARDEST_GRADE

    @property
    def is_long(self):
        return is_too_long(self.version.unit, self.words)


@dataclass(frozen=True)
class Block:
    """One claim in a horizontal bar; `role` is its grade."""

    x: float
    y: float
    role: str


def drafts_to_mend():
    """
    Drafts that were not sent, the newest first: (version, number of stops).

    Each says in `last_step` whether a clinician sent it back, and in `comments` how many there are on it.
    """
    drafts = Version.objects.drafts().filter(sent_at=None, signed_at=None)
    kinds = CopyEvent.Kind
    steps = CopyEvent.objects.filter(
        version__unit=OuterRef("unit"), kind__in=[kinds.SENT, kinds.SENT_BACK, kinds.SIGNED]
    ).order_by("-pk")
    drafts = drafts.annotate(
        last_step=Subquery(steps.values("kind")[:1]), comments=Count("events", filter=Q(events__kind=kinds.COMMENT))
    )
    versions = list(drafts.select_related("unit__treatment", "written_by").order_by("-written_at"))
    wordings, references = wordings_of(versions), References.load()
    remarks = [remarks_on(wordings[version.pk], version.unit, references) for version in versions]
    return [(version, len(stops_of(each))) for version, each in zip(versions, remarks, strict=True)]


def waiting_for_signoff():
    """What a clinician has to read, the longest wait first."""
    waiting = Version.objects.waiting().annotate(
        comments=Count("events", filter=Q(events__kind=CopyEvent.Kind.COMMENT))
    )
    return waiting.select_related("unit__treatment", "sent_by").order_by("sent_at")


def said_of_drafts():
    """What people asked or said of drafts that nobody has signed, the newest first."""
    same = {"unit": OuterRef("version__unit"), "language": OuterRef("version__language")}
    drafts = Version.objects.drafts().filter(signed_at=None, **same)
    kinds = [CopyEvent.Kind.ASKED, CopyEvent.Kind.COMMENT]
    said = CopyEvent.objects.filter(kind__in=kinds, version__signed_at=None).filter(Exists(drafts))
    return list(said.select_related("version__unit__treatment", "by").order_by("-pk")[:LAST_SAID])


def ready_to_publish():
    """What is signed and neither live nor planned."""
    ready = Version.objects.drafts().filter(signed_at__isnull=False)
    return ready.select_related("unit__treatment", "signed_by").order_by("signed_at")


def taken_down(now):
    """What patients read last of each page that has been taken down."""
    same = Version.objects.filter(unit=OuterRef("unit"), language=OuterRef("language"))
    later = same.filter(live_until__lte=now, live_until__gt=OuterRef("live_until"))
    gone = Version.objects.filter(~Exists(same.live_at(now, ANY)), live_until__lte=now)
    return gone.filter(~Exists(later)).select_related("unit__treatment").order_by("-live_until")


def coming_and_going(now):
    """What changes by the clock alone: (moment, version, comes, goes or picture), the nearest first."""
    versions = Version.objects.select_related("unit__treatment")
    comes = [(version.live_from, version, "comes") for version in versions.coming(now)]
    starts = {(version.unit_id, moment) for moment, version, _comes in comes}
    goes = [
        (version.live_until, version, "goes")
        for version in versions.filter(live_until__gt=now)
        if (version.unit_id, version.live_until) not in starts
    ]
    return sorted([*comes, *goes, *_ending_pictures(now)], key=lambda line: (line[0], line[1].pk))


def _ending_pictures(now):
    """Pictures on live pages that go when their consent ends, a day after its last."""
    live = Version.objects.live_at(now, ANY)
    ending = Picture.objects.filter(version__in=live, consent_until__gte=timezone.localdate(now))
    for picture in ending.select_related("version__unit__treatment"):
        yield midnight(picture.consent_until + timedelta(days=1)), picture.version, "picture"


def fields_to_confirm():
    """Clinic fields of live facts that nobody has filled in yet."""
    live = Version.objects.live_at(timezone.now()).of_kind(Unit.Kind.TREATMENT)
    return ClinicField.objects.filter(version__in=live, value="").select_related("version__unit").order_by("position")


def numbers_that_differ() -> list:
    """Of a treatment that patients read: (a thing of which there are two numbers, what says them)."""
    return cache.get("numbers", _numbers)


def _numbers():
    now = timezone.now()
    return [group for each in Treatment.objects.offered(now) for group in disagreements(said_live(each, now))]


def reading_grades() -> list[GradeDot]:
    """The reading grade of each live page, and where its dot stands in the drawing."""
    return cache.get("grades", _grades)


def _grades():
    live = list(Version.objects.live_at(timezone.now()).in_reading_order())
    wordings = wordings_of(live)
    dots = []
    for number, version in enumerate(live):
        grade = grade_of(wordings[version.pk])
        clamped = min(max(grade, LOWEST), HIGHEST)
        words = words_in_sight(wordings[version.pk])
        dots.append(GradeDot(version, grade, words, place_of_grade(clamped), TOP + LINE * number + LINE / 2))
    return dots


def place_of_grade(grade):
    """How far to the right a grade stands."""
    return NAMES + (grade - LOWEST) / (HIGHEST - LOWEST) * (WIDTH - NAMES - 30)


def about_grades(dots):
    """What the drawing shows, in a sentence."""
    easy = sum(not dot.is_hard for dot in dots)
    values = {"easy": easy, "all": len(dots), "grade": HARDEST_GRADE}
    return (
        ngettext(
            "%(easy)s of %(all)s page reads at grade %(grade)s or less",
            "%(easy)s of %(all)s pages read at grade %(grade)s or less",
            len(dots),
        )
        % values
    )


def claims_by_grade():
    """For each live page with claims: (version, [number of claims of each grade], blocks of the drawing)."""
    return cache.get("claims", _claims)


def _claims():
    live = Version.objects.live_at(timezone.now()).in_reading_order().prefetch_related("claims")
    with_claims = [(version, version.claims.all()) for version in live if version.claims.all()]
    rows = []
    for line, (version, claims) in enumerate(with_claims):
        counts = [sum(claim.grade == grade for claim in claims) for grade in Claim.Grade]
        roles = [grade.value for grade, number in zip(Claim.Grade, counts, strict=True) for _claim in range(number)]
        blocks = [
            Block(NAMES + place * (BLOCK + GAP), TOP + line * CLAIM_LINE, role) for place, role in enumerate(roles)
        ]
        rows.append((version, counts, blocks))
    return rows


def about_claims(rows):
    """What the drawing shows, in a sentence: how many claims stand on limited or unclear evidence."""
    weak = sum(sum(counts[2:]) for _version, counts, _blocks in rows)
    every = sum(sum(counts) for _version, counts, _blocks in rows)
    return _("%(weak)s of %(every)s claims stand on limited or unclear evidence") % {"weak": weak, "every": every}
