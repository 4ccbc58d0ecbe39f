"""Finds entries of the audit for the manager: by request, by person, by day; and how much each person looked today."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinic_site.audit.subjects import references
from clinic_site.dates import midnight
from clinic_site.models import AuditEntry, StaffMember
from clinic_site.staff.who_looked.wording import SIGNS, did_words, why_words

Action = AuditEntry.Action
SHOWN = 100  # entries on a page
USUAL_DAYS = 14  # that today is held against
FEW = 10  # requests: so few are never called unusual
LOOKS = [Action.LOOKED, Action.SEARCHED, Action.PRINTED, Action.EXPORTED]


@dataclass(frozen=True)
class Line:
    """An entry as the screen shows it."""

    entry: AuditEntry
    who: str
    role: str
    sign: str
    did: str
    why: str
    reference: str


@dataclass(frozen=True)
class Day:
    """How much somebody did today."""

    member: StaffMember
    looks: int
    searches: int
    exports: int
    refused: int
    usual: int | None  # requests a day in the last two weeks, where there were any

    @property
    def is_unusual(self):
        return self.usual is not None and self.looks >= max(FEW, 2 * self.usual)


def lines_of(entries, subject=None) -> list[Line]:
    """These entries in words; `subject` is the request that the reader asks about."""
    entries = list(entries)
    named = {entry.staff_id for entry in entries} | {entry.details.get("member") for entry in entries}
    names = {member.pk: member.shown_name for member in StaffMember.objects.filter(pk__in=named - {None})}
    single = {entry.requests[0] for entry in entries if _is_of_one(entry)}
    about, request_pk = references(single), subject.pk if subject else None
    return [
        Line(
            entry,
            names.get(entry.staff_id, ""),
            entry.role,
            SIGNS[entry.action],
            did_words(entry, names, request_pk),
            why_words(entry, request_pk),
            about.get(entry.requests[0], "") if _is_of_one(entry) else "",
        )
        for entry in entries
    ]


def by_day(lines):
    """The lines under their days, as (day, lines)."""
    grouped = groupby(lines, key=lambda line: timezone.localdate(line.entry.at))
    return [(day, list(of_day)) for day, of_day in grouped]


def today_by_person() -> list[Day]:
    """Who did how much today, who looked most standing first, held against their usual day."""
    today = timezone.localdate()
    entries = AuditEntry.objects.filter(at__gte=midnight(today), staff__isnull=False)
    counts: dict[int, dict] = {}
    for row in entries.values("staff", "action").annotate(n=Count("pk")):
        counts.setdefault(row["staff"], {})[row["action"]] = row["n"]
    usual = _usual(counts, today)
    members = StaffMember.objects.filter(pk__in=counts)
    days = [
        Day(
            member,
            counts[member.pk].get(Action.LOOKED, 0),
            counts[member.pk].get(Action.SEARCHED, 0),
            counts[member.pk].get(Action.PRINTED, 0) + counts[member.pk].get(Action.EXPORTED, 0),
            counts[member.pk].get(Action.REFUSED, 0),
            usual.get(member.pk),
        )
        for member in members
    ]
    return sorted(days, key=lambda day: (-day.looks, day.member.shown_name))


def looks_at(entries) -> tuple[int, int]:
    """How many looks there are among these entries, and by how many people."""
    looks = entries.filter(action__in=LOOKS)
    return looks.count(), looks.order_by().values("staff").distinct().count()


def _usual(members, today):
    """How many looks each of them had on a day of the last two weeks on which they had any."""
    since = midnight(today - timedelta(days=USUAL_DAYS))
    looks = AuditEntry.objects.filter(staff__in=members, at__gte=since, at__lt=midnight(today), action=Action.LOOKED)
    counted: dict[int, list[int]] = {}
    for row in looks.annotate(day=TruncDate("at")).values("staff", "day").annotate(n=Count("pk")):
        counted.setdefault(row["staff"], []).append(row["n"])
    return {member: round(sum(days) / len(days)) for member, days in counted.items()}


def _is_of_one(entry):
    return len(entry.requests) == 1 or "of" in entry.details
