"""The front desk's side of a request: what to answer next, what happened, and the next step."""

from copy import copy
from datetime import timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking import wording
from booking.admin.calendar import back_to
from booking.admin.phone_in import PhoneInForm, possible_duplicates
from booking.admin.wishes import NOTE_LENGTH, WISHES
from booking.admin.worklist import WorklistPages
from booking.calls import TryAgain, advise, keep_phoned_in
from booking.desk import what_can_be_undone
from booking.due import due_of
from booking.duplicates import others_of
from booking.forms import LANGUAGES, SAFETY_ANSWERS
from booking.letters import write
from booking.models import ConsultationRequest, Event, Offer, OpenTime, OutboxMail, PreparedAnswer
from booking.models.timeline import Outcome
from booking.next_steps import next_step_of, promises_beside, ways_of
from booking.presence import note_reader
from booking.spam import Suspicion
from booking.states import STEPS_BY_HAND, IllegalStep, State
from booking.typed import number_in
from booking.waiting_list import earlier_times_for
from clinic_site.models import Clinic
from treatments.models import Caution, Version

TIMES_READ, DAYS_SHOWN = 400, 5
SUGGESTED_NOTICE = timedelta(hours=2)  # nobody is offered a time that is nearer, unless it is ticked by hand
STATE_AFTER = {"offer": State.OFFERED, "picked": State.BOOKED, "answer": State.IN_CONVERSATION}
KEPT = ["state", "time", "outcome", "again", "other", "back"]  # of what was sent, beside what was typed
QUIET = [
    Event.Kind.NOTE,
    Event.Kind.TAKEN,
    Event.Kind.LINK_SENT_AGAIN,
    Event.Kind.SAME,
    Event.Kind.NOT_SAME,
]  # lines that change nothing for others


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(WorklistPages, admin.ModelAdmin):
    change_form_template = "admin/booking/request.html"

    def has_add_permission(self, request):
        """Who may change requests may write one down from the telephone."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return []

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("add/", wrap(self.phone_in_view), name="booking_consultationrequest_add"),
            path("duplicates/", wrap(self.duplicates_view), name="booking_consultationrequest_duplicates"),
            path("<int:pk>/do/<slug:wish>/", wrap(require_POST(self.act_view)), name="booking_consultationrequest_act"),
            path("<int:pk>/advise/", wrap(require_POST(self.advise_view)), name="booking_consultationrequest_advise"),
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The request's own page shows and links; each change is a small POST of its own."""
        if request.method == "POST":
            raise PermissionDenied
        asked = self.get_object(request, object_id)
        if asked is not None:
            extra_context = (extra_context or {}) | self._page_of(request, asked)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _page_of(self, request, asked):
        """All that the request's page shows."""
        ways = ways_of(asked)
        way = request.GET.get("way") or next_step_of(asked).way
        way = way if way in dict(ways) else next(iter(dict(ways)), "")
        before, after = promises_beside(asked)
        timeline = list(asked.timeline.select_related("staff").order_by("-at", "-pk"))
        return {
            "asked": asked,
            "due": due_of(asked),
            "ways": ways,
            "way": way,
            "steps": _steps_by_hand(asked),
            "free_times": _times_ahead(asked, "all" in request.GET),
            "all_times": "all" in request.GET,
            "earlier_times": earlier_times_for(asked.consultation)[:3],
            "offer": asked.offers.waiting().prefetch_related("times__clinician").first(),
            "consultation": asked.consultation,
            "letters": _letters(asked),
            "picked": asked.picked_time,
            "outcomes": Outcome.choices,
            "prepared": PreparedAnswer.objects.all(),
            "words": PreparedAnswer.objects.filter(pk=number_in(request.GET.get("prepared"))).first(),
            "undo": what_can_be_undone(asked, request.user),
            "suspicions": [Suspicion(value).label for value in asked.suspicions if value in Suspicion.values],
            "timeline": timeline,
            "seen": timeline[0].pk if timeline else 0,
            "readers": note_reader(asked.pk, request.user),
            "mails": asked.mails.all(),
            "others": others_of(asked),
            "before": before,
            "after": after,
            "tries_again": TryAgain.choices,
            "patient_sees": [wording.heading(asked), wording.what_is_next(asked)],
            "patient_will_see": _seen_after(asked, way),
            "safety_answers": _safety_answers(asked),
            "language": dict(LANGUAGES).get(asked.language, asked.language),
            "note_length": NOTE_LENGTH,
            "may_advise": request.user.has_perm("booking.advise_consultationrequest"),
        }

    def act_view(self, request, pk, wish):
        """
        Do what a button of the request's page asks for, and say what came of it.

        Where a colleague has changed the request since that page was made, show that first: nothing typed is lost.
        """
        if wish not in WISHES:
            raise Http404("no button asks for that")
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(ConsultationRequest, pk=pk)
        if since := _changed_since(asked, request):
            return self._not_done(request, asked, since=since, seen=since[-1].pk)
        return self._done(request, asked, lambda: WISHES[wish](request, asked))

    def advise_view(self, request, pk):
        """A clinician answers the desk."""
        if not request.user.has_perm("booking.advise_consultationrequest"):
            raise PermissionDenied
        asked = get_object_or_404(ConsultationRequest, pk=pk)

        def answer():
            advise(asked, request.user, request.POST.get("note", "").strip()[:NOTE_LENGTH])
            return _("Your answer is in the timeline, and the desk goes on from there.")

        return self._done(request, asked, answer)

    def phone_in_view(self, request):
        """Somebody is on the telephone. Who may be here already is shown before a second request is kept."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PhoneInForm(request.POST or None)
        duplicates, status = [], 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                duplicates = possible_duplicates("", str(form.instance.phone))
                if not duplicates or "as_new" in request.POST:
                    kept = keep_phoned_in(form.instance, request.user)
                    messages.success(request, _("Kept as %(reference)s.") % {"reference": kept.reference})
                    page = reverse("admin:booking_consultationrequest_change", args=[kept.pk])
                    return HttpResponseRedirect(f"{page}?way=offer")
        own = {"title": _("Phoned in"), "form": form, "duplicates": duplicates}
        context = self.admin_site.each_context(request) | own
        return render(request, "admin/booking/phone_in.html", context, status=status)

    def duplicates_view(self, request):
        """Who may be the caller, while the desk is still typing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        duplicates = possible_duplicates(request.GET.get("name", "")[:120], request.GET.get("phone", "")[:40])
        return render(request, "admin/booking/duplicates.html", {"duplicates": duplicates})

    def _done(self, request, asked, act):
        try:
            messages.success(request, act())
        except IllegalStep as refusal:
            if request.POST.get("note", "").strip():
                asked.refresh_from_db()
                return self._not_done(request, asked, refusal=refusal, seen=request.POST.get("seen"))
            messages.error(request, str(refusal))
        own_page = reverse("admin:booking_consultationrequest_change", args=[asked.pk])
        return HttpResponseRedirect(back_to(request, own_page))

    def _not_done(self, request, asked, **why):
        """Show why a step was not taken, what stands now, and what was typed: nothing of it is lost."""
        context = self.admin_site.each_context(request) | {
            "title": asked.reference,
            "asked": asked,
            "sent": [(name, value) for name, values in request.POST.lists() for value in values if name in KEPT],
            "typed": request.POST.get("note", ""),
        }
        return render(request, "admin/booking/conflict.html", context | why, status=409)


