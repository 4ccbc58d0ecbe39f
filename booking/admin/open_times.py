"""Clinicians and their open times: published in bulk after a preview, blocked, withdrawn and opened again."""

from datetime import timedelta
from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from booking.admin.calendar import CalendarPages
from booking.admin.opening import OpeningPages
from booking.models import Clinician, OpenTime
from booking.schedule.constraints import constraints_refuse
from booking.schedule.opening import open_again
from booking.schedule.publishing import Pattern, plan, publish
from booking.states import IllegalStep
from clinic_site.models import Clinic, OpeningHours
from clinic_site.records import RecordAdmin, moment_column, yes_column

SEES_PATIENTS = yes_column("sees_patients", _("sees patients"))
LONGEST_SPAN = timedelta(days=92)


class PublishForm(forms.Form):
    """A weekly pattern over a span of days."""

    clinicians = forms.ModelMultipleChoiceField(
        label=_("For"), queryset=Clinician.objects.filter(sees_patients=True), widget=forms.CheckboxSelectMultiple
    )
    first_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"), choices=OpeningHours.Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    begins = forms.TimeField(label=_("Not before"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("Not after"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Minutes each"), min_value=5, max_value=240)
    with_interpreter = forms.BooleanField(label=_("An interpreter is there"), required=False)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first. Choose a later one."))
        elif first and last and last - first > LONGEST_SPAN:
            self.add_error("last_day", _("Publish at most three months at a time."))
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("This is not later than the beginning. Choose a later time."))
        return cleaned

    def pattern(self):
        answers = self.cleaned_data
        return Pattern(
            **answers | {"clinicians": tuple(answers["clinicians"]), "weekdays": frozenset(answers["weekdays"])}
        )


@admin.register(Clinician)
class ClinicianAdmin(RecordAdmin):
    consequence = _(
        "Saving changes the name that patients read with their times, in mails that leave from now on too."
        " Whether somebody sees patients is changed under 'Hours and absences', which first shows whom that touches."
    )
    change_form_template = "admin/booking/clinician.html"
    list_display = ["name", SEES_PATIENTS]

    def get_urls(self):
        feed = self.admin_site.admin_view(require_POST(self.feed_view))
        return [path("<int:pk>/feed/", feed, name="booking_clinician_feed"), *super().get_urls()]

    def feed_view(self, request, pk):
        """Make a new address for the clinician's feed, or end it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        clinician = get_object_or_404(Clinician, pk=pk)
        if request.POST.get("feed") == "make":
            clinician.make_feed()
            messages.success(request, _("The feed has a new address. One that there was before no longer works."))
        else:
            clinician.end_feed()
            messages.success(request, _("The feed is ended. Its address no longer works."))
        return HttpResponseRedirect(reverse("admin:booking_clinician_change", args=[pk]))

    def get_readonly_fields(self, request, obj=None):
        """Whether somebody sees patients is changed after a look at whom it touches."""
        return [SEES_PATIENTS] if obj else []

    def get_fields(self, request, obj=None):
        return ["name", SEES_PATIENTS] if obj else ["name", "sees_patients"]

    def save_model(self, request, obj, form, change):
        """What was not typed here may have been changed meanwhile, and stays as it is."""
        obj.save(update_fields=form.changed_data if change else None)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(OpenTime)
class OpenTimeAdmin(CalendarPages, OpeningPages, admin.ModelAdmin):
    change_list_template = "admin/booking/open_times.html"
    list_display = [
        moment_column("starts_at", _("starts")),
        "clinician",
        "minutes",
        yes_column("with_interpreter", _("with an interpreter"), no="–"),
        "state",
        "request",
    ]
    list_display_links = None
    list_filter = ["state", "clinician", "with_interpreter"]
    list_select_related = ["clinician", "request"]
    date_hierarchy = "starts_at"
    list_per_page = 100
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    actions = ["block", "withdraw", "open_again"]
    fields = ["clinician", "starts_at", "ends_at", "state", "request", "reason", "with_interpreter"]
    readonly_fields = ["clinician", "starts_at", "ends_at", "state", "request", "reason"]  # steps alone change them

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        own = path("publish/", self.admin_site.admin_view(self.publish_view), name="booking_opentime_publish")
        return [own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Open times")} | (extra_context or {}))

    def publish_view(self, request):
        """First a preview of what the pattern comes to; published by a second click."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = PublishForm(request.POST or None, initial=self._usual_pattern())
        planned = plan(form.pattern()) if form.is_valid() else None
        if planned and planned.times and "publish" in request.POST:
            number = len(publish(form.pattern()).times)
            message = ngettext("%(number)s time is open now.", "%(number)s times are open now.", number)
            messages.success(request, message % {"number": number})
            return HttpResponseRedirect(reverse("admin:booking_opentime_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": _("Publish open times"),
            "form": form,
            "planned": planned,
            "days": _by_day(planned.times) if planned else [],
        }
        return render(request, "admin/booking/publish.html", context, status=422 if form.errors else 200)

    def _usual_pattern(self):
        today = timezone.localdate()
        hours = OpeningHours.objects.all()
        return {
            "clinicians": Clinician.objects.filter(sees_patients=True),
            "first_day": today,
            "last_day": today + timedelta(days=13),
            "weekdays": sorted({row.weekday for row in hours}),
            "begins": min((row.opens for row in hours), default=None),
            "ends": max((row.closes for row in hours), default=None),
            "minutes": Clinic.profile().consultation_minutes,
        }

    @admin.action(description=_("Block: not to be given, but still shown here"), permissions=["change"])
    def block(self, request, queryset):
        self._set(request, queryset.filter(state=OpenTime.State.OPEN), OpenTime.State.BLOCKED)

    @admin.action(description=_("Withdraw: was published by mistake"), permissions=["change"])
    def withdraw(self, request, queryset):
        self._set(request, queryset.filter(state=OpenTime.State.OPEN), OpenTime.State.WITHDRAWN)

    @admin.action(description=_("Open again"), permissions=["change"])
    def open_again(self, request, queryset):
        opened = 0
        for time in queryset.filter(state__in=OpenTime.CLOSED).select_related("clinician"):
            try:
                with constraints_refuse():
                    open_again(time)
                opened += 1
            except IllegalStep as refusal:
                messages.error(request, str(refusal))
        message = ngettext("%(number)s time is open again.", "%(number)s times are open again.", opened)
        messages.success(request, message % {"number": opened})

    def _set(self, request, queryset, state):
        """Times that are held or booked keep what they promise; they are moved or cancelled with their request."""
        changed = OpenTime.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)), request=None)
        number = changed.update(state=state)
        message = ngettext("%(number)s time is now '%(state)s'.", "%(number)s times are now '%(state)s'.", number)
        messages.success(request, message % {"number": number, "state": OpenTime.State(state).label})


def _by_day(times):
    """Rows of day, clinician, first and last start, and how many, for the preview."""
    rows = []
    for (day, clinician), group in groupby(sorted(times, key=_day_and_clinician), key=_day_and_clinician):
        starts = [timezone.localtime(time.starts_at) for time in group]
        rows.append({"day": day, "clinician": clinician, "first": starts[0], "last": starts[-1], "number": len(starts)})
    return rows


def _day_and_clinician(time):
    return timezone.localtime(time.starts_at).date(), time.clinician.name
