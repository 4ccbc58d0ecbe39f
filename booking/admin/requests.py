"""The front desk's side of a request: what to answer next, what happened, and the next step."""

from copy import copy

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking import wording
from booking.admin.actions import ACTIONS, NOTE_LENGTH
from booking.admin.calendar import back_to
from booking.admin.conflict import conflict_of
from booking.admin.phone_in import PhoneInForm, begun_with, possible_duplicates
from booking.admin.worklist import WorklistPages
from booking.desk.calls import TryAgain, advise, keep_phoned_in
from booking.desk.due import due_of
from booking.desk.duplicates import possibly_same_person
from booking.desk.next_steps import next_step_of, previous_and_next, tabs_of
from booking.desk.presence import record_viewer
from booking.desk.steps import what_can_be_undone
from booking.desk.telling import call_owed, how_told
from booking.mail.rendering import render_preview
from booking.models import ConsultationRequest, Event, OutboxMail, PreparedAnswer
from booking.models.timeline import Outcome
from booking.patient.private_views import show_private_page
from booking.patient.request_form import SAFETY_ANSWERS
from booking.patient.spam import Suspicion
from booking.schedule.constraints import constraints_refuse
from booking.schedule.suggesting import times_ahead
from booking.schedule.times import TimeTaken
from booking.schedule.waiting_list import earlier_times_for
from booking.states import STEPS_BY_HAND, IllegalStep, State
from clinic_site.models import Clinic
from clinic_site.numbers import number_in
from clinic_site.security.http import same_origin_only
from clinic_site.staff.unsaved.keeping import forget_unsaved_words, words_put_back
from treatments.models import Caution, Version

