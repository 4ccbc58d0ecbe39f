"""Pages that were retired for good: their address says so, or leads on."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.defaults import page_not_found

from treatments.models import OldAddress, Unit


class Gone(Http404):
    """The page that was here is retired; `unit` says which, and where it leads."""

    def __init__(self, unit):
        super().__init__(f"{unit} is retired")
        self.unit = unit


def raise_if_retired(**which):
    """Raise Gone where a unit of that description was retired, or the treatment that it is of."""
    retired = Unit.objects.filter(**which).exclude(retired_at=None).select_related("leads_to__treatment").first()
    if retired:
        raise Gone(retired)


def raise_if_retired_with_its_treatment(treatment, kind, slug):
    """
    Raise Gone where a treatment that is not read any more was retired, or its page at that slug, now or once.

    A page that was retired before for good, or that leads to a page that is still read, keeps its own answer.
    """
    if slug:
        old = OldAddress.objects.filter(treatment__slug=treatment, kind=kind, slug=slug).values_list(
            "unit__slug", flat=True
        )
        pages = Unit.objects.filter(treatment__slug=treatment, kind=kind, slug=old.first() or slug)
        page = pages.exclude(retired_at=None).select_related("leads_to__treatment").first()
        if page and (page.leads_to is None or _is_read(page.leads_to)):
            raise Gone(page)
    raise_if_retired(kind=Unit.Kind.TREATMENT, slug=treatment)


def not_found(request, exception):
    """The answer to an address without a page: 404, for a retired one 410, or the way to the page that it leads to."""
    if not isinstance(exception, Gone):
        return page_not_found(request, exception)
    leads_to = exception.unit.leads_to
    if leads_to and _is_read(leads_to):
        response = HttpResponsePermanentRedirect(leads_to.get_absolute_url())
        response["Cache-Control"] = "max-age=3600"  # staff may call the retirement off
        return response
    return render(request, "410.html", status=410)


def _is_read(unit):
    """Whether patients can read it now."""
    return Unit.objects.offered(timezone.now()).filter(pk=unit.pk).exists()
