"""What a private link opens: the page on which a patient follows her request, its calendar file, a clinician's feed."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import consultations, links, services, wording
from booking.calendar_files import clinician_feed, consultation_file
from booking.models import Clinician, ConsultationRequest, Event
from booking.private_forms import AddWordsForm, ChangeContactForm
from booking.states import CAN_WITHDRAW, OPEN, UNDO_WITHDRAWAL, IllegalStep, State
from booking.times import accept, refuse
from clinic_site.security import same_origin_only

WHY_LENGTH = 500  # characters


@never_cache
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def private_page(request, token):
    """
    Where a request stands. What the patient wishes comes by POST, named by the button that she pressed.

    GET and HEAD never change it.
    """
    asked = asked_with(token)
    if not asked.link_works:
        return link_ended(request)
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
                return see_other(page)
            status = 422
        except IllegalStep as error:
            refusal, status = str(error), 409
            asked = asked_with(token)
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
        "can_change": asked.state in OPEN,
        "offer": asked.offers.waiting().prefetch_related("times__clinician").first(),
        "picked": asked.picked_time,
        "undo": asked.state == State.WITHDRAWN and asked.step_to_undo(Event.Actor.PATIENT, within=UNDO_WITHDRAWAL),
        "refusal": refusal,
        **_about_consultation(asked),
    }
    return private(request, "booking/private_page.html", context, status)


def _about_consultation(asked):
    """What is booked, how to prepare for it, and whether it is still the patient's to change on her page."""
    consultation = asked.consultation
    try:
        if consultation:
            consultations.stop_if_late(consultation)
        late = ""
    except IllegalStep as refusal:
        late = str(refusal)
    return {
        "consultation": consultation,
        "preparation": wording.preparation(consultation) if consultation else [],
        "cancelled": asked.consultations.filter(state="cancelled").exists() and not consultation,
        "late": late,
        "can_withdraw": asked.state in CAN_WITHDRAW and not late,
    }


def _fulfil(sent, asked, forms):
    """Do what the patient wishes; False where what she typed needs a second look. Raises IllegalStep."""
    for wish, act in WISHES.items():
        if wish in sent:
            act(asked, sent)
            return True
    if not any(form.is_bound and form.is_valid() for form in forms.values()):
        return False
    if asked.state not in OPEN:
        raise IllegalStep(_("This request has come to an end, so nothing was added. Call us, or send a new request."))
    if "add" in sent:
        services.add_words(asked, forms["add"].cleaned_data["words"])
    else:
        services.change_contact(forms["contact"].instance)
    return True


def _accept(asked, sent):
    offer = _waiting_offer(asked)
    chosen = sent.get("time", "")
    time = offer.times.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if time is None:
        raise IllegalStep(_("Choose one of the times first. Nothing was changed."))
    accept(offer, time)


def _waiting_offer(asked):
    offer = asked.offers.waiting().first()
    if offer is None:
        raise IllegalStep(_("These times are no longer held for you. We will offer you new ones, or call us."))
    offer.request = asked
    return offer


def _why(sent):
    return sent.get("why", "").strip()[:WHY_LENGTH]


WISHES = {
    "withdraw": lambda asked, sent: services.withdraw(asked),
    "undo": lambda asked, sent: services.undo_withdrawal(asked),
    "accept": _accept,
    "none-fits": lambda asked, sent: refuse(_waiting_offer(asked), _why(sent)),
    "confirm": lambda asked, sent: consultations.confirm(asked),
    "cannot-come": lambda asked, sent: consultations.cannot_come(asked, _why(sent)),
    "other-time": lambda asked, sent: consultations.ask_for_another_time(asked, _why(sent)),
    "earlier": lambda asked, sent: consultations.wait_for_earlier(asked),
    "not-earlier": lambda asked, sent: consultations.wait_for_earlier(asked, waits=False),
}


@never_cache
@require_safe
def calendar_file(request, token):
    """The latest consultation of a request for the patient's calendar; what takes it out, where it was cancelled."""
    asked = asked_with(token)
    if not asked.link_works:
        return link_ended(request)
    consultation = asked.consultations.select_related("time", "request").order_by("pk").last()
    if consultation is None:
        raise Http404("nothing is booked for this request")
    return _calendar(consultation_file(consultation))


@never_cache
@require_safe
def feed(request, token):
    """A clinician's booked times, for her own calendar: references and times alone."""
    clinician = Clinician.objects.filter(feed_digest=links.digest_of(token)).first()
    if clinician is None:
        raise Http404("no feed has this address")
    return _calendar(clinician_feed(clinician))


def _calendar(content):
    disposition = 'attachment; filename="consultation.ics"'
    headers = {"Content-Disposition": disposition, "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def see_other(url):
    """After a POST, look there by GET (RFC 9110, 15.4.4)."""
    return HttpResponse(status=303, headers={"Location": url})


def asked_with(token):
    asked = ConsultationRequest.objects.for_worklist().with_token(token).first()
    if asked is None:
        raise Http404("no request has this link")
    return asked


def link_ended(request):
    return private(request, "booking/link_ended.html", {}, status=410)


def private(request, template, context, status=200):
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
