"""The front desk's side of a request: what to answer next, what happened, and the next step."""

import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from booking import wording
from booking.admin.wishes import NOTE_LENGTH, WISHES
from booking.forms import LANGUAGES, SAFETY_ANSWERS
from booking.models import ConsultationRequest, Event, OpenTime
from booking.models.request import APART, worklist_order
from booking.spam import Suspicion
from booking.states import STEPS_BY_HAND, IllegalStep, State
from treatments.models import Caution, Version

TIMES_SHOWN = 30


class WhoMustBeAnswered(admin.SimpleListFilter):
    """Questions of the desk, not values of a field."""

    title = _("question")
    parameter_name = "view"

    def lookups(self, request, model_admin):
        return [
            ("answer", _("Who must be answered?")),
            ("open", _("What is open?")),
            ("spam", _("What looks like spam?")),
        ]

    def queryset(self, request, queryset):
        """Suspects show where they are asked for, and where somebody is searched."""
        if self.value() == "answer":
            return queryset.awaiting_answer()
        if self.value() == "open":
            return queryset.open()
        if self.value() == "spam":
            return queryset.filter(quarantine__in=APART)
        return queryset if request.GET.get("q") else queryset.trusted()


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
        act = self.admin_site.admin_view(require_POST(self.act_view))
        return [path("<int:pk>/do/<slug:wish>/", act, name="booking_consultationrequest_act"), *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The request's own page shows and links; each change is a small POST of its own."""
        if request.method == "POST":
            raise PermissionDenied
        asked = self.get_object(request, object_id)
        if asked is not None:
            extra_context = (extra_context or {}) | {
                "asked": asked,
                "steps": [state for state in asked.next_states if state in STEPS_BY_HAND],
                "free_times": _free_times(asked),
                "offer": asked.offers.waiting().prefetch_related("times__clinician").first(),
                "consultation": asked.consultations.filter(state="booked").select_related("time__clinician").first(),
                "undo": asked.step_to_undo(Event.Actor.STAFF, staff=request.user),
                "suspicions": [Suspicion(value).label for value in asked.suspicions if value in Suspicion.values],
                "timeline": asked.timeline.select_related("staff"),
                "mails": asked.mails.all(),
                "same_person": asked.same_person().for_worklist()[:10],
                "patient_sees": [wording.heading(asked), wording.what_is_next(asked)],
                "safety_answers": _safety_answers(asked),
                "language": dict(LANGUAGES).get(asked.language, asked.language),
                "note_length": NOTE_LENGTH,
            }
        return super().changeform_view(request, object_id, form_url, extra_context)

    def act_view(self, request, pk, wish):
        """Do what a button of the request's page asks for, and say what came of it."""
        if wish not in WISHES:
            raise Http404("no button asks for that")
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(ConsultationRequest, pk=pk)
        try:
            messages.success(request, WISHES[wish](request, asked))
        except IllegalStep as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("admin:booking_consultationrequest_change", args=[asked.pk]))

    @admin.display(description=_("Due"), ordering="owed_by")
    def due(self, asked):
        if not asked.is_awaiting_answer:
            return "–"
        moment = wording.moment_words(asked.owed_by)
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


def _free_times(asked):
    """The next times that can be given, where this request can be given one; with an interpreter first, if she asks."""
    if not {State.OFFERED, State.BOOKED} & set(asked.next_states):
        return []
    wish = ["-with_interpreter"] if asked.interpreter else []
    return OpenTime.objects.free().select_related("clinician").order_by(*wish, "starts_at")[:TIMES_SHOWN]


def _safety_answers(asked):
    """The safety questions as they are worded today, with what the patient answered."""
    answers = dict(SAFETY_ANSWERS)
    live = Caution.objects.filter(version__in=Version.objects.live_at(timezone.now()), key__in=asked.safety)
    questions = dict(live.values_list("key", "question"))
    return [(questions.get(key, key), answers[answer]) for key, answer in asked.safety.items()]
