"""What the desk and the clinicians see after signing in: promises, today's consultations, what could go wrong."""

from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from booking.admin.questions import in_bands
from booking.figures import Span, figures_of
from booking.models import Consultation, ConsultationRequest, Offer, OpenTime, OutboxMail, Quarantine
from booking.waiting_list import chances
from clinic_site.home import home_panel
from clinic_site.hours import desk_at
from clinic_site.models import ClosedDay

ROWS, LINES = 12, 6
WEEK = 7  # days of the strip
PAGES_WEEKS = 12
CHANGE = "booking.change_consultationrequest"
VIEW = "booking.view_consultationrequest"


@home_panel(CHANGE, "admin/booking/home_promises.html", order=1)
def promises(request):
    """Who waits for a word, the oldest promise first."""
    due = ConsultationRequest.objects.for_worklist().awaiting_answer()
    rows = list(due[: ROWS + 1])
    return {
        "bands": in_bands(rows[:ROWS]),
        "more": len(rows) > ROWS,
        "oldest": rows[0] if rows else None,
        "desk": desk_at(timezone.now()),
    }


@home_panel(VIEW, "admin/booking/home_today.html", column="side", order=1)
def consultations_today(request):
    """Who comes today, with arrival marks."""
    today = Consultation.objects.exclude(state=Consultation.State.CANCELLED).filter(
        time__in=OpenTime.objects.on_day(timezone.localdate())
    )
    return {"consultations": today.select_related("time__clinician", "request").order_by("time__starts_at")}


@home_panel("booking.advise_consultationrequest", "admin/booking/home_questions.html", order=0)
def questions_to_clinicians(request):
    """What the desk asks."""
    asked = ConsultationRequest.objects.trusted().filter(flagged_at__isnull=False).order_by("flagged_at")
    return {"requests": asked.select_related("benefit", "treatment")[:ROWS]}


@home_panel(CHANGE, "admin/booking/home_lapsing.html", column="side", order=2)
def offers_about_to_lapse(request):
    """Offers that lapse before tomorrow is over."""
    soon = timezone.now() + timedelta(days=1)
    lapsing = Offer.objects.waiting().filter(lapses_at__lt=soon).select_related("request").order_by("lapses_at")
    return {"offers": lapsing[:LINES]}


@home_panel("booking.view_outboxmail", "admin/booking/home_failed.html", column="side", order=3)
def failed_mail(request):
    """Mail that a person has to look after; nothing where there is none."""
    failed = OutboxMail.objects.failed()
    number = failed.count()
    return {"mails": failed.select_related("request")[:LINES], "number": number} if number else None


@home_panel(CHANGE, "admin/booking/home_suspects.html", column="side", order=4)
def suspects(request):
    """Requests that are kept apart; nothing where there are none."""
    held = ConsultationRequest.objects.filter(quarantine=Quarantine.HELD)
    number = held.count()
    return {"requests": held.order_by("-received_at")[:LINES], "number": number} if number else None


@home_panel(CHANGE, "admin/booking/home_chances.html", column="side", order=5)
def free_times_that_suit(request):
    """Free times for which somebody waits; nothing where there are none."""
    found = chances()[:LINES]
    return {"chances": found} if found else None


@home_panel(CHANGE, "admin/booking/home_week.html", order=2)
def load_of_the_week(request):
    """How full the next days are, and how many words are owed on each."""
    days = [timezone.localdate() + timedelta(days=number) for number in range(WEEK)]
    begins = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ends = begins + timedelta(days=WEEK + 1)
    states = OpenTime.State
    times = OpenTime.objects.filter(starts_at__gte=begins, starts_at__lt=ends).annotate(day=TruncDate("starts_at"))
    by_day = {
        row["day"]: row
        for row in times.values("day").annotate(
            booked=Count("pk", filter=Q(state=states.BOOKED)),
            held=Count("pk", filter=Q(state=states.HELD)),
            open=Count("pk", filter=Q(state=states.OPEN)),
        )
    }
    owed = ConsultationRequest.objects.awaiting_answer().filter(owed_by__gte=begins, owed_by__lt=ends)
    promised = dict(owed.annotate(day=TruncDate("owed_by")).values_list("day").annotate(Count("pk")))
    closed = dict(ClosedDay.objects.filter(date__in=days).values_list("date", "name"))
    strip = [
        {"day": day, "closed_for": closed.get(day, ""), "promised": promised.get(day, 0), **_load(by_day.get(day, {}))}
        for day in days
    ]
    return {"days": [day for day in strip if day["closed_for"] or "booked" in day or day["promised"]]}


@home_panel("booking.count_consultationrequest", "admin/booking/home_figures.html", column="side", order=19)
def figures_of_the_week(request):
    """What this week comes to, beside the week before."""
    span = Span.up_to_now(1)
    return {"now": figures_of(span).all, "then": figures_of(span.before).all}


@home_panel("treatments.change_version", "admin/booking/home_pages.html", column="side", order=18)
def pages_that_lead_to_requests(request):
    """How many asked from each benefit's page and by each campaign; nobody's reading is recorded."""
    if not request.user.has_perm("booking.count_consultationrequest"):
        return None
    figures = figures_of(Span.up_to_now(PAGES_WEEKS))
    return {"pages": figures.pages[:LINES], "campaigns": figures.campaigns[:LINES], "weeks": PAGES_WEEKS}


def _load(row):
    """The counts of a day, and a bar of one small block for each of its times."""
    return row | {"bar": [name for name in ("booked", "held", "open") for _time in range(row.get(name, 0))]}
