"""What the desk and the clinicians see after signing in: promises, today's consultations, what could go wrong."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from booking.desk.calls import TryAgain
from booking.desk.figures import Span, figures_of
from booking.desk.hoards import hoards, what_was_freed
from booking.desk.telling import calls_owed
from booking.desk.worklist import in_bands
from booking.models import Consultation, ConsultationRequest, Offer, OpenTime, OutboxMail, Quarantine
from booking.schedule.waiting_list import chances
from clinic_site.dates import midnight
from clinic_site.hours import LONGEST_CLOSURE, desk_at, desk_clock
from clinic_site.models import ClosedDay
from clinic_site.staff.home_panels import home_panel

ROWS, LINES = 12, 6
WEEK = 7  # days of the strip
PAGES_WEEKS = 12
CHANGE = "booking.change_consultationrequest"
VIEW = "booking.view_consultationrequest"


@home_panel(VIEW, "admin/booking/home_urgent.html", order=-1)
def trouble_after_treatments(request):
    """Who has trouble after a treatment, until a clinician answers; nothing where there is nobody."""
    urgent = ConsultationRequest.objects.trusted().filter(urgent_at__isnull=False, redacted_at=None)
    rows = list(urgent.select_related("benefit", "treatment").order_by("urgent_at")[: ROWS + 1])
    return {"requests": rows[:ROWS], "more": len(rows) > ROWS} if rows else None


@home_panel(CHANGE, "admin/booking/home_calls.html", order=0)
def calls_to_make(request):
    """Who is to be told something by voice; nothing where there is nobody."""
    owed = calls_owed(ROWS + 1)
    if not owed:
        return None
    more = len(owed) > ROWS
    number = ConsultationRequest.objects.trusted().to_call().count() if more else len(owed)
    return {"owed": owed[:ROWS], "number": number, "more": more, "tries_again": TryAgain.choices}


@home_panel(CHANGE, "admin/booking/home_promises.html", order=1)
def promises(request):
    """Who waits for a word, the oldest promise first; who is to be called stands above."""
    due = ConsultationRequest.objects.for_worklist().awaiting_answer().filter(call_by=None)
    rows, number = list(due[:ROWS]), due.count()
    return {
        "bands": in_bands(rows),
        "number": number,
        "more": number > ROWS,
        "oldest": rows[0] if rows else None,
        "desk": desk_at(timezone.now()),
    }


@home_panel(CHANGE, "admin/booking/home_cannot_stand.html", column="side", order=0)
def cannot_stand(request):
    """What is held or booked although nobody can come then; nothing where there is none."""
    times = OpenTime.objects.cannot_stand().order_by("starts_at").select_related("clinician", "request")
    first, number = first_and_number(times, LINES)
    return {"times": first, "number": number, "more": number > LINES} if first else None


@home_panel("booking.change_opentime", "admin/booking/home_hoards.html", column="side", order=0)
def times_that_are_hoarded(request):
    """Many unconfirmed times that belong together, and for a minute the way back; nothing where there is neither."""
    freed = request.GET.get("freed", "")
    freed, there = freed if what_was_freed(freed, request.user) else "", hoards()
    return {"hoards": there, "freed": freed} if there or freed else None


@home_panel(VIEW, "admin/booking/home_today.html", column="side", order=1)
def consultations_today(request):
    """Who comes today, with arrival marks."""
    today = Consultation.objects.not_cancelled().filter(time__in=OpenTime.objects.on_day(timezone.localdate()))
    return {"consultations": today.select_related("time__clinician", "request").order_by("time__starts_at")}


@home_panel("booking.advise_consultationrequest", "admin/booking/home_questions.html", order=0)
def questions_to_clinicians(request):
    """What the desk asks."""
    flagged = ConsultationRequest.objects.trusted().filter(flagged_at__isnull=False, urgent_at=None)
    flagged = flagged.order_by("flagged_at")
    requests, number = first_and_number(flagged.select_related("benefit", "treatment"), ROWS)
    return {"requests": requests, "number": number}


@home_panel(CHANGE, "admin/booking/home_lapsing.html", column="side", order=2)
def offers_about_to_lapse(request):
    """Offers that lapse before tomorrow is over."""
    soon = timezone.now() + timedelta(days=1)
    lapsing = Offer.objects.waiting().filter(lapses_at__lt=soon).select_related("request").order_by("lapses_at")
    offers, number = first_and_number(lapsing, LINES)
    return {"offers": offers, "number": number}


@home_panel("booking.view_outboxmail", "admin/booking/home_failed.html", column="side", order=3)
def failed_mail(request):
    """Mail that a person has to look after; nothing where there is none."""
    failed = OutboxMail.objects.to_look_after()
    number = failed.count()
    return {"mails": failed.select_related("request")[:LINES], "number": number} if number else None


@home_panel(CHANGE, "admin/booking/home_suspects.html", column="side", order=4)
def suspects(request):
    """Requests that are kept apart; nothing where there are none."""
    held = ConsultationRequest.objects.filter(suspected_since__isnull=False, quarantine=Quarantine.HELD)
    number = held.count()
    return {"requests": held.order_by("-received_at")[:LINES], "number": number} if number else None


@home_panel(CHANGE, "admin/booking/home_chances.html", column="side", order=5)
def free_times_that_match(request):
    """Who waits for an earlier time and can have one, longest first; nothing where there is nobody."""
    found = chances()[:LINES]
    return {"chances": found} if found else None


@home_panel(CHANGE, "admin/booking/home_week.html", order=2)
def load_of_the_week(request):
    """How full the next days are, and how many words are owed on each."""
    days = [timezone.localdate() + timedelta(days=number) for number in range(WEEK)]
    begins, ends = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    states = OpenTime.State
    times = OpenTime.objects.filter(starts_at__gte=begins, starts_at__lt=ends).with_hindrance()
    by_day = {
        row["day"]: row
        for row in times.values("day").annotate(
            booked=Count("pk", filter=Q(state=states.BOOKED)),
            held=Count("pk", filter=Q(state=states.HELD)),
            open=Count("pk", filter=Q(state=states.OPEN, hindrance="")),
        )
    }
    awaiting = ConsultationRequest.objects.awaiting_answer().filter(owed_by__gte=begins)
    owed = list(awaiting.filter(owed_by__lt=ends + LONGEST_CLOSURE).values_list("owed_by", flat=True))
    desk = desk_clock(owed)
    promised = Counter(timezone.localdate(desk.open_before(moment)) for moment in owed)
    closed = dict(ClosedDay.objects.filter(date__in=days).values_list("date", "name"))
    strip = [
        {"day": day, "closed_for": closed.get(day, ""), "promised": promised[day], **_load(by_day.get(day, {}))}
        for day in days
    ]
    return {"days": [day for day in strip if day["closed_for"] or "booked" in day or day["promised"]]}


@home_panel("booking.count_consultationrequest", "admin/booking/home_figures.html", column="side", order=19)
def figures_of_the_week(request):
    """What this week comes to, beside the week before."""
    then, now = figures_of(Span.up_to_now(2)).weeks
    return {"now": now, "then": then}


@home_panel("treatments.change_version", "admin/booking/home_pages.html", column="side", order=18)
def pages_that_lead_to_requests(request):
    """How many asked from each benefit's page and by each campaign; nobody's reading is recorded."""
    if not request.user.has_perm("booking.count_consultationrequest"):
        return None
    figures = figures_of(Span.up_to_now(PAGES_WEEKS))
    return {"pages": figures.pages[:LINES], "campaigns": figures.campaigns[:LINES], "weeks": PAGES_WEEKS}


def first_and_number(records, most):
    """The first of these records, and how many there are in all: counted where there are more alone."""
    first = list(records[: most + 1])
    return first[:most], records.count() if len(first) > most else len(first)


def _load(row):
    """The counts of a day, and a bar of one small block for each of its times."""
    return row | {"bar": [name for name in ("booked", "held", "open") for _time in range(row.get(name, 0))]}
