"""Pages about the clinic itself, its health, and what to say when something is amiss."""

import sys
from datetime import UTC, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from clinic_site.audit.looking import not_written
from clinic_site.audit.recording import NotWritten
from clinic_site.health.checks import is_ready
from clinic_site.health.probes import quiet
from clinic_site.hours import days_ahead, desk_at
from clinic_site.languages import ORIGINAL
from clinic_site.models import Clinic, ClosedDay, Notice, TeamMember
from clinic_site.pages.down import is_down
from clinic_site.pages.first_visit import FIRST_VISIT
from clinic_site.pages.markup import page_html, with_anchors
from clinic_site.pages.page_cache import published
from clinic_site.unavailable import AWAY, said_without_database, unavailable

SECURITY_CONTACT_LASTS = timedelta(days=180)  # RFC 9116, 2.5.5: less than a year


@cache_control(no_cache=True)
@gzip_page
@require_safe
def visit(request):
    """Says whether the desk is there now, so it is made anew each time."""
    now = timezone.localtime()
    week = days_ahead(now.date())
    context = {
        "now": now,
        "desk": desk_at(now),
        "week": week,
        "closed_days": ClosedDay.objects.upcoming(week[-1]["date"] + timedelta(days=1))[:8],
        "first_visit": FIRST_VISIT,
    }
    return render(request, "clinic_site/visit.html", context)


@require_safe
@published
def team(request):
    people = list(TeamMember.objects.all())
    if not people:
        raise Http404("nobody has been entered yet")
    return render(request, "clinic_site/team.html", {"people": people})


@require_safe
@published
def notice(request, slug):
    shown = get_object_or_404(Notice.objects.shown(), slug=slug)
    html = with_anchors(page_html(shown.body, is_down=is_down))
    context = {"notice": shown, "notice_html": html, "words_in": ORIGINAL}
    return render(request, "clinic_site/notice.html", context)


@never_cache
@require_safe
def healthz(request):
    """The process is up. Asks nothing else, so that a slow database does not restart a healthy web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """Yes or no; what is wrong, `manage.py doctor` tells the operator alone."""
    ready = is_ready()
    return quiet(JsonResponse({"ready": ready}, status=200 if ready else 503))


def server_error(request):
    """What a request ends with that nobody expected: 503 where the database or the audit does not answer, else 500."""
    error = sys.exc_info()[1]
    if isinstance(error, NotWritten):
        return not_written(request, error)
    if isinstance(error, AWAY):
        return unavailable(request, error)
    return HttpResponse(render_to_string("500.html", said_without_database(request)), status=500)


def bad_request(request, exception=None):
    """What cannot be read, or was meant for another host."""
    return HttpResponse(render_to_string("400.html", said_without_database(request)), status=400)


@require_safe
def security_contact(request):
    """Where to say that something is unsafe (RFC 9116), from the clinic's record."""
    clinic = Clinic.profile()
    ends = (timezone.now() + SECURITY_CONTACT_LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{clinic.desk_email}",
        f"Contact: {clinic.phone_day.as_rfc3966}",
        f"Expires: {ends.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def robots(request):
    """What search engines leave alone: what staff open, and the private pages, in each language."""
    prefixes = ["", *(f"/{language}" for language in Clinic.profile().languages)]
    private = [f"{prefix}/consultation/{page}/" for prefix in prefixes for page in ("r", "received")]
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in ["/admin/", *private])]
    return HttpResponse("\n".join([*lines, f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]), content_type="text/plain")
