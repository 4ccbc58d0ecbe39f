"""Pages about the clinic itself, its health, and what to say when something is amiss."""

from datetime import timedelta

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from clinic_site.checks import troubles
from clinic_site.hours import days_ahead, desk_at
from clinic_site.markup import to_html
from clinic_site.models import ClosedDay, Notice, TeamMember
from clinic_site.page_cache import published


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
    return render(request, "clinic_site/notice.html", {"notice": shown, "notice_html": to_html(shown.body)})


@never_cache
@require_safe
def healthz(request):
    """The process is up. Asks nothing else, so that a slow database does not restart a healthy web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    found = troubles()
    return JsonResponse({"ready": not found, "troubles": found}, status=503 if found else 200)


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /consultation/r/", "Disallow: /consultation/received/"]
    sitemap = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse("\n".join([*lines, f"Sitemap: {sitemap}", ""]), content_type="text/plain")


def csrf_failure(request, reason=""):
    """A form came without its token, or from another site: say what to do about it."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
