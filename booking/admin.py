"""The front desk's side of a request: what to answer next, what happened, and the next step."""

import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking import wording
from booking.forms import SAFETY_ANSWERS
from booking.models import ConsultationRequest, Event
from booking.models.request import worklist_order
from booking.states import AWAITING_ANSWER, OPEN, STEPS_BY_HAND, IllegalStep, State
from treatments.models import Caution, Version

NOTE_LENGTH = 2000  # characters


class WhoMustBeAnswered(admin.SimpleListFilter):
    """Questions of the desk, not values of a field."""

    title = _("question")
    parameter_name = "view"

    def lookups(self, request, model_admin):
        return [("answer", _("Who must be answered?")), ("open", _("What is open?"))]

    def queryset(self, request, queryset):
        if self.value() == "answer":
            return queryset.filter(state__in=AWAITING_ANSWER)
        if self.value() == "open":
            return queryset.filter(state__in=OPEN)
        return queryset


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(admin.ModelAdmin):
    change_form_template = "admin/booking/request.html"
    list_display = ["due", "who", "contact", "wants", "state", "received_at"]
    list_display_links = ["who"]
    list_filter = [WhoMustBeAnswered, "state", "interpreter"]
    search_fields = ["reference", "name", "email", "phone"]
    search_help_text = _("Name, email, telephone or reference. What patients write in their own words is encrypted.")
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).for_worklist()

    def get_ordering(self, request):
        return worklist_order()

    def get_search_results(self, request, queryset, search_term):
        """A telephone number is found in any written form, and a reference without its dash."""
        letters = re.sub(r"[\W_]", "", search_term)
        if len(letters) >= 4 and letters.isdecimal():
            return queryset.filter(phone__contains=letters), False
        if len(letters) == 6 and letters.isalnum():
            dashed = f"{letters[:3]}-{letters[3:]}"
            if (by_reference := queryset.filter(reference__iexact=dashed)).exists():
                return by_reference, False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Consultation requests")} | (extra_context or {}))

    def get_fields(self, request, obj=None):
        return []

    def get_urls(self):
        own = [
            path(
                "<int:pk>/step/",
                self.admin_site.admin_view(require_POST(self.step_view)),
                name="booking_consultationrequest_step",
            ),
            path(
                "<int:pk>/note/",
                self.admin_site.admin_view(require_POST(self.note_view)),
                name="booking_consultationrequest_note",
            ),
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The request's own page shows and links; each change is a small POST of its own."""
        if request.method == "POST":
            raise PermissionDenied
        asked = self.get_object(request, object_id)
        if asked is not None:
            extra_context = (extra_context or {}) | {
                "asked": asked,
                "steps": [state for state in asked.next_states if state in STEPS_BY_HAND],
                "timeline": asked.timeline.select_related("staff"),
                "mails": asked.mails.all(),
                "same_person": asked.same_person().for_worklist()[:10],
                "patient_sees": [wording.heading(asked), wording.what_is_next(asked)],
                "safety_answers": _safety_answers(asked),
                "note_length": NOTE_LENGTH,
            }
        return super().changeform_view(request, object_id, form_url, extra_context)

    def step_view(self, request, pk):
        asked = self._asked_for_change(request, pk)
        state = request.POST.get("state", "")
        if state not in STEPS_BY_HAND:
            messages.error(request, _("This step is not one that can be taken by hand. Nothing was changed."))
            return self._back_to(asked)
        try:
            asked.move_to(State(state), Event.Actor.STAFF, staff=request.user, reason=_typed_note(request))
        except IllegalStep as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("%(reference)s is now '%(state)s'.")
                % {"reference": asked.reference, "state": asked.get_state_display()},
            )
        return self._back_to(asked)

    def note_view(self, request, pk):
        asked = self._asked_for_change(request, pk)
        note = _typed_note(request)
        if note:
            asked.record(Event.Kind.NOTE, Event.Actor.STAFF, staff=request.user, note=note)
            messages.success(request, _("Your note is in the timeline. The patient does not see it."))
        else:
            messages.error(request, _("Write something first; an empty note was not kept."))
        return self._back_to(asked)

    def _asked_for_change(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(ConsultationRequest, pk=pk)

    def _back_to(self, asked):
        return HttpResponseRedirect(reverse("admin:booking_consultationrequest_change", args=[asked.pk]))

    @admin.display(description=_("Due"), ordering="reply_by")
    def due(self, asked):
        if not asked.is_awaiting_answer:
            return "–"
        moment = wording.moment_words(asked.reply_by)
        if asked.is_overdue:
            return format_html('<strong class="overdue">{} {}</strong>', _("Overdue:"), moment)
        return moment

    @admin.display(description=_("Who"), ordering="name")
    def who(self, asked):
        tag = _("sample") if asked.is_sample else ""
        return format_html(
            "<bdi>{}</bdi><br><small>{} {}</small>", Truncator(asked.name).chars(40), asked.reference, tag
        )

    @admin.display(description=_("Answer by"))
    def contact(self, asked):
        if asked.contact_by == "phone":
            return format_html('<a href="{}">{}</a>', asked.phone.as_rfc3966, asked.phone.as_national)
        return format_html('<a href="mailto:{}">{}</a>', asked.email, asked.email)

    @admin.display(description=_("Wants"))
    def wants(self, asked):
        return asked.subject or "–"


def _typed_note(request):
    return request.POST.get("note", "").strip()[:NOTE_LENGTH]


def _safety_answers(asked):
    """The safety questions as they are worded today, with what the patient answered."""
    answers = dict(SAFETY_ANSWERS)
    live = Caution.objects.filter(version__in=Version.objects.live_at(timezone.now()), key__in=asked.safety)
    questions = dict(live.values_list("key", "question"))
    return [(questions.get(key, key), answers[answer]) for key, answer in asked.safety.items()]
