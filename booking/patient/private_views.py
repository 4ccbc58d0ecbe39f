"""What a private link opens: a patient's page about their request, its calendar file, and a clinician's feed."""

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import links, services, wording
from booking.mail.calendar_files import clinician_feed, consultation_file
from booking.models import Clinician, ConsultationRequest, Event, OpenTime
from booking.patient.private_forms import AddWordsForm, CorrectContactForm
from booking.patient.ticket import asks_to_confirm, ticket_of
from booking.patient.time_chooser import TimeChooser, clinicians_by_slug, day_in
from booking.schedule import consultations
from booking.schedule.constraints import constraints_refuse
from booking.schedule.picking import pick_later
from booking.schedule.times import accept, refuse
from booking.schedule.undoing import as_step_of_patient
from booking.states import CAN_WITHDRAW, OPEN, IllegalStep, State
from booking.validators import with_short_line_ends
from booking.wishes import TimeBy
from clinic_site.audit.recording import Action, reading, record
from clinic_site.hours import reply_by
from clinic_site.models import Clinic, SelfPick
from clinic_site.numbers import number_in
from clinic_site.security.http import same_origin_only
from clinic_site.security.sources import source_of
from clinic_site.unavailable import keeps_answers

WHY_LENGTH = 500  # characters
CAN_PICK = [State.RECEIVED, State.IN_CONVERSATION, State.OFFERED]
TYPED = {
    "words": AddWordsForm.base_fields["words"].label,
    "name": CorrectContactForm.base_fields["name"].label,
    "email": CorrectContactForm.base_fields["email"].label,
    "phone": CorrectContactForm.base_fields["phone"].label,
    "why": gettext_lazy("What you wrote"),
}


@never_cache
@keeps_answers(TYPED)
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def private_page(request, token):
    """
    Where a request stands. What the patient wants done comes by POST, named by the button that they pressed.

    GET and HEAD never change it.
    """
    page, file = (reverse(f"booking:{name}", args=[token]) for name in ("private", "calendar_file"))
    consultation_request = request_with_token(token)
    if not request.user.is_staff:
        return show_private_page(request, consultation_request, page, file)
    record(Action.LOOKED, request.user, request, page="private", about=[consultation_request.pk])
    return show_private_page(request, consultation_request, page, file, request.user)


def show_private_page(request, consultation_request, page, file="", staff=None):
    """
    A request's private page at that address, with what was pressed on it done.

    What a member of staff presses is recorded as theirs; `file` is the address of the calendar file, which has the
    patient's link in it.
    """
    if not consultation_request.link_works:
        return link_ended(request)
    consultation_request.pressed_by = staff
    forms = _forms_for(request, consultation_request, page)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            with constraints_refuse(consultation_request):
                done = _do_action(request, consultation_request, forms)
            if done:
                return see_other(page)
            status = 422
        except services.ChangedMeanwhile as error:
            status = 409
            forms["contact"].look_again(str(error))
            consultation_request.refresh_from_db()
        except IllegalStep as error:
            refusal, status = str(error), 409
            consultation_request.refresh_from_db()
    context = _about_request(consultation_request) | _about_consultation(consultation_request)
    context |= _ticket(context)
    context |= _choosing(request, context)
    context |= {"forms": forms, "refusal": refusal, "page": page, "file": file, "staff": staff}
    context["filled"] = _filled_button(context)
    return private(request, "booking/private_page.html", context, status)


def _forms_for(request, consultation_request, page):
    """The forms of the page by the names of their buttons; what was sent is in the one whose button was pressed."""
    to_change = consultation_request
    if "contact" in request.POST:  # one of its own: a refused change must not show as made
        to_change = ConsultationRequest.objects.get(pk=consultation_request.pk)
        to_change.pressed_by = consultation_request.pressed_by
    return {
        "add": AddWordsForm(request.POST if "add" in request.POST else None, action=page),
        "contact": CorrectContactForm(
            request.POST if "contact" in request.POST else None,
            instance=to_change,
            action=page,
        ),
    }


