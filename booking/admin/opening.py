"""When patients can come: hours, closed days, who sees patients and who is away; a part of the open times' admin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from booking.admin.calendar import parse_date_or_today
from booking.admin.changes import change_page
from booking.admin.opening_forms import AbsenceForm, ClosingForm, HoursForm, SeesNobodyForm
from booking.desk.telling import how_all_are_told
from booking.models import Absence, Clinician, ConsultationRequest
from booking.schedule.changes import reopen_day, set_sees_patients
from booking.schedule.reopening import lost_by_closing, put_back
from booking.states import IllegalStep
from clinic_site.dates import day_words
from clinic_site.hours import weekly_table
from clinic_site.models import ClosedDay


class OpeningPages:
    """Mixed into the admin of open times: its addresses, and what they show and do."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("opening/", wrap(self.opening_view), name="booking_opentime_opening"),
            path("opening/hours/", wrap(self.hours_view), name="booking_opentime_hours"),
            path("opening/reopen/<int:pk>/", wrap(require_POST(self.reopen_view)), name="booking_opentime_reopen"),
            path("opening/reopened/", wrap(self.reopened_view), name="booking_opentime_reopened"),
            path("opening/sees/<int:pk>/", wrap(self.sees_view), name="booking_opentime_sees"),
            path("opening/away/<int:pk>/", wrap(self.away_view), name="booking_opentime_away"),
            path("opening/back/<int:pk>/", wrap(require_POST(self.back_view)), name="booking_opentime_back"),
            path("close/", wrap(self.close_view), name="booking_opentime_close"),
        ]
        return own + super().get_urls()

    def opening_view(self, request):
        """Hours, closed days, who sees patients and who is away, on one page."""
        self._stop_unless(self.has_view_permission(request))
        absences = Absence.objects.to_come()
        context = self.admin_site.each_context(request) | {
            "title": _("When patients can come"),
            "week": weekly_table(),
            "closed_days": ClosedDay.objects.upcoming(timezone.localdate()),
            "clinicians": [
                (clinician, [absence for absence in absences if absence.clinician_id == clinician.pk])
                for clinician in Clinician.objects.all()
            ],
            "may_close": self.has_change_permission(request),
        }
        return render(request, "admin/booking/opening.html", context)

    def hours_view(self, request):
        self._stop_unless(request.user.has_perm("clinic_site.change_openinghours"))
        return change_page(request, self.admin_site, HoursForm(_sent(request)), _opening())

    def close_view(self, request):
        self._stop_unless(self.has_change_permission(request))
        initial = {"day": request.GET.get("day", "") or timezone.localdate()}
        form = ClosingForm(_sent(request), initial=initial)
        day = form.cleaned_data["day"] if form.is_valid() else timezone.localdate()
        calendar = reverse("admin:booking_opentime_calendar")
        return change_page(request, self.admin_site, form, f"{calendar}?day={day}")

    def reopen_view(self, request, pk):
        """A day is closed no longer: its times can be given again."""
        self._stop_unless(request.user.has_perm("clinic_site.delete_closedday"))
        closed_day = get_object_or_404(ClosedDay, pk=pk)
        reopen_day(closed_day)
        messages.success(request, _("%(day)s is open again.") % {"day": day_words(closed_day.date)})
        lost = reverse("admin:booking_opentime_reopened", query={"day": closed_day.date})
        return HttpResponseRedirect(lost if lost_by_closing(closed_day.date) else _opening())

    def reopened_view(self, request):
        """Whom the closing of a day cost their time, and who is given it back."""
        self._stop_unless(request.user.has_perm("clinic_site.delete_closedday"))
        day = parse_date_or_today(request.GET.get("day", ""))
        lost = lost_by_closing(day)
        if request.method == "POST":
            _put_back(request, day, [each for each in lost if f"back-{each.request.pk}" in request.POST])
            return HttpResponseRedirect(_opening())
        own = {"title": _("%(day)s is open again") % {"day": day_words(day)}, "lost": lost, "back": _opening()}
        context = self.admin_site.each_context(request) | own
        return render(request, "admin/booking/reopened.html", context)

    def sees_view(self, request, pk):
        """A clinician who sees patients stops, after a look at whom it touches; one who does not begins at once."""
        self._stop_unless(request.user.has_perm("booking.change_clinician"))
        clinician = get_object_or_404(Clinician, pk=pk)
        if clinician.sees_patients:
            form = SeesNobodyForm(_sent(request), clinician=clinician)
            return change_page(request, self.admin_site, form, _opening())
        if request.method == "POST":
            set_sees_patients(clinician, True)
            messages.success(request, _("%(who)s sees patients again.") % {"who": clinician})
        return HttpResponseRedirect(_opening())

    def away_view(self, request, pk):
        self._stop_unless(request.user.has_perm("booking.add_absence"))
        form = AbsenceForm(_sent(request), clinician=get_object_or_404(Clinician, pk=pk))
        return change_page(request, self.admin_site, form, _opening())

    def back_view(self, request, pk):
        """An absence is taken out: the clinician's times in it can be given again."""
        self._stop_unless(request.user.has_perm("booking.delete_absence"))
        absence = get_object_or_404(Absence.objects.select_related("clinician"), pk=pk)
        absence.delete()
        messages.success(request, _("%(who)s is not away then any more.") % {"who": absence.clinician})
        return HttpResponseRedirect(_opening())

    def _stop_unless(self, allowed):
        if not allowed:
            raise PermissionDenied


def _put_back(request, day, chosen):
    """Give each their time back who can have it, and say who cannot, and who is told."""
    back = []
    for each in chosen:
        try:
            put_back(each.request, day, request.user)
            back.append(each)
        except IllegalStep as refusal:
            messages.error(request, f"{each.request.name}, {each.request.reference}: {refusal}")
    if back:
        message = ngettext(
            "%(number)s person has their time back.", "%(number)s people have their time back.", len(back)
        )
        told = ConsultationRequest.objects.filter(pk__in=[each.request.pk for each in back if each.was_told])
        messages.success(request, f"{message % {'number': len(back)}} {how_all_are_told(told)}".strip())


def _opening():
    return reverse("admin:booking_opentime_opening")


def _sent(request):
    """What was sent, also where it is nothing; None where the page was only opened."""
    return request.POST if request.method == "POST" else None
