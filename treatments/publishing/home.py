"""What those who write and answer for the copy see after signing in: the content report, panel by panel."""

from django.utils import timezone

from clinic_site.staff.home_panels import home_panel
from treatments.models import Claim, MissedSearch, Unit, Version
from treatments.models.live import ANY
from treatments.publishing import content_report as report
from treatments.publishing.reviews import due_for_review

LINES = 4
VIEW, CHANGE = "treatments.view_version", "treatments.change_version"


@home_panel(VIEW, "admin/treatments/home_signoff.html", order=20)
def waiting_for_signoff(request):
    """What a clinician has to read."""
    return {"waiting": report.waiting_for_signoff()}


@home_panel(CHANGE, "admin/treatments/home_ready.html", order=18)
def ready_to_publish(request):
    """What is signed and not published, and pages that were taken down; nothing where there is neither."""
    ready, down = list(report.ready_to_publish()), list(report.taken_down(timezone.now()))
    return {"ready": ready, "down": down} if ready or down else None


@home_panel(CHANGE, "admin/treatments/home_drafts.html", order=19)
def drafts(request):
    """Drafts that were not sent yet, with what stops them."""
    return {"drafts": report.drafts_to_mend()}


@home_panel("treatments.sign_version", "admin/treatments/home_said.html", order=19)
def said_of_drafts(request):
    """What people asked a clinician or said of drafts that nobody has signed yet; nothing where nobody did."""
    events = report.said_of_drafts()[: 2 * LINES]
    return {"events": events} if events else None


@home_panel(VIEW, "admin/treatments/home_reviews.html", order=21)
def reviews(request):
    """Live pages whose review is overdue or near, and how many nobody has signed."""
    today = timezone.localdate()
    due = [(version, (version.review_due - today).days) for version in due_for_review(today)]
    live = Version.objects.live_at(timezone.now(), ANY).filter(unit__kind__in=Unit.Kind)
    return {"due": due, "unsigned": live.filter(signed_at=None).count()}


@home_panel(VIEW, "admin/treatments/home_coming.html", order=22)
def coming(request):
    """What changes by itself, and when."""
    return {"lines": report.coming_and_going(timezone.now())}


@home_panel(CHANGE, "admin/treatments/home_fields.html", column="side", order=17)
def fields_to_confirm(request):
    """What only the clinic can say, and what pages say until then."""
    return {"fields": report.fields_to_confirm()}


@home_panel(CHANGE, "admin/treatments/home_numbers.html", order=20)
def numbers_that_differ(request):
    """Two numbers of one thing on live pages; nothing where all agree."""
    groups = report.numbers_that_differ()
    return {"groups": groups} if groups else None


@home_panel("treatments.view_missedsearch", "admin/treatments/home_missed.html", column="side", order=18)
def missed_searches(request):
    """What readers searched for on three days or more and did not find; nothing where they found all."""
    missed = MissedSearch.objects.exclude(words="")[:LINES]
    return {"missed": missed} if missed else None


@home_panel(VIEW, "admin/treatments/home_copy.html", order=23)
def newest_copy(request):
    """The pages that changed last, the newest first, each with its way to the words and to the page itself."""
    live = Version.objects.live_at(timezone.now(), ANY).filter(unit__kind__in=Unit.Kind)
    newest = live.select_related("unit__treatment", "written_by").order_by("-live_from", "-pk")[:LINES]
    return {"versions": newest}


@home_panel(CHANGE, "admin/treatments/home_grades.html", column="third", order=1)
def reading_grades(request):
    """How hard each page is to read."""
    dots = report.reading_grades()
    scale = [(grade, report.place_of_grade(grade)) for grade in range(4, report.HIGHEST, 2)]
    height = report.TOP + report.LINE * len(dots)
    aim = report.place_of_grade(report.HARDEST_GRADE)
    hard = sorted((dot for dot in dots if dot.is_hard), key=lambda dot: -dot.grade)
    return {
        "dots": dots,
        "about": report.about_grades(dots),
        "scale": scale,
        "height": height,
        "aim": aim,
        "left": report.NAMES,
        "hard": hard,
        "long": sorted((dot for dot in dots if dot.is_long), key=lambda dot: -dot.words),
    }


@home_panel(CHANGE, "admin/treatments/home_claims.html", column="third", order=2)
def claims_by_grade(request):
    """How well what the pages claim is supported."""
    rows = report.claims_by_grade()
    return {
        "rows": rows,
        "about": report.about_claims(rows),
        "grades": [(grade.value, grade.label, report.SHORT_GRADES[grade]) for grade in Claim.Grade],
        "height": report.CLAIM_LINE * len(rows) + 4,
    }
