"""The form, the page after it, and the way back to a lost link."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from booking.forms import ConsultationRequestForm
from booking.models import LinkLookup
from booking.private_forms import FindForm
from booking.private_views import asked_with, link_ended, private, see_other
from booking.services import submit
from booking.spam import suspicions_about
from booking.times import TimeTaken
from clinic_site.hours import reply_by
from clinic_site.models import Clinic
from clinic_site.security import same_origin_only


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_consultation(request):
    return _take_answers(request) if request.method == "POST" else _open_form(request)


@gzip_page
@cache_control(private=True, no_cache=True)
def _open_form(request):
    """
    The form before anything is typed: it holds nothing of anybody.

    The patient's own browser may keep it, so that going back after sending shows the form that was sent, and sending
    that again is known as the same.
    """
    return _form_page(request, ConsultationRequestForm(initial=_carried_from(request.GET), clinic=Clinic.profile()))


@never_cache
def _take_answers(request):
    clinic = Clinic.profile()
    if "carried" in request.POST:
        return _form_page(request, ConsultationRequestForm(initial=_carried_from(request.POST), clinic=clinic))
    form = ConsultationRequestForm(request.POST, clinic=clinic)
    if not form.is_valid():
        form.renew_token_if_refused()
        return _form_page(request, form, status=422)
    form.instance.suspicions = suspicions_about(form, request)
    try:
        kept = submit(form.instance, form.cleaned_data.get("open_time"))
    except TimeTaken as refusal:
        form.ask_for_another_time(refusal)
        return _form_page(request, form, status=422)
    return see_other(kept.get_received_url())


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


@never_cache
@require_safe
def received(request, token):
    asked = asked_with(token)
    if not asked.link_works:
        return link_ended(request)
    told = {"asked": asked, "picked": asked.picked_time, "consultation": asked.consultation}
    return private(request, "booking/received.html", told)


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
