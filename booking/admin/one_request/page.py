"""All that the page of a request shows."""

from copy import copy

from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking import wording
from booking.admin.one_request.looking import ticked_by_hand
from booking.admin.one_request.personal_data import may_give_data_out
from booking.admin.one_request.sent import NOTE_LENGTH
from booking.desk.calls import TryAgain
from booking.desk.due import due_of
from booking.desk.duplicates import possibly_same_person
from booking.desk.handing_over import who_can_own
from booking.desk.next_steps import next_step_of, previous_and_next, tabs_of
from booking.desk.presence import record_viewer
from booking.desk.steps import what_can_be_undone
from booking.desk.telling import call_owed, how_told
from booking.mail.rendering import render_preview
from booking.models import Event, OutboxMail, PreparedAnswer
from booking.models.timeline import Outcome
from booking.patient.request_form import SAFETY_ANSWERS
from booking.patient.spam import Suspicion
from booking.schedule.suggesting import Part, Wanted, clinicians_to_choose, times_to_offer
from booking.schedule.waiting_list import earlier_times_for
from booking.states import STEPS_BY_HAND, State
from clinic_site.models import Clinic
from clinic_site.numbers import number_in
from clinic_site.staff.unsaved.keeping import newest_unsaved_words, words_put_back
from treatments.models import Caution, Version

STATE_AFTER = {"offer": State.OFFERED, "picked": State.BOOKED, "answer": State.IN_CONVERSATION}
ASK_FOR_NUMBER = _(
    "We tried to call you, but the number that we have does not seem to be yours. Please tell us the right one: you "
    "can change it on this page, under 'How we reach you'."
)
BESIDE_EACH_WAY = ["note"]  # forms that stand on the page whatever its tab is


def page_of(request, consultation_request):
    """What the template shows, by name."""
    tabs = tabs_of(consultation_request)
    put_back = words_put_back(request)
    tab = request.GET.get("way") or (put_back and put_back.form) or next_step_of(consultation_request).tab
    tab = tab if tab in dict(tabs) else next(iter(dict(tabs)), "")
    typed = newest_unsaved_words(request, forms=[tab, *BESIDE_EACH_WAY])
    before, after = previous_and_next(consultation_request)
    timeline = list(consultation_request.timeline.select_related("staff").order_by("-at", "-pk"))
    booked = consultation_request.consultation
    return {
        "consultation_request": consultation_request,
        "due": due_of(consultation_request),
        "tabs": tabs,
        "tab": tab,
        "steps": _steps_by_hand(consultation_request),
        "may_decline": State.DECLINED in consultation_request.next_states,
        "typed": typed,
        "put_back": {form: words.value("note") for form, words in typed.items()},
        **_answer_begun(request, typed),
        **(_times(request, consultation_request, typed) if tab == "offer" else {}),
        "earlier_times": earlier_times_for(booked)[:3],
        "offer": consultation_request.offers.waiting().prefetch_related("times__clinician").first(),
        "consultation": booked,
        "mail_previews": _mails_by_kind(consultation_request, booked),
        "picked": consultation_request.picked_time,
        "outcomes": Outcome.choices,
        "prepared": PreparedAnswer.objects.all(),
        "undo": what_can_be_undone(consultation_request, request.user),
        "how_told": how_told(consultation_request),
        "call_owed": call_owed(consultation_request),
        "suspicions": [
            Suspicion(value).label for value in consultation_request.suspicions if value in Suspicion.values
        ],
        "timeline": timeline,
        "seen": timeline[0].pk if timeline else 0,
        "readers": record_viewer(consultation_request.pk, request.user),
        "mails": consultation_request.mails.all(),
        "others": possibly_same_person(consultation_request),
        "before": before,
        "after": after,
        "tries_again": TryAgain.choices,
        "patient_sees": [wording.heading(consultation_request), wording.what_is_next(consultation_request)],
        "patient_will_see": _patient_page_after(consultation_request, tab),
        "safety_answers": _safety_answers(consultation_request),
        "language": consultation_request.language_name,
        "note_length": NOTE_LENGTH,
        "colleagues": who_can_own(),
        "may_give_data_out": may_give_data_out(request.user),
        "may_advise": request.user.has_perm("booking.advise_consultationrequest"),
    }


def _answer_begun(request, typed):
    """What stands in the answer: what was typed, and below it the prepared one that was asked for."""
    begun = typed["answer"].value("note") if "answer" in typed else ""
    number = number_in(request.GET.get("prepared"))
    prepared = PreparedAnswer.objects.filter(pk=number).first() if number else None
    asked = ASK_FOR_NUMBER if request.GET.get("ask") == "number" else ""
    for words in filter(None, [asked, prepared and prepared.text]):
        begun = begun if str(words) in begun else f"{begun.rstrip()}\n\n{words}".lstrip()
    return {"answer_begun": begun}


def _times(request, consultation_request, typed):
    """The times of the days that were turned to, with those ticked that were ticked before."""
    wanted = Wanted.of(request.GET)
    ticked = ticked_by_hand(typed["offer"].typed) if "offer" in typed else []
    return {
        "times": times_to_offer(consultation_request, wanted, ticked),
        "parts": Part.choices if consultation_request.windows else Part.choices[1:],
        "part": wanted.part or ("" if consultation_request.windows else Part.ANY),
        "clinicians": clinicians_to_choose(),
    }


def _steps_by_hand(consultation_request):
    """The steps that have a button of their own; back from a booked time leads by cancelling that."""
    steps = [state for state in consultation_request.next_states if state in STEPS_BY_HAND]
    return [state for state in steps if (consultation_request.state, state) != (State.BOOKED, State.IN_CONVERSATION)]


def _patient_page_after(consultation_request, tab):
    """Heading and next line of the private page once the step of this way is taken; None where nothing changes."""
    state = STATE_AFTER.get(tab)
    if state not in consultation_request.next_states:
        return None
    then = copy(consultation_request)
    then.state, then.owed_by = state, None
    last = Event(kind=Event.Kind.ANSWER)  # the one step that leads to a conversation here
    return [wording.heading(then, last), wording.what_is_next(then, last)]


def _mails_by_kind(consultation_request, booked):
    """The mails that the buttons of this page would send, as this patient would read them."""
    if not consultation_request.can_be_mailed:
        return {}
    kinds = [OutboxMail.Kind.OFFERED, OutboxMail.Kind.CANCELLED, OutboxMail.Kind.DECLINED]
    time, clinic = booked.time if booked else None, Clinic.profile()
    return {kind.value: render_preview(kind, consultation_request, clinic, time) for kind in kinds}


def _safety_answers(consultation_request):
    """
    The safety questions as they are worded today, with the answers; what is not 'no' stands first. Where treatments
    word one of them each, it is as the treatment of the request does.
    """
    answers = dict(SAFETY_ANSWERS)
    live = Caution.objects.filter(
        version__in=Version.objects.live_at(timezone.now()), key__in=consultation_request.safety
    )
    ours_last = Case(When(version__unit__treatment=consultation_request.treatment_id, then=1), default=0)
    questions = dict(live.order_by(ours_last).values_list("key", "question"))
    answered = [
        (questions.get(key, key), answers[answer], answer == "no")
        for key, answer in consultation_request.safety.items()
    ]
    return sorted(answered, key=lambda line: line[2])
