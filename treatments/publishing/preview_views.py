"""A draft in its real page, for whoever has the link."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinic_site.numbers import number_in
from clinic_site.security.http import same_origin_only
from treatments.guide.pages import Guide
from treatments.guide.views import benefit_page, section_page
from treatments.models import Unit
from treatments.publishing.comments import CommentForm
from treatments.publishing.previews import link_at


@never_cache
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, token):
    """
    The real page with the newest words of a unit in place, for whoever has the link; a comment is kept for staff.

    No account is needed. Says nothing of other drafts, and stays out of search engines and caches.
    """
    link = link_at(token)
    if link is None:
        response = render(request, "treatments/preview_ended.html", status=404)
    else:
        response = preview_page(request, link.unit.in_language(link.language))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def preview_page(request, unit):
    """The real page with the newest words of a unit in place."""
    draft = unit.newest_version()
    form = CommentForm(request.POST if request.method == "POST" else None, version=_read_by(request, unit) or draft)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(f"{request.path}?said=1#comments")
    guide = Guide(unit.treatment, draft=draft)
    guide.comment_form = form
    if unit.kind == Unit.Kind.BENEFIT:
        return benefit_page(request, guide, draft)
    return section_page(request, guide, draft if unit.kind == Unit.Kind.SECTION else guide.overview)


def _read_by(request, unit):
    """The version that a comment was written about, which may no longer be the newest."""
    return unit.words.filter(number=number_in(request.POST.get("version"))).first()
