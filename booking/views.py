"""The form, the page after it, and the private page. GET and HEAD never change where a request stands."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from booking import wording
from booking.forms import ConsultationRequestForm
from booking.models import ConsultationRequest, Event, LinkLookup
from booking.private_forms import AddWordsForm, ChangeContactForm, FindForm
from booking.services import add_words, change_contact, submit, undo_withdrawal, withdraw
from booking.spam import suspicions_about
from booking.states import CAN_WITHDRAW, OPEN, UNDO_WITHDRAWAL, IllegalStep, State
from booking.times import accept, refuse
from clinic_site.hours import reply_by
from clinic_site.models import Clinic
from clinic_site.security import same_origin_only

WHY_LENGTH = 500  # characters


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
    asked = _asked_with(token)
    if not asked.link_works:
        return _link_ended(request)
    return _private(request, "booking/received.html", {"asked": asked})


@never_cache
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def private_page(request, token):
    """Where a request stands. What the patient wishes comes by POST, named by the button that she pressed."""
    asked = _asked_with(token)
    if not asked.link_works:
        return _link_ended(request)
    page = reverse("booking:private", args=[token])
    forms = {
        "add": AddWordsForm(request.POST if "add" in request.POST else None, action=page),
        "contact": ChangeContactForm(
            request.POST if "contact" in request.POST else None,
            instance=ConsultationRequest.objects.get(pk=asked.pk),  # a refused change must not show as made
            action=page,
        ),
    }
    refusal, status = "", 200
    if request.method == "POST":
        try:
            if _fulfil(request.POST, asked, forms):
                return _see_other(page)
            status = 422
        except IllegalStep as error:
            refusal, status = str(error), 409
    context = {
        "asked": asked,
        "heading": wording.heading(asked),
        "what_is_next": wording.what_is_next(asked),
        "progress": wording.progress(asked),
        "timeline": [
            (line.at, wording.timeline_line(line), line.note if line.kind in Event.WORDS_FOR_BOTH else "")
            for line in asked.timeline.for_patient().order_by("-at", "-pk")
        ],
        "forms": forms,
        "can_withdraw": asked.state in CAN_WITHDRAW,
        "can_change": asked.state in OPEN,
        "offer": asked.offers.waiting().prefetch_related("times__clinician").first(),
        "consultation": asked.consultations.filter(state="booked").select_related("time__clinician").first(),
        "undo": asked.state == State.WITHDRAWN and asked.step_to_undo(Event.Actor.PATIENT, within=UNDO_WITHDRAWAL),
        "refusal": refusal,
    }
    return _private(request, "booking/private_page.html", context, status)


def _fulfil(sent, asked, forms):
    """Do what the patient wishes; False where what she typed needs a second look. Raises IllegalStep."""
    if "withdraw" in sent:
        withdraw(asked)
    elif "undo" in sent:
        undo_withdrawal(asked)
    elif "accept" in sent or "none-fits" in sent:
        _answer_offer(sent, asked)
    elif not any(form.is_bound and form.is_valid() for form in forms.values()):
        return False
    elif asked.state not in OPEN:
        raise IllegalStep(_("This request has come to an end, so nothing was added. Call us, or send a new request."))
    elif "add" in sent:
        add_words(asked, forms["add"].cleaned_data["words"])
    else:
        change_contact(forms["contact"].instance)
    return True


def _answer_offer(sent, asked):
    offer = asked.offers.waiting().first()
    if offer is None:
        raise IllegalStep(_("These times are no longer held for you. We will offer you new ones, or call us."))
    offer.request = asked
    if "none-fits" in sent:
        return refuse(offer, sent.get("why", "").strip()[:WHY_LENGTH])
    chosen = sent.get("time", "")
    time = offer.times.filter(pk=chosen).first() if chosen.isdecimal() else None
    if time is None:
        raise IllegalStep(_("Choose one of the times first. Nothing was changed."))
    return accept(offer, time)


def _asked_with(token):
    asked = ConsultationRequest.objects.for_worklist().with_token(token).first()
    if asked is None:
        raise Http404("no request has this link")
    return asked


def _link_ended(request):
    return _private(request, "booking/link_ended.html", {}, status=410)


def _private(request, template, context, status=200):
    response = render(request, template, context, status=status)
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