def _about_request(consultation_request):
    """Where the request stands, what happened so far, and what the patient can do next."""
    prefetch_related_objects([consultation_request], "timeline")  # read once for all that is said of it
    timeline = list(consultation_request.timeline.all())
    last_change = next((line for line in reversed(timeline) if line.kind in Event.CHANGES), None)
    lines = [line for line in reversed(timeline) if line.is_for_patient]
    undone = {line.was["undoes"] for line in lines if "undoes" in line.was}
    lines = [line for line in lines if line.was.get("said_with") not in undone]
    return {
        "consultation_request": consultation_request,
        "progress": wording.progress(consultation_request),
        "timeline": [(line.at, wording.timeline_line(line), line.words_for_patient) for line in lines],
        "last_line": wording.timeline_line(lines[0], words_follow=False) if lines else "",
        "last_change": last_change,
        "can_change": consultation_request.state in OPEN,
        "offer": consultation_request.offers.waiting().prefetch_related("times__clinician").first(),
        "picked": consultation_request.picked_time,
        "undo": as_step_of_patient(last_change, consultation_request),
    }


def _about_consultation(consultation_request):
    """What is booked, how to prepare for it, and whether it is still the patient's to change on their page."""
    consultation = consultation_request.consultation
    try:
        if consultation:
            consultations.stop_if_late(consultation)
        late = ""
    except IllegalStep as refusal:
        late = str(refusal)
    return {
        "consultation": consultation,
        "preparation": wording.preparation(consultation) if consultation else [],
        "cancelled": consultation_request.consultations.filter(state="cancelled").exists() and not consultation,
        "late": late,
        "can_withdraw": consultation_request.state in CAN_WITHDRAW and not late,
    }


def _ticket(context):
    """What stands first, and whether the patient is asked to say that they come."""
    consultation, last = context["consultation"], context["last_change"]
    return {
        "ticket": ticket_of(context["consultation_request"], consultation, context["picked"], last),
        "asks_to_confirm": bool(consultation) and asks_to_confirm(consultation, last, context["offer"]),
    }


def _filled_button(context):
    """The one button of the page that is filled: what most probably is to be done next, and was not just done."""
    undo, consultation = context["undo"], context["consultation"]
    wants_a_call = context["consultation_request"].time_by == TimeBy.CALL
    wanted = {
        "choose": context.get("chooser"),
        "undo": undo and undo.kind != undo.Kind.MOVED,
        "offer": context["offer"],
        "confirm": context["asks_to_confirm"],
        "calendar": consultation and not consultation.has_begun,
        "choose-later": context.get("can_choose") and not context["picked"] and not wants_a_call,
    }
    return next((name for name, is_wanted in wanted.items() if is_wanted), "")


def _choosing(request, context):
    """Whether the patient may pick a time, or move what is booked; once they ask for them, the times to choose from."""
    consultation_request, consultation = context["consultation_request"], context["consultation"]
    clinic = Clinic.profile()
    can_choose = not context["late"] if consultation else consultation_request.state in CAN_PICK
    if not can_choose or clinic.self_pick == SelfPick.NONE:
        return {"clinic": clinic}
    if not {"choose", "day"} & request.GET.keys():
        return {"clinic": clinic, "can_choose": True}
    promise = consultation_request.owed_by or reply_by(timezone.now())
    objects = OpenTime.objects
    times = objects.to_move_to(clinic) if consultation else objects.to_pick(clinic, promise)
    if consultation_request.interpreter:
        times = times.filter(with_interpreter=True)
    day, several = day_in(request.GET.get("day")), len(clinicians_by_slug()) > 1
    chooser = TimeChooser(times, day, chosen=context["picked"], with_names=several)
    return {"clinic": clinic, "can_choose": True, "chooser": chooser}