STATE_AFTER = {"offer": State.OFFERED, "picked": State.BOOKED, "answer": State.IN_CONVERSATION}
SILENT_KINDS = [
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
            path(
                "<int:pk>/do/<slug:action>/", wrap(require_POST(self.act_view)), name="booking_consultationrequest_act"
            ),
            path(
                "<int:pk>/private/",
                wrap(same_origin_only(self.private_page_view)),
                name="booking_consultationrequest_private",
            ),
            path("<int:pk>/advise/", wrap(require_POST(self.advise_view)), name="booking_consultationrequest_advise"),
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The request's own page shows and links; each change is a small POST of its own."""
        if request.method == "POST":
            raise PermissionDenied
        consultation_request = self.get_object(request, object_id)
        if consultation_request is not None:
            extra_context = (extra_context or {}) | self._page_of(request, consultation_request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        return super().history_view(request, object_id, {"title": _("Change history")} | (extra_context or {}))

    def _page_of(self, request, consultation_request):
        """All that the request's page shows."""
        tabs = tabs_of(consultation_request)
        put_back = words_put_back(request)
        tab = request.GET.get("way") or (put_back and put_back.form) or next_step_of(consultation_request).tab
        tab = tab if tab in dict(tabs) else next(iter(dict(tabs)), "")
        before, after = previous_and_next(consultation_request)
        timeline = list(consultation_request.timeline.select_related("staff").order_by("-at", "-pk"))
        return {
            "consultation_request": consultation_request,
            "due": due_of(consultation_request),
            "tabs": tabs,
            "tab": tab,
            "steps": _steps_by_hand(consultation_request),
            "free_times": times_ahead(consultation_request, "all" in request.GET, _ticked_in(put_back)),
            "all_times": "all" in request.GET,
            "put_back": {put_back.form: put_back.value("note")} if put_back else {},
            "earlier_times": earlier_times_for(consultation_request.consultation)[:3],
            "offer": consultation_request.offers.waiting().prefetch_related("times__clinician").first(),
            "consultation": consultation_request.consultation,
            "mail_previews": _mails_by_kind(consultation_request),
            "picked": consultation_request.picked_time,
            "outcomes": Outcome.choices,
            "prepared": PreparedAnswer.objects.all(),
            "words": PreparedAnswer.objects.filter(pk=number_in(request.GET.get("prepared"))).first(),
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
            "may_advise": request.user.has_perm("booking.advise_consultationrequest"),
        }

    def act_view(self, request, pk, action):
        """
        Do what a button of the request's page asks for, and say what came of it.

        Where a colleague has changed the request since that page was made, show that first: nothing typed is lost.
        """
        if action not in ACTIONS:
            raise Http404("no button asks for that")
        if not self.has_change_permission(request):
            raise PermissionDenied
        consultation_request = get_object_or_404(ConsultationRequest, pk=pk)
        if request.POST.get("way") == "other":
            request.POST = request.POST.copy()
            request.POST["time"] = request.POST.get("other_time", "")
        if since := _changed_since(consultation_request, request):
            return self._show_conflict(request, consultation_request, action, since=since, seen=since[-1].pk)
        return self._run_action(
            request, consultation_request, action, lambda: ACTIONS[action](request, consultation_request)
        )

    def advise_view(self, request, pk):
        """A clinician answers the desk."""
        if not request.user.has_perm("booking.advise_consultationrequest"):
            raise PermissionDenied
        consultation_request = get_object_or_404(ConsultationRequest, pk=pk)

        def answer():
            advise(consultation_request, request.user, request.POST.get("note", "").strip()[:NOTE_LENGTH])
            return _("Your answer is in the timeline, and the desk goes on from there.")

        return self._run_action(request, consultation_request, "advise", answer)

    def private_page_view(self, request, pk):
        """The patient's page for staff, as a preview's link opens it: its buttons work, in the name of who presses."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        kept = ConsultationRequest.objects.filter(redacted_at=None)
        return show_private_page(request, get_object_or_404(kept, pk=pk), request.path, staff=request.user)

    def phone_in_view(self, request):
        """Somebody is on the telephone. Who may be here already is shown before a second request is kept."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PhoneInForm(request.POST or None, initial=begun_with(request))
        duplicates, status = [], 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                duplicates = possible_duplicates("", str(form.instance.phone))
                if not duplicates or "as_new" in request.POST:
                    kept = keep_phoned_in(form.instance, request.user)
                    forget_unsaved_words(request)
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

    def _run_action(self, request, consultation_request, action, act):
        try:
            with constraints_refuse(consultation_request):
                done = act()
            forget_unsaved_words(request)
            messages.success(request, done)
        except IllegalStep as refusal:
            if request.POST.get("note", "").strip() or isinstance(refusal, TimeTaken):
                consultation_request.refresh_from_db()
                seen = consultation_request.timeline.order_by("pk").last()
                return self._show_conflict(request, consultation_request, action, refusal=refusal, seen=seen.pk)
            messages.error(request, str(refusal))
        own_page = reverse("admin:booking_consultationrequest_change", args=[consultation_request.pk])
        return HttpResponseRedirect(back_to(request, own_page))

    def _show_conflict(self, request, consultation_request, action, **why):
        """Show why a step was not taken, what stands now, and what was typed: nothing of it is lost."""
        context = self.admin_site.each_context(request) | {
            "title": consultation_request.reference,
            "consultation_request": consultation_request,
            "note": request.POST.get("note", ""),
        }
        context |= conflict_of(consultation_request, action, request.POST, request.user, refused="refusal" in why)
        return render(request, "admin/booking/conflict.html", context | why, status=409)


def _ticked_in(words):
    """The numbers of the times in an offer that somebody had begun, as they were sent."""
    return words.typed.get("time", []) if words and words.form == "offer" else []


def _changed_since(consultation_request, request):
    """What colleagues or the patient did to a request after the page was made from which a button was pressed."""
    seen = number_in(request.POST.get("seen"))
    if seen is None:
        return []
    by_others = (
        consultation_request.timeline.filter(pk__gt=seen).exclude(staff=request.user).exclude(kind__in=SILENT_KINDS)
    )
    return list(by_others.select_related("staff"))


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


def _mails_by_kind(consultation_request):
    """The mails that the buttons of this page would send, as this patient would read them."""
    if not consultation_request.can_be_mailed:
        return {}
    kinds = [OutboxMail.Kind.OFFERED, OutboxMail.Kind.CANCELLED, OutboxMail.Kind.DECLINED]
    booked = consultation_request.consultation
    time = booked.time if booked else None
    return {kind.value: render_preview(kind, consultation_request, Clinic.profile(), time) for kind in kinds}


def _safety_answers(consultation_request):
    """The safety questions as they are worded today, with the answers; what is not 'no' stands first."""
    answers = dict(SAFETY_ANSWERS)
    live = Caution.objects.filter(
        version__in=Version.objects.live_at(timezone.now()), key__in=consultation_request.safety
    )
    questions = dict(live.values_list("key", "question"))
    answered = [
        (questions.get(key, key), answers[answer], answer == "no")
        for key, answer in consultation_request.safety.items()
    ]
    return sorted(answered, key=lambda line: line[2])
