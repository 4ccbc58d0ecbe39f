"""The front desk's side of a request: what to answer next, what happened, and the next step."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking.admin.calendar import back_to
from booking.admin.one_request.actions import ACTIONS
from booking.admin.one_request.conflict import GIVES_A_TIME, conflict_of
from booking.admin.one_request.correcting import correct_patient
from booking.admin.one_request.looking import keep_typed, look_around
from booking.admin.one_request.page import page_of
from booking.admin.one_request.personal_data import as_file, may_give_data_out, show_personal_data
from booking.admin.one_request.sent import NOTE_LENGTH, one_to_book
from booking.admin.phone_in import PhoneInForm, begun_with, possible_duplicates
from booking.admin.worklist import WorklistPages
from booking.desk.calls import keep_phoned_in
from booking.desk.clinicians import advise
from booking.desk.steps import remember_for_undo
from booking.models import ConsultationRequest, Event
from booking.models.timeline import Outcome
from booking.patient.private_views import show_private_page
from booking.schedule.constraints import constraints_refuse
from booking.schedule.times import TimeTaken
from booking.states import IllegalStep
from clinic_site.numbers import number_in
from clinic_site.security.http import same_origin_only
from clinic_site.staff.unsaved.keeping import forget_unsaved_words

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
            path(
                "duplicates/",
                wrap(require_POST(self.duplicates_view)),
                name="booking_consultationrequest_duplicates",
            ),
            path(
                "<int:pk>/do/<slug:action>/", wrap(require_POST(self.act_view)), name="booking_consultationrequest_act"
            ),
            path("<int:pk>/correct/", wrap(self.correct_view), name="booking_consultationrequest_correct"),
            path("<int:pk>/look/", wrap(require_POST(self.look_view)), name="booking_consultationrequest_look"),
            path(
                "<int:pk>/private/",
                wrap(same_origin_only(self.private_page_view)),
                name="booking_consultationrequest_private",
            ),
            path(
                "<int:pk>/personal-data/",
                wrap(self.personal_data_view),
                name="booking_consultationrequest_personal_data",
            ),
            path(
                "<int:pk>/personal-data/file/",
                wrap(require_POST(self.take_along_view)),
                name="booking_consultationrequest_take_along",
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
            extra_context = (extra_context or {}) | page_of(request, consultation_request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        return super().history_view(request, object_id, {"title": _("Change history")} | (extra_context or {}))

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
        elif action == "book" and (pk := one_to_book(request.POST)):
            request.POST = request.POST.copy()
            request.POST["time"] = str(pk)
        if since := _changed_since(consultation_request, request):
            return self._show_conflict(request, consultation_request, action, since=since, seen=since[-1].pk)
        return self._run_action(
            request, consultation_request, action, lambda: ACTIONS[action](request, consultation_request)
        )

    def correct_view(self, request, pk):
        """What is known about a patient, to correct."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        kept = ConsultationRequest.objects.filter(redacted_at=None)
        return correct_patient(request, self.admin_site, get_object_or_404(kept, pk=pk))

    def look_view(self, request, pk):
        """Show other times or a prepared answer; what was typed stays, and the request does not change."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return look_around(request, get_object_or_404(ConsultationRequest, pk=pk))

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

    def personal_data_view(self, request, pk):
        """What a patient may ask for: who looked, all that is kept of them, or to be forgotten."""
        if not may_give_data_out(request.user):
            raise PermissionDenied
        kept = ConsultationRequest.objects.filter(redacted_at=None)
        return show_personal_data(request, self.admin_site, get_object_or_404(kept, pk=pk))

    def take_along_view(self, request, pk):
        """All that is kept of a request, as a file for the patient."""
        if not may_give_data_out(request.user):
            raise PermissionDenied
        return as_file(get_object_or_404(ConsultationRequest.objects.filter(redacted_at=None), pk=pk))

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
        duplicates = possible_duplicates(request.POST.get("name", "")[:120], request.POST.get("phone", "")[:40])
        return render(request, "admin/booking/duplicates.html", {"duplicates": duplicates})

    def _run_action(self, request, consultation_request, action, act):
        own_page = reverse("admin:booking_consultationrequest_change", args=[consultation_request.pk])
        try:
            with constraints_refuse(consultation_request):
                done = act()
            forget_unsaved_words(request)
            remember_for_undo(consultation_request, request.user)
            messages.success(request, done)
            if request.POST.get("outcome") == Outcome.WRONG_NUMBER:
                page = reverse("admin:booking_consultationrequest_correct", args=[consultation_request.pk])
                return HttpResponseRedirect(f"{page}?ask=number")
        except IllegalStep as refusal:
            if request.POST.get("note", "").strip() or isinstance(refusal, TimeTaken):
                consultation_request.refresh_from_db()
                seen = consultation_request.timeline.order_by("pk").last()
                return self._show_conflict(request, consultation_request, action, refusal=refusal, seen=seen.pk)
            messages.error(request, str(refusal))
            if action in GIVES_A_TIME:
                keep_typed(request, own_page, "offer")
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


def _changed_since(consultation_request, request):
    """What colleagues or the patient did to a request after the page was made from which a button was pressed."""
    seen = number_in(request.POST.get("seen"))
    if seen is None:
        return []
    by_others = (
        consultation_request.timeline.filter(pk__gt=seen).exclude(staff=request.user).exclude(kind__in=SILENT_KINDS)
    )
    return list(by_others.select_related("staff"))