def _do_action(request, consultation_request, forms):
    """Do what the patient asks for; False where what they typed needs a second look. Raises IllegalStep."""
    for name, act in ACTIONS.items():
        if name in request.POST:
            act(consultation_request, request)
            return True
    if not any(form.is_bound and form.is_valid() for form in forms.values()):
        return False
    if "contact" in request.POST:
        services.correct_contact(forms["contact"].instance, seen=forms["contact"].cleaned_data["seen"])
        return True
    if consultation_request.state not in OPEN:
        raise IllegalStep(_("This request has come to an end, so nothing was added. Call us, or send a new request."))
    services.add_words(consultation_request, **forms["add"].cleaned_data)
    return True


def _accept(consultation_request, request):
    offer = _waiting_offer(consultation_request)
    time = offer.times.filter(pk=number_in(request.POST.get("time"))).first()
    if time is None:
        raise IllegalStep(_("Choose one of the times first. Nothing was changed."))
    accept(offer, time)


def _chosen_time(request):
    time = OpenTime.objects.filter(pk=number_in(request.POST.get("open_time"))).first()
    if time is None:
        raise IllegalStep(_("Choose one of the times first. Nothing was changed."))
    return time


def _waiting_offer(consultation_request):
    offer = consultation_request.offers.waiting().first()
    if offer is None:
        raise IllegalStep(_("These times are no longer held for you. We will offer you new ones, or call us."))
    offer.request = consultation_request
    return offer


def _reason(request):
    return with_short_line_ends(request.POST.get("why", "")).strip()[:WHY_LENGTH]


ACTIONS = {
    "withdraw": lambda asked, request: services.withdraw(asked),
    "undo": lambda asked, request: services.undo_by_patient(asked),
    "accept": _accept,
    "pick": lambda asked, request: pick_later(asked, _chosen_time(request), source_of(request)),
    "move": lambda asked, request: consultations.move_by_patient(asked, _chosen_time(request)),
    "none-fits": lambda asked, request: refuse(_waiting_offer(asked), _reason(request)),
    "confirm": lambda asked, request: consultations.confirm(asked),
    "cannot-come": lambda asked, request: consultations.cannot_come(asked, _reason(request)),
    "other-time": lambda asked, request: consultations.ask_for_another_time(asked, _reason(request)),
    "earlier": lambda asked, request: consultations.wait_for_earlier(asked),
    "not-earlier": lambda asked, request: consultations.wait_for_earlier(asked, waits=False),
}


@never_cache
@require_safe
def calendar_file(request, token):
    """The latest consultation of a request for the patient's calendar; what takes it out, where it was cancelled."""
    consultation_request = request_with_token(token)
    if not consultation_request.link_works:
        return link_ended(request)
    consultation = consultation_request.consultations.select_related("time", "request").order_by("pk").last()
    if consultation is None:
        raise Http404("nothing is booked for this request")
    return _calendar(consultation_file(consultation))


@never_cache
@require_safe
def feed(request, token):
    """A clinician's booked times, for their own calendar: references and times alone."""
    clinician = Clinician.objects.filter(feed_digest=links.digest_of(token)).first()
    if clinician is None:
        raise Http404("no feed has this address")
    with reading() as read:
        file = clinician_feed(clinician)
    record(Action.LOOKED, page="feed", about=read, details={"clinician": clinician.pk})
    return _calendar(file)


def _calendar(content):
    disposition = 'attachment; filename="consultation.ics"'
    headers = {"Content-Disposition": disposition, "X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def see_other(url):
    """After a POST, look there by GET (RFC 9110, 15.4.4)."""
    return HttpResponse(status=303, headers={"Location": url})


def request_with_token(token):
    consultation_request = ConsultationRequest.objects.for_worklist().with_token(token).first()
    if consultation_request is None:
        raise Http404("no request has this link")
    return consultation_request


def link_ended(request):
    return private(request, "booking/link_ended.html", {}, status=410)


def private(request, template, context, status=200):
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
