"""The form, the page after it, and the private page. GET and HEAD never change where a request stands."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from booking import wording
from booking.forms import ConsultationRequestForm, FindForm
from booking.models import ConsultationRequest, LinkLookup
from booking.services import submit
from clinic_site.hours import reply_by
from clinic_site.models import Clinic
from clinic_site.security import same_origin_only


@never_cache
@gzip_page
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_consultation(request):
    clinic = Clinic.profile()
    if request.method != "POST" or "carried" in request.POST:
        carried = request.GET if request.method != "POST" else request.POST
        return _form_page(request, ConsultationRequestForm(initial=_carried_from(carried), clinic=clinic))
    form = ConsultationRequestForm(request.POST, clinic=clinic)
    if not form.is_valid():
        form.renew_token_if_refused()
        return _form_page(request, form, status=422)
    return _see_other(submit(form.instance).get_received_url())


def _carried_from(sent):
    """
    What the page that led here brings along: itself, or the answers of its self-check.

    Answers come by POST, so that they stand in no address; nothing is kept before the form itself is sent. The form
    leaves out whatever it does not know.
    """
    return {
        name: value
        for name, value in sent.items()
        if name in ("treatment", "benefit", "campaign") or name.startswith("safety-")
    }


def _form_page(request, form, status=200):
    context = {"form": form, "reply_by": reply_by(timezone.now())}
    return render(request, "booking/request_consultation.html", context, status=status)


def _see_other(url):
    """After a POST, look there by GET (RFC 9110, 15.4.4)."""
    return HttpResponse(status=303, headers={"Location": url})


@never_cache
@require_safe
def received(request, token):
    return _private(request, "booking/received.html", {"asked": _asked_with(token)})


@never_cache
@require_safe
def private_page(request, token):
    asked = _asked_with(token)
    context = {
        "asked": asked,
        "heading": wording.heading(asked),
        "what_is_next": wording.what_is_next(asked),
        "timeline": [(line.at, wording.timeline_line(line)) for line in asked.timeline.for_patient()],
    }
    return _private(request, "booking/private_page.html", context)


def _asked_with(token):
    asked = ConsultationRequest.objects.for_worklist().with_token(token).first()
    if asked is None:
        raise Http404("no request has this link")
    return asked


def _private(request, template, context):
    response = render(request, template, context)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def find(request):
    """Queue a look-up of an address. The answer is the same whether or not anybody has it."""
    form = FindForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            return render(request, "booking/find.html", {"form": form}, status=422)
        LinkLookup.objects.get_or_create(email=form.cleaned_data["email"].lower())
        return redirect(reverse("booking:find") + "?asked=1")
    return render(request, "booking/find.html", {"form": form, "asked": "asked" in request.GET})