def _changed_since(asked, request):
    """What colleagues or the patient did to a request after the page was made from which a button was pressed."""
    seen = number_in(request.POST.get("seen"))
    if seen is None:
        return []
    by_others = asked.timeline.filter(pk__gt=seen).exclude(staff=request.user).exclude(kind__in=QUIET)
    return list(by_others.select_related("staff"))


def _steps_by_hand(asked):
    """The steps that have a button of their own; back from a booked time leads by cancelling that."""
    steps = [state for state in asked.next_states if state in STEPS_BY_HAND]
    return [state for state in steps if (asked.state, state) != (State.BOOKED, State.IN_CONVERSATION)]


def _seen_after(asked, way):
    """Heading and next line of the private page once the step of this way is taken; None where nothing changes."""
    state = STATE_AFTER.get(way)
    if state not in asked.next_states:
        return None
    then = copy(asked)
    then.state, then.owed_by = state, None
    return [wording.heading(then), wording.what_is_next(then)]


def _times_ahead(asked, all_times=False):
    """
    Times of the next few days, where this request can be given one: the free ones to choose from, the taken struck out.

    Only those at which the patient could come, unless all are asked for or there is no such time. Those that suit are
    marked, and one on each of three days ticked.
    """
    if not {State.OFFERED, State.BOOKED} & set(asked.next_states):
        return []
    times = list(OpenTime.objects.ahead().select_related("clinician")[:TIMES_READ])
    if not all_times:
        times = [time for time in times if asked.could_come_at(time.starts_at)] or times
    for time in times:
        time.day = timezone.localdate(time.starts_at)
        time.suits = asked.could_come_at(time.starts_at) and (time.with_interpreter or not asked.interpreter)
    days = sorted({time.day for time in times if time.state == OpenTime.State.OPEN})[:DAYS_SHOWN]
    shown = [time for time in times if time.day in days]
    for time in shown:
        time.ticked = False
    if asked.email:  # who gave none is called, and takes one of them
        _tick(shown)
    return shown


def _tick(times):
    """Suggest the first time that suits on each of three days, none of them too near."""
    soonest, ticked_days = timezone.now() + SUGGESTED_NOTICE, set()
    for time in times:
        to_give = time.suits and time.state == OpenTime.State.OPEN and time.starts_at > soonest
        if to_give and time.day not in ticked_days and len(ticked_days) < Offer.MOST_TIMES:
            time.ticked = True
            ticked_days.add(time.day)


def _letters(asked):
    """The mails that the buttons of this page would send, as this patient would read them."""
    if not asked.email:
        return {}
    kinds = [OutboxMail.Kind.OFFERED, OutboxMail.Kind.CANCELLED, OutboxMail.Kind.DECLINED]
    return {kind.value: write(kind, asked, Clinic.profile()) for kind in kinds}


def _safety_answers(asked):
    """The safety questions as they are worded today, with the answers; what is not 'no' stands first."""
    answers = dict(SAFETY_ANSWERS)
    live = Caution.objects.filter(version__in=Version.objects.live_at(timezone.now()), key__in=asked.safety)
    questions = dict(live.values_list("key", "question"))
    told = [(questions.get(key, key), answers[answer], answer == "no") for key, answer in asked.safety.items()]
    return sorted(told, key=lambda line: line[2])
