"""The form, the page after it, and the way back to a lost link."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from booking.models import LinkLookup
from booking.patient.private_forms import FindForm
from booking.patient.private_views import link_ended, private, request_with_token, see_other
from booking.patient.request_form import ConsultationRequestForm
from booking.patient.spam import is_past_all_limits, suspicions_about
from booking.patient.time_chooser import day_in
from booking.schedule.times import TimeTaken
from booking.services import submit
from booking.wording import LANGUAGES
from clinic_site.languages import ORIGINAL
from clinic_site.models import Clinic
from clinic_site.security.http import same_origin_only
from clinic_site.security.sources import source_of
from clinic_site.unavailable import AWAY, come_again, keeps_answers

TYPED = {name: ConsultationRequestForm.base_fields[name].label for name in ("name", "email", "phone", "concern")}


@keeps_answers(TYPED)
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_consultation(request):
    return _submit_form(request) if request.method == "POST" else _open_form(request)


@gzip_page
@cache_control(private=True, no_cache=True)
def _open_form(request):
    """
    The form before anything is typed: it holds nothing of anybody.

    The patient's own browser may keep it, so that going back after sending shows the form that was sent, and sending
    that again is known as the same.
    """
    day = day_in(request.GET.get("day"))
    return _form_page(
        request, ConsultationRequestForm(initial=_initial_from(request.GET), clinic=Clinic.profile(), day=day)
    )


@never_cache
def _submit_form(request):
    clinic = Clinic.profile()
    if "carried" in request.POST:
        return _form_page(request, ConsultationRequestForm(initial=_initial_from(request.POST), clinic=clinic))
    if "show_day" in request.POST:
        return _form_page(request, _still_filled_in(request.POST, clinic))
    form = ConsultationRequestForm(request.POST, clinic=clinic)
    if not form.is_valid():
        form.renew_token_if_refused()
        return _form_page(request, form, status=422)
    if is_past_all_limits(request):
        return come_again(_form_page(request, form, status=429))
    form.instance.suspicions = suspicions_about(form, request)
    picked = form.cleaned_data["open_time"]
    try:
        consultation_request = submit(form.instance, picked, source=source_of(request))
    except TimeTaken as refusal:
        form.ask_for_another_time(picked, refusal)
        return _form_page(request, form, status=422)
    except AWAY:  # the write lock is taken, or the database is gone; then this page cannot be made, and `TYPED` is used
        return come_again(_form_page(request, form, status=503))
    return see_other(consultation_request.get_received_url())


def _initial_from(data):
    """
    What the page that led here brings along: itself, or the answers of its self-check.

    Answers come by POST, so that they stand in no address; nothing is kept before the form itself is sent. The form
    leaves out whatever it does not know.
    """
    brought = {
        name: value
        for name, value in data.items()
        if name in ("treatment", "benefit", "campaign") or name.startswith("safety-")
    }
    return brought | _language_of_page() | {name: data.getlist(name) for name in ("skin", "matters") if name in data}


def _language_of_page():
    """Whoever asks on a page in another language is spoken to in it, unless they say otherwise."""
    language = get_language()
    return {"language": language} if language != ORIGINAL and language in dict(LANGUAGES) else {}


def _still_filled_in(data, clinic):
    """The form with everything that was typed, and the times of the day that was chosen; nothing is sent or judged."""
    fields = ConsultationRequestForm.base_fields
    typed = {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields.items()}
    typed |= {name: value for name, value in data.items() if name.startswith("safety-")}
    return ConsultationRequestForm(initial=typed, clinic=clinic, day=day_in(data["show_day"]))


def _form_page(request, form, status=200):
    context = {"form": form, "clinic": form.clinic, "reply_by": form.promise}
    context |= {"not_stored": status in (503, 429), "too_many": status == 429}
    return render(request, "booking/request_consultation.html", context, status=status)


@never_cache
@require_safe
def received(request, token):
    consultation_request = request_with_token(token)
    if not consultation_request.link_works:
        return link_ended(request)
    context = {
        "consultation_request": consultation_request,
        "picked": consultation_request.picked_time,
        "consultation": consultation_request.consultation,
        "link": reverse("booking:private", args=[token]),
        "site_url": settings.SITE_URL,
    }
    return private(request, "booking/received.html", context)


@never_cache
@keeps_answers({"email": FindForm.base_fields["email"].label})
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
    return render(request, "booking/find.html", {"form": form, "is_sent": "asked" in request.GET})
